package dev.freshet.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line. Exits with 0 when the work is done, 1 when it could not be, and 2 when it was
 * asked for in a way that is not understood.
 */
@Command(
    name = "freshet",
    mixinStandardHelpOptions = true,
    versionProvider = Main.BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Keeps the answer of a slow MySQL query ready, per key, and says how fresh it is.",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      DownCommand.class,
      StatusCommand.class,
      LoadCommand.class,
      SqlCommand.class,
      SuperviseCommand.class
    })
public final class Main {
  private Main() {}

  /** The version the build gave. */
  static final class BuildVersion implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"freshet " + (version == null ? "(built from sources)" : version)};
    }
  }

  /** The command line, ready to execute. */
  public static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::misunderstood)
        .setExecutionExceptionHandler(
            (problem, line, parsed) -> {
              line.getErr().println("freshet: " + Failure.line(problem));
              if (System.getenv("FRESHET_TRACE") != null) {
                problem.printStackTrace(line.getErr());
              }
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /** One line: what was wrong, what was probably meant, and where to look. */
  private static int misunderstood(CommandLine.ParameterException problem, String[] args) {
    CommandLine line = problem.getCommandLine();
    String meant =
        problem instanceof CommandLine.UnmatchedArgumentException unmatched
            ? suggestion(line, unmatched.getUnmatched().get(0))
            : ".";
    String asked = line.getCommandSpec().qualifiedName();
    line.getErr()
        .println("freshet: " + Failure.line(problem) + meant + " See " + asked + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  /** What is known and near; the value of an option does not count. */
  private static String suggestion(CommandLine line, String word) {
    List<String> known = new ArrayList<>(line.getSubcommands().keySet());
    line.getCommandSpec().options().forEach(option -> known.add(option.longestName()));
    String name = word.replaceFirst("=.*", "");
    return known.stream()
        .min(Comparator.comparingInt(each -> distance(name, each)))
        .filter(each -> distance(name, each) <= Math.max(2, name.length() / 3))
        .map(each -> "; did you mean " + each + "?")
        .orElse(".");
  }

  /** Levenshtein's. */
  private static int distance(String a, String b) {
    int[] above = IntStream.rangeClosed(0, b.length()).toArray();
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[b.length()];
  }

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
