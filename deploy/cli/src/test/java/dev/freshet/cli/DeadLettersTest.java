package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code dead-letters} says where there is nothing to read. */
class DeadLettersTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @Test
  void anUnreachableKafkaIsReportedSoonAndWithoutSecrets() throws IOException {
    Files.writeString(folder.resolve("jaas"), "hush-hush-hush");
    configure(
        """
        kafka:
          bootstrap: 127.0.0.1:1
          properties: {sasl.jaas.config: {file: jaas}}
        """);
    long start = System.nanoTime();

    assertThat(run("dead-letters", "list")).isEqualTo(1);

    assertThat(line())
        .isEqualTo(
            "freshet: Kafka 127.0.0.1:1: it does not answer within 5 s; check kafka.bootstrap,"
                + " kafka.properties and that it runs");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void propertiesThatKafkaDoesNotTakeAreNamedWithoutSecrets() throws IOException {
    Files.writeString(folder.resolve("jaas"), "hush-hush-hush");
    configure(
        """
        kafka:
          properties:
            security.protocol: SASL_PLAINTEXT
            sasl.jaas.config: {file: jaas}
        """);

    assertThat(run("dead-letters", "list")).isEqualTo(1);
    assertThat(line()).startsWith("freshet: Kafka 127.0.0.1:9092: ").doesNotContain("hush");
  }

  @Test
  void aJobWithoutStreamsHasNoDeadLetters() throws IOException {
    configure("kafka: {bootstrap: ''}");
    for (List<String> command :
        List.of(List.of("list"), List.of("show", "x"), List.of("replay", "--all"))) {
      err.getBuffer().setLength(0);
      assertThat(run("dead-letters", command.toArray(String[]::new))).isEqualTo(1);
      assertThat(line())
          .isEqualTo(
              "freshet: Job freshet: it has no streams and therefore no dead letters, because kafka.bootstrap"
                  + " is empty; set it and submit the job again");
    }
  }

  @Test
  void unknownArgumentsAreReportedInOneLine() throws IOException {
    configure("");
    for (List<String> command :
        List.of(
            List.<String>of(),
            List.of("lst"),
            List.of("show"),
            List.of("replay"),
            List.of("replay", "x", "--all"),
            List.of("replay", "x", "--view=y"),
            List.of("replay", "--all", "--wait=-1"),
            List.of("drop"))) {
      err.getBuffer().setLength(0);
      assertThat(run("dead-letters", command.toArray(String[]::new)))
          .as("%s", command)
          .isEqualTo(2);
      assertThat(line()).contains("--help");
    }
  }

  private void configure(String kafka) throws IOException {
    Files.createDirectories(folder.resolve("views"));
    Files.writeString(folder.resolve("password"), "hush-hush");
    Files.writeString(
        folder.resolve("freshet.yaml"),
        """
        source: {user: job, password-file: password, database: shop}
        views: {folder: views}
        store: {user: store, password-file: password, database: answers}
        """
            + kafka);
  }

  private int run(String command, String... arguments) {
    String[] all = new String[arguments.length + (arguments.length == 0 ? 1 : 2)];
    all[0] = command;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    if (arguments.length > 0) {
      all[all.length - 1] = "--config=" + folder.resolve("freshet.yaml");
    }
    return Main.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all);
  }

  /** The only line of the error output. */
  private String line() {
    List<String> lines = err.toString().lines().toList();
    assertThat(lines).hasSize(1);
    return lines.get(0);
  }
}
