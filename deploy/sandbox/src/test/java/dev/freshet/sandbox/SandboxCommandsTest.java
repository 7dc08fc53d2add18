package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Main;
import org.junit.jupiter.api.Test;

/** The command line finds the sandbox's commands. */
class SandboxCommandsTest {
  @Test
  void theHelpListsThemAroundTheOperatorsCommands() {
    assertThat(Main.commandLine().getSubcommands().keySet())
        .containsExactly(
            "demo",
            "up",
            "down",
            "status",
            "submit",
            "savepoint",
            "resume",
            "rebuild",
            "cancel",
            "reader",
            "explain",
            "verify",
            "repair",
            "invalidate",
            "dead-letters",
            "grants",
            "version",
            "load",
            "bench",
            "sql",
            "supervise");
  }
}
