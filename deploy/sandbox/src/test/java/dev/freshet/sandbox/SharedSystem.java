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
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

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

  /** Signs a token that reads all views; it is good for an hour. */
  static String token(String subject) throws Exception {
    var unused = Holder.LAUNCHER;
    String claims =
        "{\"sub\":\"%s\",\"scope\":\"read:*\",\"exp\":%d}"
            .formatted(subject, Instant.now().plusSeconds(3600).getEpochSecond());
    String signed = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + base64(claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Files.readAllBytes(Holder.JWT_SECRET), mac.getAlgorithm()));
    byte[] signature = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String base64(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static final class Holder {
    static final Path JWT_SECRET = secret();
    static final Launcher LAUNCHER = up();

    private Holder() {}

    private static Path secret() {
      try {
        Path file = Files.createTempFile("jwt", ".secret");
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        return Files.writeString(file, HexFormat.of().formatHex(random));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static Launcher up() {
      Launcher launcher = new Launcher("shared-" + ProcessHandle.current().pid());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> down(launcher)));
      try {
        Launcher.Result up = launcher.run("up", "--sample=small", "--jwt-secret=" + JWT_SECRET);
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
