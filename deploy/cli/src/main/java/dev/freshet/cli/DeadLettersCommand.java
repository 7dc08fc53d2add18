package dev.freshet.cli;

import picocli.CommandLine.Command;

/** What can be done with rows that were given up. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    header = "Look at the rows that the job gave up, ask for them once more, or drop them.",
    description = {
      "%nThe keys that need such a row are INVALID, and MySQL answers them, until a newer version ",
      "of the row arrives or a replay succeeds.%n"
    },
    subcommands = {
      DeadLettersListCommand.class,
      DeadLettersShowCommand.class,
      DeadLettersReplayCommand.class,
      DeadLettersDropCommand.class
    })
final class DeadLettersCommand {}
