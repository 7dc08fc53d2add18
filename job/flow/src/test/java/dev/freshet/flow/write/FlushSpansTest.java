package dev.freshet.flow.write;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.store.GroupRange;
import dev.freshet.telemetry.Collector;
import dev.freshet.telemetry.TelemetryOptions;
import dev.freshet.view.Version;
import io.opentelemetry.proto.trace.v1.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class FlushSpansTest {
  private static final long NOON = Instant.parse("2026-01-31T12:00:00Z").toEpochMilli();
  private static final GroupRange RANGE = new GroupRange(0, 63);

  @Test
  @Timeout(60)
  void aFlushIsASpanWithItsVersionAgeAndEntries() throws Exception {
    try (Collector collector = Collector.start()) {
      try (FlushSpans spans =
          new FlushSpans(new TelemetryOptions(collector.endpoint(), 1), "shop", RANGE)) {
        spans.flushed(mark(NOON - 40), 7, NOON, NOON + 12);
        spans.flushed(mark(0), 0, NOON + 20, NOON + 21);
      }
      List<Span> exported = collector.awaitSpans(2);

      assertThat(collector.problems()).isEmpty();
      assertThat(collector.services()).containsExactly("freshet-job");
      Span first = exported.get(0);
      assertThat(first.getName()).isEqualTo("flush");
      assertThat(first.getStartTimeUnixNano()).isEqualTo(NOON * 1_000_000);
      assertThat(first.getEndTimeUnixNano()).isEqualTo((NOON + 12) * 1_000_000);
      assertThat(Collector.attributes(first))
          .isEqualTo(
              Map.of(
                  "freshet.job", "shop",
                  "freshet.key_groups", "0..63",
                  "freshet.version", "binlog.000012:4567",
                  "freshet.entries", "7",
                  "freshet.as_of", "2026-01-31T11:59:59.960Z",
                  "freshet.lag_ms", "52"));
      assertThat(Collector.attributes(exported.get(1)))
          .as("MySQL has confirmed nothing yet")
          .doesNotContainKeys("freshet.as_of", "freshet.lag_ms");
    }
  }

  @Test
  @Timeout(60)
  void neitherACollectorThatIsAwayNorNoneDelaysAWriter() throws Exception {
    Collector gone = Collector.start();
    gone.close();
    for (TelemetryOptions options :
        new TelemetryOptions[] {TelemetryOptions.NONE, new TelemetryOptions(gone.endpoint(), 1)}) {
      long begun = System.nanoTime();
      try (FlushSpans spans = new FlushSpans(options, "shop", RANGE)) {
        for (int i = 0; i < 10_000; i++) {
          spans.flushed(mark(NOON), 1, NOON, NOON + 1);
        }
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
    }
  }

  private static WatermarkInfo mark(long asOf) {
    long version = Version.of(0, 12, 4567);
    return new WatermarkInfo(version + 2, version, "", asOf);
  }
}
