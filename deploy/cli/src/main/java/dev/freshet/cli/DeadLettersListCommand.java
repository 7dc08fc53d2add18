package dev.freshet.cli;

import dev.freshet.cli.letters.DeadLetters;
import dev.freshet.cli.letters.LetterText;
import dev.freshet.view.stream.FailureMessage;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code dead-letters list}. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    header = "List the rows that are still dead, with the newest failure of each.")
final class DeadLettersListCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(arity = "0..1", paramLabel = "VIEW", description = "List only the rows of this view.")
  private String view;

  @Option(names = "--json", description = "Print the messages of the Kafka topic.")
  private boolean json;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (DeadLetters topic = DeadLetters.open(servers.target().config())) {
      List<FailureMessage> letters = topic.box().letters(Optional.ofNullable(view));
      LetterText text = new LetterText(out, Instant.now());
      if (json) {
        text.jsonTable(letters);
      } else if (letters.isEmpty()) {
        out.println("no dead letters" + (view == null ? "" : " of view " + view));
      } else {
        text.table(letters);
      }
      if (topic.box().unreadable() > 0) {
        spec.commandLine()
            .getErr()
            .println(
                "%,d messages have an unknown format and were ignored; use the same version of freshet as the job"
                    .formatted(topic.box().unreadable()));
      }
    }
    return 0;
  }
}
