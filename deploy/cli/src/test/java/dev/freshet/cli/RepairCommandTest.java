package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code repair} and {@code invalidate} say where nobody can be asked. */
class RepairCommandTest {
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @BeforeEach
  void configure() throws IOException {
    Files.createDirectories(folder.resolve("views"));
    Files.writeString(folder.resolve("password"), "hush-hush");
    Files.writeString(
        folder.resolve("freshet.yaml"),
        """
        source: {user: job, password-file: password, database: shop}
        views: {folder: views}
        store: {user: store, password-file: password, database: answers}
        kafka: {bootstrap: ''}
        """);
  }

  @Test
  void aJobWithoutStreamsTakesNoRequests() {
    for (List<String> command :
        List.of(
            List.of("repair", "inbox", "--key=42/7"),
            List.of("repair", "inbox", "--all"),
            List.of("repair", "inbox", "--row=42"),
            List.of("invalidate", "inbox", "--key=42/7"))) {
      assertThat(run(command)).as("%s", command).isEqualTo(1);
      assertThat(line())
          .isEqualTo(
              "freshet: Job freshet: it takes no requests, because kafka.bootstrap is empty; set it and"
                  + " submit the job again");
    }
  }

  @Test
  void unknownArgumentsAreReportedInOneLine() {
    for (List<String> command :
        List.of(
            List.of("repair"),
            List.of("repair", "inbox"),
            List.of("repair", "--all"),
            List.of("repair", "inbox", "--all", "--key=42/7"),
            List.of("repair", "inbox", "--row=1", "--key=42/7"),
            List.of("repair", "inbox", "--key=42/7", "--rate=5"),
            List.of("repair", "inbox", "--all", "--rate=0"),
            List.of("repair", "inbox", "--all", "--rate=1001"),
            List.of("repair", "inbox", "--all", "--wait=-1"),
            List.of("invalidate", "inbox"),
            List.of("invalidate", "inbox", "--all"),
            List.of("invalidate", "inbox", "--key=42/7", "--wait=-1"))) {
      assertThat(run(command)).as("%s", command).isEqualTo(2);
      assertThat(line()).contains("--help");
    }
  }

  private int run(List<String> command) {
    err.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(new StringWriter(), true))
        .setErr(new PrintWriter(err, true))
        .execute(
            Stream.concat(command.stream(), Stream.of("--config=" + folder.resolve("freshet.yaml")))
                .toArray(String[]::new));
  }

  /** The only line of the error output. */
  private String line() {
    assertThat(err.toString().lines()).hasSize(1);
    return err.toString().strip();
  }
}
