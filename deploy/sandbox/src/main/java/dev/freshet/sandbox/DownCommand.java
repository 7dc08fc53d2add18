package dev.freshet.sandbox;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Instance;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Progress;
import dev.freshet.cli.Running;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command {@code down}: stops all servers and the job. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    header = "Stop everything that up has started.")
final class DownCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HomeOption home;

  @Override
  public Integer call() {
    Layout layout = home.layout();
    Progress progress = new Progress(spec.commandLine().getOut());
    OptionalLong pid = Instance.running(layout);
    if (pid.isEmpty()) {
      progress.say("nothing runs in " + layout.home());
      return 0;
    }
    Running running = Running.read(layout);
    ProcessHandle supervisor = ProcessHandle.of(pid.getAsLong()).orElse(null);
    progress.say("stopping the supervisor, process " + pid.getAsLong());
    if (supervisor != null && !Stopper.stop(supervisor)) {
      throw new Failure(
          "Supervisor: process "
              + pid.getAsLong()
              + " does not end; see "
              + layout.supervisorLog()
              + ", or end it with kill -9, which takes all servers with it");
    }
    running.processes().forEach((name, process) -> progress.say("stopped " + name + " " + process));
    return 0;
  }
}
