package dev.freshet.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a process and its children keep in memory, shared pages counted once. */
final class Resident {
  private Resident() {}

  static long megabytes(long pid) throws IOException {
    long kilobytes = 0;
    try (Stream<ProcessHandle> children = ProcessHandle.of(pid).orElseThrow().descendants()) {
      for (ProcessHandle each : Stream.concat(ProcessHandle.of(pid).stream(), children).toList()) {
        kilobytes += kilobytes(each);
      }
    }
    return kilobytes / 1024;
  }

  private static long kilobytes(ProcessHandle process) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/smaps_rollup"))) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    } catch (IOException | UncheckedIOException e) {
      // Postgres serves each connection by a child, which may just have ended. As long as nobody
      // has taken note of that it counts as alive and has no memory.
      if (process.isAlive() && !e.toString().contains("No such process")) {
        throw e;
      }
      return 0;
    }
  }
}
