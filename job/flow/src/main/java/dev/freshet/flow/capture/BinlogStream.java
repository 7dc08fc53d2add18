package dev.freshet.flow.capture;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The binlog from a place on, without end, as long as MySQL can be reached or comes back.
 *
 * <p>Every connection has a reader of its own. When it is lost the reader is closed, and another
 * goes on behind the last record handed out, as after a restore: nothing is lost, nothing comes
 * twice, and the job does not start again. Between attempts there is a pause that grows. What is
 * not about reaching MySQL is thrown.
 *
 * <p>The binlog client's own keep-alive would connect again inside a transaction without telling
 * Debezium, whose offsets then count the transaction as read.
 *
 * <p>Used by one thread, which never waits for long.
 */
final class BinlogStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BinlogStream.class);
  private static final long FIRST_PAUSE_MS = 250;
  private static final long LAST_PAUSE_MS = 2_000;
  private static final long NAP_MS = 20;
  private static final long LOG_INTERVAL_NS = Duration.ofSeconds(10).toNanos();

  /** A connection that lasted so long was a good one: the pauses begin small again. */
  private static final long GOOD_NS = Duration.ofSeconds(10).toNanos();

  private static final int MOST_DOUBLINGS = 4;

  private final MySqlSourceConfig config;
  private final int subtask;
  private final Tables tables;
  private final ReadSoFar soFar;

  private BinlogConnection connection;
  private BinlogSplitReader reader;
  private long openedAt;
  private boolean anythingCame = true;
  private int silentAttempts;
  private long pauseMs = FIRST_PAUSE_MS;
  private long nextAttempt = System.nanoTime();
  private long lostAt;
  private boolean lost;
  private long loggedAt;

  BinlogStream(MySqlSourceConfig config, int subtask, Tables tables, MySqlBinlogSplit split) {
    this.config = config;
    this.subtask = subtask;
    this.tables = tables;
    this.soFar = new ReadSoFar(split);
  }

  /** What has come; nothing while there is no connection. */
  Iterator<SourceRecords> poll() throws InterruptedException, IOException {
    if (reader == null && nextAttempt - System.nanoTime() > 0) {
      Thread.sleep(NAP_MS);
      return Collections.emptyIterator();
    }
    try {
      if (reader == null) {
        open();
      }
      // Asked before, so that what came before the end is still taken.
      boolean over = connection.isOver();
      List<SourceRecords> batch = new ArrayList<>();
      reader.pollSplitRecords().forEachRemaining(batch::add);
      if (note(batch)) {
        return batch.iterator();
      }
      if (over) {
        lose("MySQL ended it");
        return Collections.emptyIterator();
      }
      return batch.iterator();
    } catch (RuntimeException e) {
      if (!LostConnection.is(e)) {
        throw LostBinlog.of(e, source(), soFar.place())
            .<RuntimeException>map(lost -> lost)
            .orElse(e);
      }
      lose(LostConnection.cause(e));
      return Collections.emptyIterator();
    }
  }

  private String source() {
    return config.getHostname() + ":" + config.getPort();
  }

  private void open() {
    openedAt = System.nanoTime();
    anythingCame = false;
    connection =
        new BinlogConnection(
            config, tables, BinlogConnection.SILENCE.multipliedBy(1L << silentAttempts));
    reader = new BinlogSplitReader(new LogTaskContext(config, tables, connection), subtask);
    reader.submitSplit(soFar.rest());
  }

  /** Whether there is anything in a batch. */
  private boolean note(List<SourceRecords> batch) throws IOException {
    boolean any = false;
    for (SourceRecords records : batch) {
      List<SourceRecord> list = records.getSourceRecordList();
      any |= !list.isEmpty();
      soFar.handOut(list);
    }
    if (any && !anythingCame) {
      anythingCame = true;
      silentAttempts = 0;
      if (lost) {
        lost = false;
        LOG.info(
            "Source {}:{}: the binlog is read again, from {}, after {} ms",
            config.getHostname(),
            config.getPort(),
            soFar.reached(),
            (System.nanoTime() - lostAt) / 1_000_000);
      }
    }
    return any;
  }

  private void lose(String cause) {
    long now = System.nanoTime();
    if (!lost) {
      lost = true;
      lostAt = now;
      loggedAt = now - LOG_INTERVAL_NS;
    }
    if (now - loggedAt >= LOG_INTERVAL_NS) {
      loggedAt = now;
      LOG.warn(
          "Source {}:{}: the binlog's connection is lost ({}): the job connects again by itself;"
              + " answers grow old until then",
          config.getHostname(),
          config.getPort(),
          cause);
    }
    if (!anythingCame) {
      silentAttempts = Math.min(silentAttempts + 1, MOST_DOUBLINGS);
    }
    pauseMs =
        anythingCame && now - openedAt >= GOOD_NS
            ? FIRST_PAUSE_MS
            : Math.min(2 * pauseMs, LAST_PAUSE_MS);
    nextAttempt = now + Duration.ofMillis(pauseMs).toNanos();
    close();
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
