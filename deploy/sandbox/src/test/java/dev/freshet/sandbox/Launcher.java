package dev.freshet.sandbox;

import dev.freshet.cli.Layout;
import dev.freshet.servers.MySqlDistribution;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** {@code deploy/freshet} as a person starts it, in a home folder of the test's own. */
final class Launcher {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path HOMES = ROOT.resolve("deploy/sandbox/target/it");

  /** The characters at the end of a log that {@link #logs} shows. */
  private static final int MOST_LOG = 8_000;

  private final Path home;

  /** A command that ended. */
  record Result(int code, List<String> output) {
    boolean isGood() {
      return code == 0;
    }
  }

  Launcher(String name) {
    this.home = HOMES.resolve(name);
  }

  Layout layout() {
    return new Layout(ROOT, home);
  }

  /** The option by which {@code up} declares the inbox alone, which starts sooner. */
  String inboxAlone() throws IOException {
    Path views = Files.createDirectories(HOMES.resolve("inbox-alone"));
    copyInbox(views);
    return "--views=" + views;
  }

  /** Puts the inbox's view into a folder. */
  void copyInbox(Path views) throws IOException {
    String inbox = "unread_conversations.sql";
    Files.copy(
        ROOT.resolve("sql/views").resolve(inbox),
        views.resolve(inbox),
        StandardCopyOption.REPLACE_EXISTING);
  }

  /** Starts a command and returns at once; its output goes to a file. */
  Started start(String... arguments) throws IOException {
    Files.createDirectories(HOMES);
    File output = Files.createTempFile(HOMES, arguments[0], ".out").toFile();
    List<String> command = new ArrayList<>();
    command.add(ROOT.resolve("deploy/freshet").toString());
    command.addAll(List.of(arguments));
    command.add("--home=" + home);
    String mysql = System.getProperty(MySqlDistribution.PROPERTY, "");
    if (!mysql.isBlank() && Set.of("up", "demo").contains(arguments[0])) {
      command.add("--mysql=" + mysql);
    }
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(HOMES.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(output);
    builder.environment().put("FRESHET_NO_BUILD", "1");
    return new Started(builder.start(), output.toPath());
  }

  /** Runs a command to its end. */
  Result run(String... arguments) throws Exception {
    Started started = start(arguments);
    return started.end(Duration.ofMinutes(8));
  }

  /** What the supervisor and Flink's processes printed, for the message of a failed assertion. */
  String logs() {
    Path flink = home.resolve("flink/log");
    StringBuilder logs = new StringBuilder();
    for (Path log :
        List.of(
            layout().supervisorLog(),
            flink.resolve("jobmanager.out"),
            flink.resolve("taskmanager.out"))) {
      try {
        String text = Files.readString(log);
        logs.append(log.getFileName()).append(":\n");
        logs.append(text, Math.max(0, text.length() - MOST_LOG), text.length()).append('\n');
      } catch (IOException e) {
        logs.append(log.getFileName()).append(" cannot be read: ").append(e).append('\n');
      }
    }
    return logs.toString();
  }

  /** A running command. */
  record Started(Process process, Path output) {
    List<String> lines() {
      try (BufferedReader reader = Files.newBufferedReader(output, StandardCharsets.UTF_8)) {
        return reader.lines().toList();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean says(String text) {
      return lines().stream().anyMatch(line -> line.contains(text));
    }

    Result end(Duration deadline) throws InterruptedException, TimeoutException {
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroy();
        throw new TimeoutException("not ended: " + lines());
      }
      return new Result(process.exitValue(), lines());
    }
  }

  /** Waits until something holds; false when it does not in time. */
  static boolean await(Duration deadline, Callable<Boolean> condition) {
    long end = System.nanoTime() + deadline.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() > end) {
        return false;
      }
      LockSupport.parkNanos(50_000_000);
    }
    return true;
  }

  private static boolean holds(Callable<Boolean> condition) {
    try {
      return condition.call();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The processes that work in this home folder: each that was started stands in a part of it. */
  List<String> processes() {
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != ProcessHandle.current().pid())
        .filter(process -> isHere(process.pid()))
        .map(process -> process.pid() + " " + commandLine(process.pid()))
        .toList();
  }

  private boolean isHere(long pid) {
    if (commandLine(pid).contains(home.toString())) {
      return true;
    }
    try {
      return Files.readSymbolicLink(Path.of("/proc/" + pid + "/cwd")).startsWith(home);
    } catch (IOException e) {
      return false;
    }
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline"), StandardCharsets.ISO_8859_1)
          .replace('\0', ' ');
    } catch (IOException e) {
      return "";
    }
  }
}
