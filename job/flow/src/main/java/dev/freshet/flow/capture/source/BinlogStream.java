package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.view.form.OneLine;
import dev.freshet.view.gtid.GtidSet;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;
import org.apache.flink.util.FlinkRuntimeException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An endless stream of the binlog from a position on. It survives outages of MySQL.
 *
 * <p>When a connection is lost it is closed, and a new one continues after the last item that was
 * returned, as after a restore: no item is lost or repeated, and the job does not restart. The
 * pause between attempts grows. Failures that are not connection losses are thrown.
 *
 * <p>Each new connection first identifies the server. If it is another server than before, and has
 * executed all transactions that were read, the stream continues by GTID after the last complete
 * transaction and in the next epoch, and reports it with {@link Fetched.Connected}. A server that
 * lacks transactions gets {@link #PATIENCE_NS} to execute them; after that, or if the server has
 * purged transactions that were not read, {@link SourceFault} is thrown. The same checks apply to
 * the same server, because its binlog may have been reset.
 *
 * <p>Not thread-safe. No method blocks for longer than a connection attempt.
 */
final class BinlogStream implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BinlogStream.class);
  private static final long FIRST_PAUSE_MS = 250;
  private static final long LAST_PAUSE_MS = 2_000;
  private static final long NAP_MS = 20;
  private static final long LOG_INTERVAL_NS = Duration.ofSeconds(10).toNanos();

  /** After a connection that lasted this long, the pauses start small again. */
  private static final long GOOD_NS = Duration.ofSeconds(10).toNanos();

  private static final int MOST_DOUBLINGS = 4;

  /** How long a server may lack transactions that were read. */
  private static final long PATIENCE_NS = Duration.ofSeconds(10).toNanos();

  /** A shorter lack of transactions is not logged. */
  private static final long NOTICE_NS = Duration.ofSeconds(1).toNanos();

  /** The number of consecutive connections without any item after which the stream fails. */
  private static final int MOST_SILENT = MOST_DOUBLINGS + 2;

  private final SourceOptions options;
  private final Tables tables;
  private final Handling handling;
  private final ReadSoFar soFar;

  private BinlogConnection connection;
  private long openedAt;
  private boolean anythingCame = true;
  private int silentAttempts;
  private long pauseMs = FIRST_PAUSE_MS;
  private long nextAttempt = System.nanoTime();
  private long lostAt;
  private boolean lost;
  private Fetched.Connected announcement;
  private boolean movePending;
  private boolean lacking;
  private boolean lackingLogged;
  private long lackingSince;
  private long loggedAt;

  BinlogStream(SourceOptions options, Tables tables, Handling handling, MySqlBinlogSplit split) {
    this.options = options;
    this.tables = tables;
    this.handling = handling;
    this.soFar = new ReadSoFar(split);
  }

  /** Returns the items that have arrived; empty while there is no connection. */
  List<Fetched> poll() throws InterruptedException {
    if (connection == null && nextAttempt - System.nanoTime() > 0) {
      Thread.sleep(NAP_MS);
      return List.of();
    }
    try {
      if (connection == null && !open()) {
        return List.of();
      }
      // Read before taking the items, so that items that arrived before the end are still taken.
      boolean over = connection.isOver();
      Optional<Exception> failure = connection.failure();
      List<Fetched> fetched = fetched(connection.take(options.pollInterval()));
      if (!fetched.isEmpty()) {
        return fetched;
      }
      if (failure.isPresent()) {
        throw failure.get();
      }
      if (over) {
        connectionLost("MySQL closed it", true);
      }
      return List.of();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (!LostConnection.is(e)) {
        throw LostBinlog.of(e, source(), soFar.printed())
            .<RuntimeException>map(binlog -> binlog)
            .orElseGet(
                () -> e instanceof RuntimeException own ? own : new FlinkRuntimeException(e));
      }
      connectionLost(LostConnection.cause(e), !(e instanceof SQLException));
      return List.of();
    }
  }

  private String source() {
    return options.host() + ":" + options.port();
  }

  /** Opens a connection. Returns false if the server cannot be read yet. */
  private boolean open() throws IOException, SQLException, TimeoutException {
    openedAt = System.nanoTime();
    anythingCame = false;
    ServerAnswer answer = ask();
    if (!answer.missing().isEmpty()) {
      waitForMissing(answer);
      return false;
    }
    lacking = false;
    requireUnpurged(answer);
    boolean moved = soFar.server().isNot(answer.id());
    if (!moved) {
      requireSameFile(answer);
    }
    if (moved) {
      SourceServer next = soFar.server().next(answer.id(), soFar.open());
      LOG.warn(
          "Source {}: it is now another server ({}, before {}); the job continues there after the"
              + " last transaction that it read, in epoch {}",
          source(),
          answer.id(),
          soFar.server().id(),
          next.epoch());
      soFar.moveTo(next);
    } else {
      soFar.goOnAt(soFar.server().called(answer.id()));
    }
    // Reported with the first items. If none arrive, the next connection reports the move.
    movePending |= moved;
    SourceServer server = soFar.server();
    announcement =
        new Fetched.Connected(
            new Captured.Server(server.id(), server.epoch(), movePending, answer.executed()),
            server,
            soFar.reached(),
            answer.end(server.epoch()));
    connection =
        new BinlogConnection(
            options,
            GtidSet.parse(soFar.gtids()),
            answer.number(),
            BinlogConnection.SILENCE.multipliedBy(1L << Math.min(silentAttempts, MOST_DOUBLINGS)),
            sink -> events(answer, sink));
    connection.open();
    return true;
  }

  private LogEvents events(ServerAnswer answer, LogEvents.Sink sink) {
    Tables.Names names = tables.names(answer.ignoresCase());
    TableFormats formats =
        new TableFormats(
            names,
            new TableDefinitions(options),
            answer.collations(),
            FormatState.parse(soFar.reached().tables()));
    return new LogEvents(
        tables, names, formats, handling, soFar.reached(), soFar.server().epoch(), sink);
  }

  private ServerAnswer ask() throws SQLException {
    String begun =
        Stream.of(soFar.server().half(), soFar.open())
            .filter(gtids -> !gtids.isEmpty())
            .collect(Collectors.joining(","));
    try (Connection mysql = SourceConnection.open(options, BinlogConnection.SILENCE)) {
      return ServerAnswer.ask(mysql, soFar.gtids(), begun);
    }
  }

  /**
   * Waits because the server has not executed all transactions that were read. It may do so soon: a
   * replica may still apply transactions, and a primary commits a transaction shortly after writing
   * it to the binlog.
   */
  private void waitForMissing(ServerAnswer answer) {
    long now = System.nanoTime();
    if (!lacking) {
      lacking = true;
      lackingLogged = false;
      lackingSince = now;
    }
    if (now - lackingSince >= PATIENCE_NS) {
      throw new SourceFault(lacks(answer));
    }
    if (!lackingLogged && now - lackingSince >= NOTICE_NS) {
      lackingLogged = true;
      LOG.warn("{}", lacks(answer));
    }
    nextAttempt = now + Duration.ofMillis(FIRST_PAUSE_MS).toNanos();
    close();
  }

  private String lacks(ServerAnswer answer) {
    return subject(answer)
        + " lacks transactions that the job has read: "
        + SourceFault.shown(answer.missing())
        + " (it has executed "
        + SourceFault.shown(answer.executed())
        + "); fail over to a server that has them, or submit the job again";
  }

  private void requireUnpurged(ServerAnswer answer) {
    if (!answer.purged().isEmpty()) {
      throw new SourceFault(
          subject(answer)
              + " has purged transactions that the job has not read: "
              + SourceFault.shown(answer.purged())
              + "; fail over to a server that still has them in its binlog, or submit the job"
              + " again");
    }
  }

  /**
   * Fails if the binlog was reset. GTIDs alone do not show that if the new binlog is longer than
   * the old one.
   */
  private void requireSameFile(ServerAnswer answer) throws IOException, TimeoutException {
    LogPosition reached = soFar.reached();
    if (reached.created() == 0 || reached.file().isEmpty()) {
      return;
    }
    OptionalLong created =
        FileAge.of(options, reached.file(), answer.number(), BinlogConnection.SILENCE);
    boolean purged =
        created.isEmpty()
            && reached.version(soFar.server().epoch()) < answer.end(soFar.server().epoch());
    // A server restored from an older backup has a shorter copy of the file and continued in the
    // next one.
    long size = answer.files().getOrDefault(reached.file(), 0L);
    boolean same = created.equals(OptionalLong.of(reached.created())) && size >= reached.position();
    if (purged || same) {
      return;
    }
    throw new SourceFault(
        subject(answer)
            + " has a different binlog from the one that the job has read: "
            + reached.file()
            + (created.isEmpty()
                ? " does not exist"
                : " was created at "
                    + Instant.ofEpochSecond(created.getAsLong())
                    + " and has "
                    + size
                    + " bytes")
            + "; the file that the job read was created at "
            + Instant.ofEpochSecond(reached.created())
            + ", and the job has read "
            + reached.position()
            + " bytes of it. The binlog was reset, or an older backup was restored. The job has read "
            + SourceFault.shown(soFar.gtids())
            + ", the server has executed "
            + SourceFault.shown(answer.executed())
            + "; submit the job again");
  }

  private String subject(ServerAnswer answer) {
    String address = "Source " + source() + ": ";
    return soFar.server().isNot(answer.id())
        ? address + "it is now another server (" + answer.id() + "), which"
        : address + "the server";
  }

  /**
   * Wraps a batch, after the report of a new connection if there is one; empty for an empty batch.
   */
  private List<Fetched> fetched(List<LogItem> batch) {
    if (batch.isEmpty()) {
      return List.of();
    }
    List<LogItem> items = soFar.whole(batch);
    soFar.handOut(items);
    List<Fetched> fetched = new ArrayList<>();
    if (announcement != null) {
      fetched.add(announcement);
      announcement = null;
      movePending = false;
    }
    fetched.add(new Fetched.Logged(items));
    if (!anythingCame) {
      anythingCame = true;
      silentAttempts = 0;
      if (lost) {
        lost = false;
        LOG.info(
            "Source {}: the binlog is read again, from {}, after {} ms",
            source(),
            soFar.printed(),
            (System.nanoTime() - lostAt) / 1_000_000);
      }
    }
    return fetched;
  }

  /**
   * Closes the connection and schedules the next attempt.
   *
   * @param ofBinlog whether the binlog connection itself failed, and not a query on another
   *     connection
   */
  private void connectionLost(String cause, boolean ofBinlog) {
    long now = System.nanoTime();
    if (!lost) {
      lost = true;
      lostAt = now;
      loggedAt = now - LOG_INTERVAL_NS;
    }
    if (now - loggedAt >= LOG_INTERVAL_NS) {
      loggedAt = now;
      LOG.warn(
          "Source {}: the binlog connection is lost ({}); the job reconnects automatically,"
              + " answers become stale until then",
          source(),
          OneLine.of(String.valueOf(cause)));
    }
    if (ofBinlog && !anythingCame && connection != null) {
      silentAttempts++;
      if (silentAttempts > MOST_SILENT) {
        throw new SourceFault(
            "Source "
                + source()
                + ": MySQL answers queries, but "
                + silentAttempts
                + " consecutive binlog connections sent nothing after "
                + soFar.printed()
                + " ("
                + cause
                + "); look at MySQL's error log, and at that position with mysqlbinlog");
      }
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
    if (connection != null) {
      try {
        connection.close();
      } catch (IOException e) {
        LOG.debug("Source {}: closing the binlog connection failed", source(), e);
      }
      connection = null;
    }
  }
}
