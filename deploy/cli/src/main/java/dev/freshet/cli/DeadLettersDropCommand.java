package dev.freshet.cli;

import dev.freshet.cli.letters.DeadLetters;
import dev.freshet.cli.letters.LetterText;
import dev.freshet.view.stream.FailureMessage;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code dead-letters drop}: removes dead letters from the topic. */
@Command(
    name = "drop",
    mixinStandardHelpOptions = true,
    header = "Remove dead letters from the topic; the rows' keys stay INVALID.",
    description =
        "%nNothing changes in the job: only a newer version of a row makes its keys valid.%n")
final class DeadLettersDropCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Parameters(
      arity = "1..*",
      paramLabel = "ID",
      description = "An id of the list, or a unique prefix of it.")
  private List<String> ids = List.of();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (DeadLetters topic = DeadLetters.open(servers.target().config())) {
      List<FailureMessage> letters = ids.stream().map(topic.box()::find).distinct().toList();
      out.println(
          "The keys that need these rows stay INVALID, and MySQL answers them, until a newer version of each row arrives.");
      topic.drop(letters);
      letters.forEach(letter -> out.println("dropped " + LetterText.row(letter)));
      out.flush();
    }
    return 0;
  }
}
