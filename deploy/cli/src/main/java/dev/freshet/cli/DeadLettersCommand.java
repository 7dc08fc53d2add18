package dev.freshet.cli;

import picocli.CommandLine.Command;

/** The command {@code dead-letters}: lists, shows, replays and drops dead letters. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    header = "List the rows that the job gave up, retry them, or drop them.",
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
