package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a running source can tell ends the start in one line, and leaves nothing. */
class FailedStartIT {
  private final Launcher launcher = new Launcher("bad-input");
  @TempDir private Path views;

  @AfterEach
  void down() throws Exception {
    launcher.run("down");
  }

  @Test
  void aColumnThatDoesNotExistIsNamedAndAllIsStoppedAgain() throws Exception {
    Path declared = launcher.layout().views().resolve("unread_conversations.sql");
    Files.writeString(
        views.resolve("wrong.sql"), Files.readString(declared).replace("u.image_url", "u.image"));

    Launcher.Result up = launcher.run("up", "--sample=none", "--views=" + views);

    assertThat(up.code()).isEqualTo(1);
    assertThat(up.output().get(up.output().size() - 1))
        .as(() -> launcher.logs())
        .startsWith("freshet: ")
        .contains("unread_conversations")
        .contains("'image'");
    assertThat(launcher.processes()).isEmpty();
    assertThat(launcher.layout().endpoints()).doesNotExist();
  }
}
