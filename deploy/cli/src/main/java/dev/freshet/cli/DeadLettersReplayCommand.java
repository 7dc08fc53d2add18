package dev.freshet.cli;

import dev.freshet.cli.letters.DeadLetters;
import dev.freshet.cli.letters.LetterText;
import dev.freshet.cli.letters.Replay;
import dev.freshet.view.stream.FailureMessage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code dead-letters replay}: retries dead rows. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    header = "Let the job read dead rows from MySQL again, and print the results.",
    description = {
      "%nUse it after the cause was removed: a bug fixed in a new jar, or a limit that was raised. ",
      "A row that is corrected in MySQL is removed from the dead letters automatically. ",
      "Exit code 1 unless all rows were removed from the dead letters.%n"
    })
final class DeadLettersReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(
      arity = "0..*",
      paramLabel = "ID",
      description = "An id of the list, or a unique prefix of it.")
  private List<String> ids = List.of();

  @Option(names = "--all", description = "Replay all dead rows.")
  private boolean all;

  @Option(
      names = "--view",
      paramLabel = "VIEW",
      description = "With --all: only the rows of this view.")
  private String view;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "How long to wait for the results (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Override
  public Integer call() {
    checkOptions();
    Progress progress = new Progress(spec.commandLine().getOut());
    try (DeadLetters topic = DeadLetters.open(servers.target().config())) {
      List<FailureMessage> letters =
          all
              ? topic.box().letters(Optional.ofNullable(view))
              : ids.stream().map(topic.box()::find).distinct().toList();
      if (letters.isEmpty()) {
        progress.say("no dead letters" + (view == null ? "" : " of view " + view));
        return 0;
      }
      progress.say("requesting %,d rows".formatted(letters.size()));
      Replay.Outcome outcome =
          topic.replay(progress::say).run(letters, Duration.ofSeconds(seconds));
      outcome.left().forEach(row -> progress.say(LetterText.row(row) + ": is no longer dead"));
      outcome
          .failed()
          .forEach(
              row -> progress.say(LetterText.row(row) + ": failed again, " + LetterText.why(row)));
      outcome.waiting().forEach(row -> progress.say(LetterText.row(row) + ": no result yet"));
      return result(letters.size(), outcome);
    }
  }

  private void checkOptions() {
    CommandLine line = spec.commandLine();
    if (all != ids.isEmpty()) {
      throw new CommandLine.ParameterException(line, "Give ids, or --all");
    }
    if (view != null && !all) {
      throw new CommandLine.ParameterException(line, "--view requires --all");
    }
    if (seconds < 0) {
      throw new CommandLine.ParameterException(line, "--wait is " + seconds + "; give 0 or more");
    }
  }

  private int result(int asked, Replay.Outcome outcome) {
    if (!outcome.failed().isEmpty()) {
      throw new Failure(
          ("Replay: %,d of %,d rows failed again; correct the rows in MySQL, or remove the cause"
                  + " that each row's line names")
              .formatted(outcome.failed().size(), asked));
    }
    if (!outcome.waiting().isEmpty()) {
      throw new Failure(
          "Replay: no result for %,d of %,d rows within %d s; the job handles the requests when it runs, see freshet status"
              .formatted(outcome.waiting().size(), asked, seconds));
    }
    return 0;
  }
}
