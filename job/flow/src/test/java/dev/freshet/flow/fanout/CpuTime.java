package dev.freshet.flow.fanout;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Seconds of CPU that the stages of a job in this JVM, the JVM, and the servers it started have
 * taken: what a machine that is busy with other things does not change.
 */
record CpuTime(Map<String, Double> seconds) {
  private static final List<String> STAGES =
      List.of("Source", "dimensions", "roots", "view and writer");

  static CpuTime now() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null) {
        for (String stage : STAGES) {
          if (thread.getThreadName().startsWith(stage)) {
            seconds.merge(
                stage,
                Math.max(0, threads.getThreadCpuTime(thread.getThreadId())) / 1e9,
                Double::sum);
          }
        }
      }
    }
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    seconds.put("JVM", system.getProcessCpuTime() / 1e9);
    seconds.put("Postgres", ofServer("postgres"));
    seconds.put("MySQL", ofServer("mysqld"));
    return new CpuTime(seconds);
  }

  private static double ofServer(String program) {
    return ProcessHandle.current()
            .descendants()
            .map(ProcessHandle::info)
            .filter(info -> info.command().orElse("").endsWith(program))
            .mapToLong(info -> info.totalCpuDuration().orElse(Duration.ZERO).toMillis())
            .sum()
        / 1000.0;
  }

  CpuTime minus(CpuTime before) {
    return new CpuTime(
        seconds.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    each -> each.getValue() - before.seconds.getOrDefault(each.getKey(), 0.0),
                    (one, other) -> one,
                    LinkedHashMap::new)));
  }

  @Override
  public String toString() {
    Function<Map.Entry<String, Double>, String> shown =
        each -> "%s %.2f".formatted(each.getKey(), each.getValue());
    return "CPU seconds: "
        + seconds.entrySet().stream().map(shown).collect(Collectors.joining(", "));
  }
}
