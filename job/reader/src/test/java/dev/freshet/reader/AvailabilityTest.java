package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AvailabilityTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Availability postgres = new Availability("Postgres", "MySQL answers", nanos::get);

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setErr(before);
  }

  @Test
  void eachChangeIsLogged() {
    postgres.down("refused");
    postgres.down("timed out");
    postgres.up();
    postgres.up();
    postgres.down("login\nfailed");

    assertThat(text().lines())
        .hasSize(3)
        .satisfiesExactly(
            line -> assertThat(line).endsWith("Postgres does not answer (refused): MySQL answers"),
            line -> assertThat(line).endsWith("Postgres answers again"),
            line ->
                assertThat(line)
                    .endsWith("Postgres does not answer (login failed): MySQL answers"));
  }

  @Test
  void theLatestReasonIsLoggedOnceAMinute() {
    postgres.down("refused");
    for (int second = 0; second < 150; second++) {
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      postgres.down("login failed at second " + second);
    }

    assertThat(text().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("(refused)"),
            line -> assertThat(line).endsWith("still does not answer (login failed at second 59)"),
            line ->
                assertThat(line).endsWith("still does not answer (login failed at second 119)"));
  }

  private String text() {
    return log.toString(StandardCharsets.UTF_8);
  }
}
