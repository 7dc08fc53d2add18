package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
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
 * The binlog from a place on, without end, as long as MySQL can be reached or comes back.
 *
 * <p>Every connection has a reader of its own. When it is lost the reader is closed, and another
 * goes on behind the last record handed out, as after a restore: nothing is lost, nothing comes
 * twice, and the job does not start again. Between attempts there is a pause that grows. What is
 * not about reaching MySQL is thrown.
 *
 * <p>Before anything is read the server is asked who it is. Where another one than before answers,
 * one that has executed all that was read, the stream goes on by GTID behind the last whole
 * transaction and in the next epoch; {@link Fetched.Connected} tells. One that lacks transactions
 * gets some seconds to execute them; then, and where it has purged what was not read, {@link
 * SourceFault} is thrown. The same holds for the same server, whose binlog may have been reset.
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

  /** Connections that bring nothing, one after the other, until that is a failure. */
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
  private boolean movedUntold;
  private boolean lacking;
  private boolean lackingSaid;
  private long lackingSince;
  private long loggedAt;

  BinlogStream(SourceOptions options, Tables tables, Handling handling, MySqlBinlogSplit split) {
    this.options = options;
    this.tables = tables;
    this.handling = handling;
    this.soFar = new ReadSoFar(split);
  }

  /** What has come; nothing while there is no connection. */
  List<Fetched> poll() throws InterruptedException {
    if (connection == null && nextAttempt - System.nanoTime() > 0) {
      Thread.sleep(NAP_MS);
      return List.of();
    }
    try {
      if (connection == null && !open()) {
        return List.of();
      }
      // Asked before, so that what came before the end is still taken.
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
        lose("MySQL ended it", true);
      }
      return List.of();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      if (!LostConnection.is(e)) {
        throw LostBinlog.of(e, source(), soFar.place())
            .<RuntimeException>map(binlog -> binlog)
            .orElseGet(
                () -> e instanceof RuntimeException own ? own : new FlinkRuntimeException(e));
      }
      lose(LostConnection.cause(e), !(e instanceof SQLException));
      return List.of();
    }
  }

  private String source() {
    return options.host() + ":" + options.port();
  }

  /** Whether there is a connection to read from. */
  private boolean open() throws IOException, SQLException, TimeoutException {
    openedAt = System.nanoTime();
    anythingCame = false;
    ServerAnswer answer = ask();
    if (!answer.missing().isEmpty()) {
      standBack(answer);
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
          "Source {}: it is another server now ({}, before {}): the job goes on there, behind the"
              + " last transaction it saw, in epoch {}",
          source(),
          answer.id(),
          soFar.server().id(),
          next.epoch());
      soFar.moveTo(next);
    } else {
      soFar.goOnAt(soFar.server().called(answer.id()));
    }
    // Told with the first items; where none come, the move is part of the next announcement.
    movedUntold |= moved;
    SourceServer server = soFar.server();
    announcement =
        new Fetched.Connected(
            new Captured.Server(server.id(), server.epoch(), movedUntold, answer.executed()),
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
        + SourceFault.shown(answer.missing())
        + " (it has executed "
        + SourceFault.shown(answer.executed())
        + "); fail over to a server that has them, or submit the job anew";
  }

  private void requireUnpurged(ServerAnswer answer) {
    if (!answer.purged().isEmpty()) {
      throw new SourceFault(
          who(answer)
              + " has purged transactions that the job has not seen: "
              + SourceFault.shown(answer.purged())
              + "; fail over to a server that still has them in its binlog, or submit the job"
              + " anew");
    }
  }

  /** GTIDs alone do not tell a binlog that was reset and has grown longer than before. */
  private void requireSameFile(ServerAnswer answer) throws IOException, TimeoutException {
    LogPlace reached = soFar.reached();
    if (reached.created() == 0 || reached.file().isEmpty()) {
      return;
    }
    OptionalLong created =
        FileAge.of(options, reached.file(), answer.number(), BinlogConnection.SILENCE);
    boolean purged =
        created.isEmpty()
            && reached.version(soFar.server().epoch()) < answer.end(soFar.server().epoch());
    // An older copy that was restored has the same file, and went on in the next.
    long size = answer.files().getOrDefault(reached.file(), 0L);
    boolean same = created.equals(OptionalLong.of(reached.created())) && size >= reached.position();
    if (purged || same) {
      return;
    }
    throw new SourceFault(
        who(answer)
            + " has another binlog than the job has read: "
            + reached.file()
            + (created.isEmpty()
                ? " is not there"
                : " is of "
                    + Instant.ofEpochSecond(created.getAsLong())
                    + " and has "
                    + size
                    + " bytes")
            + "; it was of "
            + Instant.ofEpochSecond(reached.created())
            + ", and the job has read "
            + reached.position()
            + " of it. It was reset, or an older copy was restored. The job has seen "
            + SourceFault.shown(soFar.gtids())
            + ", the server has executed "
            + SourceFault.shown(answer.executed())
            + "; submit the job anew");
  }

  private String who(ServerAnswer answer) {
    String address = "Source " + source() + ": ";
    return soFar.server().isNot(answer.id())
        ? address + "it is another server now (" + answer.id() + "), which"
        : address + "the server";
  }

  /** What is to be handed out of a batch; nothing when there is nothing in it. */
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
      movedUntold = false;
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
            soFar.place(),
            (System.nanoTime() - lostAt) / 1_000_000);
      }
    }
    return fetched;
  }

  /**
   * The connection is given up.
   *
   * @param ofBinlog whether the binlog's connection itself broke, and not a question beside it
   */
  private void lose(String cause, boolean ofBinlog) {
    long now = System.nanoTime();
    if (!lost) {
      lost = true;
      lostAt = now;
      loggedAt = now - LOG_INTERVAL_NS;
    }
    if (now - loggedAt >= LOG_INTERVAL_NS) {
      loggedAt = now;
      LOG.warn(
          "Source {}: the binlog's connection is lost ({}): the job connects again by itself;"
              + " answers grow old until then",
          source(),
          cause);
    }
    if (ofBinlog && !anythingCame && connection != null) {
      silentAttempts++;
      if (silentAttempts > MOST_SILENT) {
        throw new SourceFault(
            "Source "
                + source()
                + ": MySQL answers questions, and "
                + silentAttempts
                + " connections to its binlog, one after the other, brought nothing behind "
                + soFar.place()
                + " ("
                + cause
                + "); look into MySQL's error log and at that place with mysqlbinlog");
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
        LOG.debug("Source {}: the binlog's connection does not close", source(), e);
      }
      connection = null;
    }
  }
}
