package dev.freshet.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import dev.freshet.config.Extra;
import dev.freshet.config.Secret;
import dev.freshet.servers.Ports;
import dev.freshet.servers.TlsKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkApiTest {
  @TempDir private Path folder;

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
    answer(other, "1.19.1");
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
  void aClusterWithTlsTakesOnlyTheOwnersOfItsKeyStore() throws IOException {
    TlsKeys keys = TlsKeys.make(folder.resolve("keys.p12"), "hush-hush-hush");
    TlsKeys others = TlsKeys.make(folder.resolve("others.p12"), "hush-hush-hush");
    HttpsServer cluster = cluster(keys);
    try {
      String url = "https://127.0.0.1:" + cluster.getAddress().getPort();
      new FlinkApi(flink(url, keys)).requireSupported();

      assertThatThrownBy(() -> new FlinkApi(flink(url, others)).requireSupported())
          .isInstanceOf(Failure.class)
          .hasMessageStartingWith("Flink " + url + ": TLS fails (")
          .hasMessageContaining("check flink.keystore-file");
      assertThatThrownBy(() -> new FlinkApi(url).requireSupported())
          .isInstanceOf(Failure.class)
          .hasMessageContaining("check flink.keystore-file");
    } finally {
      cluster.stop(0);
    }
  }

  @Test
  void aKeyStoreWithAnotherPasswordIsNamed() {
    TlsKeys keys = TlsKeys.make(folder.resolve("keys.p12"), "hush-hush-hush");
    TlsKeys wrong = new TlsKeys(keys.file(), "other-other");
    assertThatThrownBy(() -> new FlinkApi(flink("https://127.0.0.1", wrong)))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("flink.keystore-file: Key store " + keys.file() + " cannot be read")
        .hasMessageEndingWith("check the file and its password")
        .hasMessageNotContaining("other-other");
  }

  private static Config.Flink flink(String url, TlsKeys keys) {
    return new Config.Flink(
        url,
        Optional.of(new Config.KeyStoreFile(keys.file(), new Secret(keys.password()))),
        Optional.empty(),
        Optional.empty(),
        new Extra(Map.of()));
  }

  /** A server that, as Flink with TLS, asks its clients for a certificate. */
  private static HttpsServer cluster(TlsKeys keys) throws IOException {
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(keys.context()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters required = getSSLContext().getDefaultSSLParameters();
            required.setNeedClientAuth(true);
            parameters.setSSLParameters(required);
          }
        });
    answer(server, "1.20.3");
    server.start();
    return server;
  }

  private static void answer(HttpServer server, String version) {
    server.createContext(
        "/config",
        exchange -> {
          byte[] body =
              "{\"flink-version\":\"%s\"}".formatted(version).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
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
