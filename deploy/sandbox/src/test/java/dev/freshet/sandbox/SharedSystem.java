package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Endpoints;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Main;
import dev.freshet.servers.KafkaLogin;
import dev.freshet.view.stream.Topic;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** One {@code up --sample small} for all tests of this JVM that only read and write. */
final class SharedSystem {
  /** Of all tests that use it: they run in a JVM of their own. */
  static final String TAG = "shared";

  private SharedSystem() {}

  /** Where it is; started by the first who asks. */
  static Endpoints endpoints() throws Exception {
    return Endpoints.read(Holder.LAUNCHER.layout().endpoints());
  }

  /** Reads one of its streams. */
  static Topic topic(String prefix, dev.freshet.view.stream.Stream stream) throws Exception {
    Endpoints endpoints = endpoints();
    Map<String, Object> properties = new HashMap<>(KafkaLogin.properties());
    properties.put("bootstrap.servers", endpoints.get("KAFKA_BOOTSTRAP"));
    properties.put(
        "sasl.jaas.config",
        new KafkaLogin(endpoints.get("KAFKA_USER"), endpoints.get("KAFKA_PASSWORD")).jaas());
    return new Topic(properties, prefix, stream);
  }

  /** Runs a command against it. */
  static Launcher launcher() {
    return Holder.LAUNCHER;
  }

  /** A command that ran in this JVM. */
  record Executed(int code, String out, String err) {}

  /** Runs a command against it in this JVM. */
  static Executed execute(String... arguments) {
    Layout layout = launcher().layout();
    System.setProperty(Layout.ROOT, layout.root().toString());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                Stream.concat(Stream.of(arguments), Stream.of("--home=" + layout.home()))
                    .toArray(String[]::new));
    return new Executed(code, out.toString(), err.toString());
  }

  /**
   * The newest failure that the job recovered from. Compare it instead of the count of restarts,
   * which is a metric that may be ten seconds old.
   */
  static JsonNode lastFailure() throws IOException {
    return new ObjectMapper()
        .readTree(execute("status", "--json").out())
        .required("job")
        .required("lastFailure");
  }

  private static final class Holder {
    static final Launcher LAUNCHER = up();

    private Holder() {}

    private static Launcher up() {
      Launcher launcher = new Launcher("shared");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> down(launcher)));
      try {
        Launcher.Result up = launcher.run("up", "--sample=small");
        assertThat(up.code()).as("%s", up.output()).isZero();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return launcher;
    }
  }

  private static void down(Launcher launcher) {
    try {
      launcher.run("down");
    } catch (Exception e) {
      System.err.println("down: " + e);
    }
  }
}
