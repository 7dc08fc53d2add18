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

/** Shows a dead letter. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    header = "Show all that is known of one dead row, with what could be read of it.")
final class DeadLettersShowCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(paramLabel = "ID", description = "As list has it, or how it alone begins.")
  private String id;

  @Option(names = "--json", description = "The message as it stands on Kafka.")
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
