package dev.freshet.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Runs the tests of the clients for Python and TypeScript. Machines without Python or Node skip
 * them; CI must have both.
 */
class OtherClientsTest {
  private static final long DEADLINE_S = 120;

  @Test
  void thePythonClientPassesItsTests() throws Exception {
    assertThat(output("../client-python", "python3", "-B", "-m", "unittest", "test_freshet"))
        .containsPattern("Ran [1-9][0-9]* tests?")
        .endsWith("OK");
  }

  @Test
  void theTypescriptClientPassesItsTests() throws Exception {
    assertThat(
            output(
                "../client-typescript", "node", "--test-reporter=tap", "--test", "freshet.test.js"))
        .containsPattern("# pass [1-9]")
        .contains("# fail 0");
  }

  private static String output(String folder, String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(Path.of(folder).toFile())
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      assertThat(System.getenv("CI")).as("%s is missing; install it", List.of(command)).isNull();
      assumeTrue(false, command[0] + " is not installed");
      throw e;
    }
    CompletableFuture<String> output =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
              } catch (IOException e) {
                return "output cannot be read: " + e;
              }
            });
    try {
      assertThat(process.waitFor(DEADLINE_S, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = output.get(DEADLINE_S, TimeUnit.SECONDS).strip();
    assertThat(process.exitValue()).as(text).isZero();
    return text;
  }
}
