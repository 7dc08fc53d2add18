package dev.freshet.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.freshet.cli.status.Status;
import dev.freshet.cli.status.StatusReader;
import dev.freshet.cli.status.StatusText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code status}: shows the state and freshness of all parts. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    header = "Show the job, its checkpoints and progress, the views, and the reader.",
    description = {
      "%nA line that begins with ! is a problem; then the exit code is 1. ",
      "Lag is the age of the store's data, by this machine's clock.%n"
    })
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private TargetOption servers;

  @Option(names = "--json", description = "Print the status as JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    Target target = servers.target();
    PrintWriter out = spec.commandLine().getOut();
    Status status =
        new StatusReader(target.config())
            .read(target.embedded() ? processes(target.layout()) : List.of());
    if (json) {
      out.println(
          new ObjectMapper()
              .registerModule(new Jdk8Module())
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(status));
    } else {
      new StatusText(out).print(status);
    }
    return status.troubles().isEmpty() ? 0 : 1;
  }

  private static List<Status.ProcessState> processes(Layout layout) throws IOException {
    List<Status.ProcessState> processes = new ArrayList<>();
    OptionalLong supervisor = Instance.running(layout);
    if (supervisor.isPresent()) {
      long pid = supervisor.getAsLong();
      processes.add(
          new Status.ProcessState(
              "Supervisor", pid, "", uptime(pid), Memory.own(pid), true, isFrozen(pid)));
    }
    if (Files.exists(layout.endpoints())) {
      Endpoints endpoints = Endpoints.read(layout.endpoints());
      Running.read(layout)
          .processes()
          .forEach((name, pid) -> processes.add(process(name, pid, endpoints)));
    }
    return processes;
  }

  private static Status.ProcessState process(String name, long pid, Endpoints endpoints) {
    return new Status.ProcessState(
        name,
        pid,
        port(name, endpoints),
        uptime(pid),
        Memory.resident(pid),
        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent(),
        isFrozen(pid));
  }

  /** Whether a process was stopped by a signal, as Linux reports; false on other systems. */
  private static boolean isFrozen(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      return stat.startsWith("T", stat.lastIndexOf(')') + 2);
    } catch (IOException e) {
      return false;
    }
  }

  private static String port(String name, Endpoints endpoints) {
    return switch (name) {
      case "MySQL" -> endpoints.get("MYSQL_PORT");
      case "Postgres" -> endpoints.get("POSTGRES_PORT");
      case "Kafka" -> afterColon(endpoints.get("KAFKA_BOOTSTRAP"));
      case "Flink job manager" -> afterColon(endpoints.get("FLINK_URL"));
      case "Reader" -> afterColon(endpoints.get("READER_URL"));
      default -> "";
    };
  }

  private static String afterColon(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }

  private static String uptime(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().startInstant())
        .map(start -> Duration.between(start, Instant.now()))
        .map(up -> "%d:%02d:%02d".formatted(up.toHours(), up.toMinutesPart(), up.toSecondsPart()))
        .orElse("");
  }
}
