package dev.freshet.sandbox;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Main;
import dev.freshet.cli.Progress;
import dev.freshet.sandbox.sample.SampleSize;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Starts a supervisor in its own session, so that it receives no signals of the terminal, and waits
 * until all servers are ready.
 */
final class Starter {
  private static final String HEAP = "-Xmx160m";

  private final Layout layout;
  private final Progress progress;

  Starter(Layout layout, Progress progress) {
    this.layout = layout;
    this.progress = progress;
  }

  /**
   * Runs the checks, starts the supervisor, and waits until it is ready.
   *
   * @param withMe whether the supervisor stops everything when this process ends
   * @return the supervisor
   * @throws Failure if the start failed; nothing is left running
   */
  ProcessHandle start(UpOptions options, SampleSize sample, boolean withMe) {
    layout.create();
    Preflight.check(layout, options);
    Journal journal = new Journal(layout.journal());
    journal.clear();
    List<String> arguments = options.arguments(layout, sample);
    if (withMe) {
      arguments.add("--with-pid=" + ProcessHandle.current().pid());
    }
    Process supervisor = launch(arguments);
    Thread cancelled = new Thread(() -> Stopper.stop(supervisor.toHandle()), "freshet-cancel");
    Runtime.getRuntime().addShutdownHook(cancelled);
    follow(supervisor, journal);
    Runtime.getRuntime().removeShutdownHook(cancelled);
    return supervisor.toHandle();
  }

  private Process launch(List<String> arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                // Only this user can read the files of the servers, whatever mode a server sets.
                "/bin/sh",
                "-c",
                "umask 077; exec \"$0\" \"$@\"",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                HEAP,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-D" + Layout.ROOT + "=" + layout.root(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "supervise",
                "--home=" + layout.home()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    // These variables configure other servers than those of the sandbox.
    builder.environment().keySet().removeIf(name -> name.startsWith("FRESHET_"));
    try {
      return builder
          .directory(layout.root().toFile())
          .redirectInput(new File("/dev/null"))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.to(layout.supervisorLog().toFile()))
          .start();
    } catch (IOException e) {
      throw new Failure(
          "Supervisor: setsid cannot be executed (" + e.getMessage() + "); install util-linux", e);
    }
  }

  private void follow(Process supervisor, Journal journal) {
    int seen = 0;
    while (true) {
      boolean ended = !supervisor.isAlive();
      List<String> problems = new ArrayList<>();
      for (Journal.Line line : journal.after(seen)) {
        seen++;
        switch (line.kind()) {
          case STEP -> progress.say(line.text());
          case READY -> {
            progress.say(line.text());
            return;
          }
          case FAILED -> problems.add(line.text());
        }
      }
      Failure.ifAny(problems);
      if (ended) {
        throw new Failure("Supervisor ended: " + lastLine() + " (" + layout.supervisorLog() + ")");
      }
      try {
        supervisor.waitFor(50, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure("Interrupted while starting", e);
      }
    }
  }

  private String lastLine() {
    try {
      List<String> lines = Files.readAllLines(layout.supervisorLog());
      return lines.isEmpty() ? "it wrote no message" : lines.get(lines.size() - 1);
    } catch (IOException e) {
      return "its log cannot be read";
    }
  }
}
