package dev.freshet.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.freshet.cli.Failure;
import dev.freshet.servers.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FlinkApiTest {
  @Test
  void aClusterThatDoesNotAnswerIsNamed() {
    String url = "http://127.0.0.1:" + Ports.free();
    assertThatThrownBy(() -> new FlinkApi(url).requireSupported())
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("Flink " + url + ": it does not answer (")
        .hasMessageEndingWith("check flink.url and that the cluster runs");
  }

  @Test
  void aClusterOfAnotherVersionIsRefused() throws IOException {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.createContext(
        "/config",
        exchange -> {
          byte[] body = "{\"flink-version\":\"1.19.1\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    other.start();
    try {
      String url = "http://127.0.0.1:" + other.getAddress().getPort();
      assertThatThrownBy(() -> new FlinkApi(url).requireSupported())
          .hasMessage("Flink " + url + ": it is version 1.19.1; Freshet runs on Flink 1.20");
    } finally {
      other.stop(0);
    }
  }

  @Test
  void theLastCauseOfATraceIsTheReason() {
    assertThat(
            FlinkApi.rootCause(
                "a.B: outer\n\tat x.Y\nCaused by: c.D: inner\n\tat x.Z\nCaused by: e.F: root\n"))
        .hasValue("e.F: root");
    assertThat(FlinkApi.rootCause("")).isEmpty();
  }

  @Test
  void suppressedExceptionsAreNotTheReason() {
    String trace =
        """
        a.B: outer
        \tat x.Y
        Caused by: c.D: inner
        \tat x.Z
        \tSuppressed: e.F: below
        \t\tat x.Z
        \tCaused by: g.H: root
        """;
    assertThat(FlinkApi.rootCause(trace)).hasValue("c.D: inner");
  }
}
