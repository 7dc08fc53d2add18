package dev.freshet.cli;

import dev.freshet.cli.letters.DeadLetters;
import dev.freshet.cli.letters.LetterText;
import dev.freshet.view.stream.FailureMessage;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code dead-letters show}. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    header = "Show the details of one dead row, with the values that could be read.")
final class DeadLettersShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "ID", description = "An id of the list, or a unique prefix of it.")
  private String id;

  @Option(names = "--json", description = "Print the message of the Kafka topic.")
  private boolean json;

  @Override
  public Integer call() {
    try (DeadLetters topic = DeadLetters.open(servers.target().config())) {
      FailureMessage letter = topic.box().find(id);
      LetterText text = new LetterText(spec.commandLine().getOut(), Instant.now());
      if (json) {
        text.jsonWhole(letter);
      } else {
        text.whole(letter);
      }
    }
    return 0;
  }
}
