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
import org.slf4j.LoggerFactory;

class DefectsTest {
  private final AtomicLong nanos = new AtomicLong(-5);
  private final PrintStream before = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final Defects defects =
      new Defects(LoggerFactory.getLogger(DefectsTest.class), nanos::get);

  @BeforeEach
  void capture() {
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setErr(before);
  }

  @Test
  void aDefectIsLoggedOnceAMinuteWithTheNumberOfTheOthers() {
    for (int i = 0; i < 1_000; i++) {
      defects.log("A request failed", defect("one"));
    }
    assertThat(text()).hasSizeLessThan(20_000).containsOnlyOnce("A request failed; this is a bug");

    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    defects.log("A request failed", defect("two"));
    assertThat(text()).contains("please report it (999 more like it since the last such line)");
    assertThat(text().split("A request failed", -1)).hasSize(3);
  }

  @Test
  void defectsOfOtherKindsAreLoggedBesides() {
    defects.log("A request failed", defect("one"));
    defects.log("A request failed", new IllegalArgumentException("two"));
    assertThat(text()).contains("IllegalStateException: one", "IllegalArgumentException: two");
  }

  @Test
  void manyKindsShareOne() {
    for (int i = 0; i < 1_000; i++) {
      Exception defect = defect("one");
      defect.setStackTrace(
          new StackTraceElement[] {new StackTraceElement("C", "m" + i, "C.java", i)});
      defects.log("A request failed", defect);
    }
    assertThat(text().split("A request failed", -1)).hasSize(102);
  }

  @Test
  void aMessageStaysOnItsLine() {
    defects.log(
        "A request failed",
        new IllegalStateException("a\n2026 ERROR forged", new RuntimeException("b\r\nforged")));
    assertThat(text())
        .contains("IllegalStateException: a\\u000a2026 ERROR forged", "b\\u000d\\u000aforged")
        .contains("\tat dev.freshet.reader.DefectsTest");
  }

  private static Exception defect(String message) {
    return new IllegalStateException(message);
  }

  private String text() {
    return log.toString(StandardCharsets.UTF_8);
  }
}
