package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ParentDeathIT {
  @Test
  void serversDieWithTheirParentEvenIfItIsKilled() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Parent.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<ProcessHandle> family = new ArrayList<>();
    try (BufferedReader output = parent.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.startsWith(Parent.STARTED)) {
        System.out.println(line);
        line = output.readLine();
      }
      assertThat(line).as("the parent starts its servers").isNotNull();
      for (String pid : line.substring(Parent.STARTED.length()).split(" ", -1)) {
        ProcessHandle server = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        family.add(server);
        try (Stream<ProcessHandle> children = server.descendants()) {
          children.forEach(family::add);
        }
      }
      assertThat(family).hasSizeGreaterThan(5).allMatch(ParentDeathIT::runs);

      parent.destroyForcibly().waitFor();

      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (family.stream().anyMatch(ParentDeathIT::runs) && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      assertThat(family).noneMatch(ParentDeathIT::runs);
    } finally {
      parent.destroyForcibly();
      family.forEach(ProcessHandle::destroyForcibly);
    }
  }

  private static boolean runs(ProcessHandle process) {
    return ServerProcess.runs(process.pid());
  }
}
