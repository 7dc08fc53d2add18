package dev.freshet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Resident memory as Linux counts it. A page shared by several processes counts in each of them, so
 * a sum is an upper bound.
 */
public final class Memory {
  private Memory() {}

  /** Bytes resident of a process and all it has started; 0 when it is gone. */
  public static long resident(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .mapToLong(process -> own(process.pid()))
        .sum();
  }

  /** The same, of several. */
  public static long resident(List<Long> pids) {
    return pids.stream().mapToLong(Memory::resident).sum();
  }

  /** As people read it. */
  public static String print(long bytes) {
    return bytes >= 1L << 30
        ? "%.2f GiB".formatted(bytes / (double) (1L << 30))
        : "%d MiB".formatted(bytes >> 20);
  }

  /** Bytes resident of a process alone; 0 when it is gone. */
  public static long own(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }
}
