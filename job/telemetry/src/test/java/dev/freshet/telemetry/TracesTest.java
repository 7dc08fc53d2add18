package dev.freshet.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TracesTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String PARENT = "b7ad6b7169203331";

  private final Collector collector = collector();

  private static Collector collector() {
    try {
      return Collector.start();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void stop() {
    collector.close();
  }

  @Test
  void spansReachTheCollector() throws Exception {
    try (Traces traces = traces(1)) {
      Span span = traces.tracer().spanBuilder("flush").startSpan();
      span.setAttribute("freshet.entries", 7);
      span.end();
    }

    List<io.opentelemetry.proto.trace.v1.Span> spans = collector.awaitSpans(1);
    assertThat(collector.problems()).isEmpty();
    assertThat(collector.services()).containsExactly("freshet-test");
    assertThat(spans).hasSize(1);
    assertThat(spans.get(0).getName()).isEqualTo("flush");
    assertThat(spans.get(0).getKind()).isEqualTo(SpanKind.SPAN_KIND_INTERNAL);
    assertThat(Collector.attributes(spans.get(0))).containsEntry("freshet.entries", "7");
  }

  @Test
  void theSampleDecidesUnlessTheCallerHasDecided() throws Exception {
    try (Traces traces = traces(0)) {
      end(traces, Context.root());
      end(traces, Traces.parent("00-" + TRACE + "-" + PARENT + "-00", null));
      end(traces, Traces.parent("00-" + TRACE + "-" + PARENT + "-01", "vendor=1"));
    }

    assertThat(collector.awaitSpans(1))
        .singleElement()
        .satisfies(
            span -> {
              assertThat(hex(span.getTraceId().toByteArray())).isEqualTo(TRACE);
              assertThat(hex(span.getParentSpanId().toByteArray())).isEqualTo(PARENT);
              assertThat(span.getTraceState()).isEqualTo("vendor=1");
            });
  }

  @Test
  void aPartOfTheTracesIsSampled() throws Exception {
    try (Traces traces = traces(0.25)) {
      for (int i = 0; i < 1000; i++) {
        end(traces, Context.root());
      }
    }

    assertThat(collector.awaitSpans(150)).hasSizeBetween(150, 350);
  }

  @Test
  void aMalformedParentBeginsATrace() {
    for (String parent :
        List.of(
            "",
            "00",
            "00-" + TRACE,
            "zz-" + TRACE + "-" + PARENT + "-01",
            "00-" + "0".repeat(32) + "-" + PARENT + "-01")) {
      assertThat(Traces.parent(parent, "a=b")).as(parent).isSameAs(Context.root());
    }
    assertThat(Traces.parent(null, "a=b")).isSameAs(Context.root());
  }

  @Test
  @Timeout(20)
  void aCollectorThatIsAwayDelaysNobody() {
    collector.close();
    try (Traces traces = traces(1)) {
      long begun = System.nanoTime();
      for (int i = 0; i < 10_000; i++) {
        end(traces, Context.root());
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(9));
    }
  }

  @Test
  void withoutACollectorNothingIsDone() {
    Span span = Traces.NONE.tracer().spanBuilder("flush").startSpan();
    assertThat(span.isRecording()).isFalse();
    assertThat(Traces.NONE.isOn()).isFalse();
    assertThat(Traces.start("freshet-test", TelemetryOptions.NONE)).isSameAs(Traces.NONE);
    Traces.NONE.close();
  }

  @Test
  void aSampleIsAFraction() {
    for (double sample : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThatThrownBy(() -> new TelemetryOptions("http://collector:4318", sample))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private Traces traces(double sample) {
    return Traces.start("freshet-test", new TelemetryOptions(collector.endpoint(), sample));
  }

  private static void end(Traces traces, Context parent) {
    traces.tracer().spanBuilder("read").setParent(parent).startSpan().end();
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
