package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Instance;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A home folder in which no sandbox runs. */
class NothingRunsTest {
  @TempDir private Path folder;

  @Test
  void aFolderIsFreeAgainWhenItsSupervisorEnds() throws IOException {
    Layout layout = Layout.find(folder.resolve("home"));
    layout.create();
    try (Instance instance = Instance.acquire(layout).orElseThrow()) {
      assertThat(instance).isNotNull();
      // The lock is this process's own here; a second process is tested with a real up.
      assertThat(Files.readString(layout.lock())).isEqualTo("" + ProcessHandle.current().pid());
    }
    assertThat(Instance.running(layout)).isEmpty();
  }

  @Test
  void downIsFineWhenNothingRuns() {
    StringWriter out = new StringWriter();
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .execute("down", "--home=" + folder.resolve("home"));
    assertThat(code).isZero();
    assertThat(out.toString()).contains("nothing runs");
  }
}
