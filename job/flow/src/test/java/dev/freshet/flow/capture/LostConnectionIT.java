package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.servers.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Capture over a connection that is lost. The cluster starts no job again. */
class LostConnectionIT {
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final int ROWS = 8_000;

  private SourceDatabase source;
  private JobPlan plan;
  private TcpProxy proxy;

  @BeforeEach
  void open() throws Exception {
    source = new SourceDatabase();
    source.createInbox();
    source.fillInbox(ROWS);
    plan = SamplePlan.inbox(source.name());
    proxy = new TcpProxy(source.port());
  }

  @AfterEach
  void close() throws Exception {
    proxy.close();
    source.close();
  }

  @Test
  void aConnectionThatFallsSilentIsReplaced() throws Exception {
    try (LogProbe log = LogProbe.start(plan, source.options(proxy.port()))) {
      log.awaitWatermark(1);
      source.execute("UPDATE users SET name = 'before' WHERE id = 1");
      log.awaitWatermark(source.position());

      long before = last(log.marks()).asOf();
      proxy.silence();
      proxy.forwardNew();
      long silent = System.nanoTime();
      source.execute("UPDATE users SET name = 'after' WHERE id = 1");
      log.awaitWatermark(source.position());
      long took = Duration.ofNanos(System.nanoTime() - silent).toMillis();
      System.out.printf("a connection fell silent; its successor caught up after %d ms%n", took);
      assertThat(took).isBetween(2_000L, FRESHNESS.toMillis() + 2_000);
      log.await("as of", () -> last(log.marks()).asOf() > before + took);
      assertRowsComeOnce(log.events(), 2);
    }
  }

  @Test
  void cutsInTheMiddleOfATransactionLoseAndDoubleNothing() throws Exception {
    try (LogProbe log = LogProbe.start(plan, source.options(proxy.port()))) {
      log.awaitWatermark(1);
      proxy.cut(4, 300_000);
      source.execute("START TRANSACTION");
      source.execute("UPDATE participants SET counterpart_id = counterpart_id + 1");
      source.execute("UPDATE users SET name = CONCAT(name, '!')");
      source.execute("DELETE FROM conversations WHERE id % 2 = 0");
      source.execute("COMMIT");
      log.awaitWatermark(source.position());
      assertThat(proxy.cutsDone()).isEqualTo(4);

      int changed = 2 * ROWS - ROWS / 3 + ROWS + ROWS / 2;
      assertRowsComeOnce(log.events(), changed);
      assertThat(log.watermarks()).as("the transaction is whole").hasSize(2);
    }
  }

  @Test
  void anIdleSourceStaysFreshOverTheSameConnections() throws Exception {
    try (LogProbe log = LogProbe.start(plan, source.options(proxy.port()))) {
      log.awaitWatermark(1);
      int connections = proxy.accepted();
      long from = System.currentTimeMillis();
      log.await(
          "a time of no change",
          () -> last(log.marks()).asOf() > from + 2 * FRESHNESS.toMillis() + 1000);

      assertThat(proxy.accepted()).isEqualTo(connections);
      long previous = 0;
      for (LogProbe.Item item : log.items()) {
        if (item instanceof LogProbe.Item.Marked marked && marked.at() >= from) {
          assertThat(marked.at() - marked.mark().asOf()).isLessThan(FRESHNESS.toMillis());
          assertThat(previous == 0 || marked.at() - previous < FRESHNESS.toMillis()).isTrue();
          previous = marked.at();
        }
      }
    }
  }

  /** Behind the snapshot every changed row was told once, in order. */
  private static void assertRowsComeOnce(List<Event> events, int expected) {
    Map<Long, List<Event>> byVersion = new TreeMap<>(Rebuilt.byVersion(events));
    byVersion.remove(0L);
    int rows = 0;
    for (List<Event> each : byVersion.values()) {
      long order = -1;
      for (Event event : each) {
        assertThat(event.order()).isGreaterThan(order);
        order = event.order();
        rows += event instanceof Event.RowChange ? 1 : 0;
      }
    }
    assertThat(rows).isEqualTo(expected);
  }

  private static WatermarkInfo last(List<WatermarkInfo> marks) {
    return marks.get(marks.size() - 1);
  }
}
