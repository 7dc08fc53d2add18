package dev.freshet.cli;

import dev.freshet.view.declare.Suggestion;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line. Exits with 0 if the command succeeded, 1 if it failed, and 2 if the arguments
 * are wrong.
 *
 * <p>To add a command, write a class with the annotation {@link Command}, which contains its help,
 * and add it to {@link #COMMANDS}. A module of its own adds commands by a {@link CommandProvider}.
 * List the command in {@code deploy/README.md}.
 */
@Command(
    name = "freshet",
    mixinStandardHelpOptions = true,
    versionProvider = Main.BuildVersion.class,
    synopsisSubcommandLabel = "COMMAND",
    description =
        "Keeps the answers of slow MySQL queries ready, per key, and reports how fresh they are.")
public final class Main {
  /** The commands in the order of the help. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          StatusCommand.class,
          SubmitCommand.class,
          SavepointCommand.class,
          ResumeCommand.class,
          RebuildCommand.class,
          CancelCommand.class,
          ReaderCommand.class,
          ExplainCommand.class,
          VerifyCommand.class,
          RepairCommand.class,
          InvalidateCommand.class,
          DeadLettersCommand.class,
          GrantsCommand.class,
          VersionCommand.class);

  private Main() {}

  /** Reads the version from the jar's manifest. */
  static final class BuildVersion implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"freshet " + (version == null ? "(built from sources)" : version)};
    }
  }

  /** Creates the command line, with the commands of all {@link CommandProvider}s. */
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    List<CommandProvider> providers =
        ServiceLoader.load(CommandProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .toList();
    providers.forEach(provider -> provider.before().forEach(line::addSubcommand));
    COMMANDS.forEach(line::addSubcommand);
    providers.forEach(provider -> provider.after().forEach(line::addSubcommand));
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Main::misunderstood)
        .setExecutionExceptionHandler(
            (problem, failed, parsed) -> {
              Failure.lines(problem).forEach(each -> failed.getErr().println("freshet: " + each));
              if (System.getenv("FRESHET_TRACE") != null) {
                problem.printStackTrace(failed.getErr());
              }
              return CommandLine.ExitCode.SOFTWARE;
            });
  }

  /**
   * Prints one line: the problem, a suggestion, and a pointer to the help. Returns the exit code.
   */
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

  /** Returns a similar command or option, without the value of an option; "." if there is none. */
  private static String suggestion(CommandLine line, String word) {
    List<String> known = new ArrayList<>(line.getSubcommands().keySet());
    line.getCommandSpec().options().forEach(option -> known.add(option.longestName()));
    String meant = Suggestion.of(word.replaceFirst("=.*", ""), known, "");
    return meant.isEmpty() ? "." : "; " + meant;
  }

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }
}
