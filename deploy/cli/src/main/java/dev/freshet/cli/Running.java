package dev.freshet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The processes of the servers that {@code up} started, from the endpoints file.
 *
 * @param processes process ids by name, in the order of the start; empty until all are started
 */
public record Running(Map<String, Long> processes) {
  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("MYSQL_PID", "MySQL");
    NAMES.put("POSTGRES_PID", "Postgres");
    NAMES.put("KAFKA_PID", "Kafka");
    NAMES.put("FLINK_JOBMANAGER_PID", "Flink job manager");
    NAMES.put("FLINK_TASKMANAGER_PID", "Flink task manager");
    NAMES.put("READER_PID", "Reader");
  }

  /** Reads the endpoints file; without a file there are no processes. */
  public static Running read(Layout layout) {
    Map<String, Long> processes = new LinkedHashMap<>();
    if (Files.exists(layout.endpoints())) {
      try {
        Map<String, String> values = Endpoints.read(layout.endpoints()).values();
        NAMES.forEach(
            (key, name) -> {
              if (values.containsKey(key)) {
                processes.put(name, Long.parseLong(values.get(key)));
              }
            });
      } catch (IOException e) {
        throw new Failure(Failure.line(e), e);
      }
    }
    return new Running(processes);
  }

  /** Returns the resident bytes of all processes, the supervisor and this process. */
  public long resident(long supervisor) {
    List<Long> pids = new ArrayList<>(processes.values());
    // Without descendants, because the supervisor's children are listed already.
    return Memory.resident(pids)
        + Memory.own(supervisor)
        + Memory.own(ProcessHandle.current().pid());
  }
}
