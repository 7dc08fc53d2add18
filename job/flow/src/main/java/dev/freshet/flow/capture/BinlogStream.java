package dev.freshet.flow.capture;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.cdc.connectors.mysql.debezium.reader.BinlogSplitReader;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.cdc.connectors.mysql.source.split.SourceRecords;
import org.apache.flink.cdc.connectors.shaded.org.apache.kafka.connect.source.SourceRecord;
import org.apache.flink.util.FlinkRuntimeException;
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
 * <p>Before anything is read the server is asked who it is. Where another one than before answers,
 * one that has executed all that was read, the stream goes on by GTID behind the last whole
 * transaction and in the next epoch; {@link Announcements} tell. One that lacks transactions gets
 * some seconds to execute them; then, and where it has purged what was not read, {@link
 * SourceFault} is thrown. The same holds for the same server, whose binlog may have been reset.
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

  /** For so long a server may lack what was read. */
  private static final long PATIENCE_NS = Duration.ofSeconds(10).toNanos();

  /** Nobody needs to know of less. */
  private static final long NOTICE_NS = Duration.ofSeconds(1).toNanos();

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
  private SourceRecord announcement;
  private boolean movedUntold;
  private boolean lacking;
  private boolean lackingSaid;
  private long lackingSince;
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
      if (reader == null && !open()) {
        return Collections.emptyIterator();
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

  /** Whether there is one to read from. */
  private boolean open() {
    openedAt = System.nanoTime();
    anythingCame = false;
    connection =
        new BinlogConnection(
            config, tables, BinlogConnection.SILENCE.multipliedBy(1L << silentAttempts));
    LogTaskContext context = new LogTaskContext(config, tables, connection);
    reader = new BinlogSplitReader(context, subtask);
    ServerAnswer answer = ask(context);
    if (!answer.missing().isEmpty()) {
      standBack(answer);
      return false;
    }
    lacking = false;
    requireUnpurged(answer);
    boolean moved = soFar.server().isNot(answer.id());
    if (moved) {
      SourceServer next = soFar.server().next(answer.id(), soFar.open());
      LOG.warn(
          "Source {}:{}: it is another server now ({}, before {}): the job goes on there, behind"
              + " the last transaction it saw, in epoch {}",
          config.getHostname(),
          config.getPort(),
          answer.id(),
          soFar.server().id(),
          next.epoch());
      soFar.moveTo(next);
    } else {
      soFar.goOnAt(soFar.server().called(answer.id()));
    }
    MySqlBinlogSplit rest = soFar.rest();
    // Told with the first records; where none come, the move is part of the next announcement.
    movedUntold |= moved;
    announcement = Announcements.of(rest.getStartingOffset(), answer, movedUntold);
    connection.client().expect(answer.number());
    reader.submitSplit(rest);
    return true;
  }

  private ServerAnswer ask(LogTaskContext context) {
    try {
      String begun =
          Stream.of(soFar.server().half(), soFar.open())
              .filter(gtids -> !gtids.isEmpty())
              .collect(Collectors.joining(","));
      return ServerAnswer.ask(context.getConnection(), soFar.gtids(), begun);
    } catch (SQLException e) {
      throw new FlinkRuntimeException("Source: cannot be asked who it is", e);
    }
  }

  /**
   * The server has not executed all that was read. It may be about to: a replica applies what it
   * has received, and a source shows a transaction some moments after its binlog does.
   */
  private void standBack(ServerAnswer answer) {
    long now = System.nanoTime();
    if (!lacking) {
      lacking = true;
      lackingSaid = false;
      lackingSince = now;
    }
    if (now - lackingSince >= PATIENCE_NS) {
      throw new SourceFault(lacks(answer));
    }
    if (!lackingSaid && now - lackingSince >= NOTICE_NS) {
      lackingSaid = true;
      LOG.warn("{}", lacks(answer));
    }
    nextAttempt = now + Duration.ofMillis(FIRST_PAUSE_MS).toNanos();
    close();
  }

  private String lacks(ServerAnswer answer) {
    return who(answer)
        + " lacks transactions that the job has seen: "
        + ServerAnswer.shown(answer.missing())
        + "; fail over to a server that has them, or submit the job anew";
  }

  private void requireUnpurged(ServerAnswer answer) {
    if (!answer.purged().isEmpty()) {
      throw new SourceFault(
          who(answer)
              + " has purged transactions that the job has not seen: "
              + ServerAnswer.shown(answer.purged())
              + "; fail over to a server that still has them in its binlog, or submit the job"
              + " anew");
    }
  }

  private String who(ServerAnswer answer) {
    String address = "Source " + config.getHostname() + ":" + config.getPort() + ": ";
    return soFar.server().isNot(answer.id())
        ? address + "it is another server now (" + answer.id() + "), which"
        : address + "the server";
  }

  /** Whether there is anything in a batch. */
  private boolean note(List<SourceRecords> batch) throws IOException {
    boolean any = false;
    for (ListIterator<SourceRecords> each = batch.listIterator(); each.hasNext(); ) {
      List<SourceRecord> list = each.next().getSourceRecordList();
      any |= !list.isEmpty();
      if (!soFar.server().half().isEmpty()) {
        list = soFar.whole(list);
        each.set(new SourceRecords(list));
      }
      soFar.handOut(list);
    }
    if (any && announcement != null) {
      batch.add(0, new SourceRecords(List.of(announcement)));
      announcement = null;
      movedUntold = false;
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
