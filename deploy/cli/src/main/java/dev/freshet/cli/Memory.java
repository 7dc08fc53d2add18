package dev.freshet.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads resident memory from Linux. A page that several processes share counts for each of them, so
 * a sum is an upper bound.
 */
public final class Memory {
  private Memory() {}

  /** Returns the resident bytes of a process and all its descendants; 0 if it has ended. */
  public static long resident(long pid) {
    return ProcessHandle.of(pid).stream()
        .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
        .mapToLong(process -> own(process.pid()))
        .sum();
  }

  /** Returns the resident bytes of several processes and all their descendants. */
  public static long resident(List<Long> pids) {
    return pids.stream().mapToLong(Memory::resident).sum();
  }

  /** Returns a number of bytes as text. */
  public static String print(long bytes) {
    return bytes >= 1L << 30
        ? "%.2f GiB".formatted(bytes / (double) (1L << 30))
        : "%d MiB".formatted(bytes >> 20);
  }

  /** Returns the resident bytes of a process without its descendants; 0 if it has ended. */
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
