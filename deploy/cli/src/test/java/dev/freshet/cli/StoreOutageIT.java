package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.check.Endpoints;
import java.io.IOException;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The job waits for a store that is frozen, and for one that died, and does not start again. */
@Tag(SharedSystem.TAG)
class StoreOutageIT {
  private static final boolean FULL = "full".equals(System.getProperty("freshet.size"));
  private static final Duration FROZEN = Duration.ofSeconds(FULL ? 30 : 5);

  @Test
  void aFrozenStoreAndADeadOneAreWaitedFor() throws Exception {
    int restarts = restarts();
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement()) {
      List<ProcessHandle> postgres = processes();
      signal("STOP", postgres);
      try {
        write(source, 1, FROZEN);
        assertThat(sides.ask("unread_conversations", "1/1", 1).path("source").asText())
            .isEqualTo("mysql");
      } finally {
        signal("CONT", postgres);
      }
      long first = System.nanoTime();
      sides.awaitApplied(sides.position());
      System.out.printf("after %s frozen: caught up in %d ms%n", FROZEN, millisSince(first));
      assertThat(restarts()).isEqualTo(restarts);
    }

    processes().get(0).destroyForcibly();
    long killed = System.nanoTime();
    try (Sides sides = after()) {
      try (Statement source = sides.source().createStatement()) {
        write(source, 2, Duration.ofSeconds(2));
        sides.awaitApplied(sides.position());
        System.out.printf("after a kill: caught up in %d ms%n", millisSince(killed));
      }
    }
    assertThat(restarts()).isEqualTo(restarts);
  }

  private static void write(Statement source, int run, Duration duration) throws SQLException {
    long end = System.nanoTime() + duration.toNanos();
    for (int i = 0; System.nanoTime() < end; i++) {
      source.executeUpdate(
          "UPDATE users SET image_url = 'outage-" + run + "-" + i + "' WHERE id = 1");
    }
  }

  /** Connects as soon as the supervisor has started Postgres again. */
  private static Sides after() throws Exception {
    Sides[] connected = new Sides[1];
    assertThat(
            Launcher.await(
                Duration.ofSeconds(60),
                () -> {
                  try {
                    connected[0] = new Sides(SharedSystem.endpoints());
                    return true;
                  } catch (Exception e) {
                    return false;
                  }
                }))
        .isTrue();
    return connected[0];
  }

  private static long millisSince(long nanos) {
    return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
  }

  /** Postgres's first process, then its others. */
  private static List<ProcessHandle> processes() throws Exception {
    Endpoints endpoints = SharedSystem.endpoints();
    ProcessHandle first =
        ProcessHandle.of(Long.parseLong(endpoints.get("POSTGRES_PID"))).orElseThrow();
    return Stream.concat(Stream.of(first), first.descendants()).toList();
  }

  private static void signal(String name, List<ProcessHandle> processes)
      throws IOException, InterruptedException {
    for (ProcessHandle process : processes) {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }
  }

  private static int restarts() throws Exception {
    String json = String.join("\n", SharedSystem.launcher().run("status", "--json").output());
    return new ObjectMapper().readTree(json).required("job").required("restarts").intValue();
  }
}
