package dev.freshet.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code version}. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    header = "Print the versions of Freshet and Java, and the folder of Freshet.")
final class VersionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.println(new Main.BuildVersion().getVersion()[0]);
    out.println(
        "Java " + System.getProperty("java.version") + ", " + System.getProperty("java.home"));
    out.println("folder " + Layout.find(null).root());
    return 0;
  }
}
