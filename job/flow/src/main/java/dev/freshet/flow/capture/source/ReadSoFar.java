package dev.freshet.flow.capture.source;

import dev.freshet.view.Version;
import dev.freshet.view.gtid.GtidSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;

/**
 * Tracks the position after the last returned item of the binlog, so that a new connection can
 * resume there, even within a transaction. Items that were read but not returned are read again.
 * Not thread-safe.
 */
final class ReadSoFar {
  private LogPosition reached;
  private SourceServer server;

  ReadSoFar(MySqlBinlogSplit begin) {
    this.server = SourceServer.of(begin.getStartingOffset().getOffset());
    this.reached = LogPosition.of(begin.getStartingOffset());
  }

  /**
   * Moves to the position of the last of these items that has one. Ignores a position before the
   * current one, because a new connection may pass earlier positions.
   */
  void handOut(List<LogItem> items) {
    for (int i = items.size() - 1; i >= 0; i--) {
      if (items.get(i).behind().isPresent()) {
        LogPosition last = items.get(i).behind().get();
        if (last.version(server.epoch()) >= reached.version(server.epoch())) {
          reached = last;
        }
        return;
      }
    }
  }

  /**
   * Removes boundaries until the server has sent again, completely, the transaction that an earlier
   * server sent only in part, so that everything up to its end is one step.
   */
  List<LogItem> whole(List<LogItem> items) {
    if (server.half().isEmpty()) {
      return items;
    }
    List<LogItem> kept = new ArrayList<>(items.size());
    for (LogItem item : items) {
      if (!server.half().isEmpty() && item.captured() instanceof Captured.Boundary boundary) {
        if (!GtidSet.parse(boundary.gtids()).contains(GtidSet.parse(server.half()))) {
          continue;
        }
        server = server.whole();
      }
      kept.add(item);
    }
    return kept;
  }

  /** Returns the server whose binlog was read last. */
  SourceServer server() {
    return server;
  }

  /** Returns the GTIDs of the transactions that were read completely. */
  String gtids() {
    return reached.gtids();
  }

  /** Returns the GTID of the transaction that was read in part; empty if there is none. */
  String open() {
    return reached.open();
  }

  /** Resumes at the same position, on a server whose identity is now known. */
  void goOnAt(SourceServer same) {
    server = same;
  }

  /**
   * Resumes after the last complete transaction, on another server. A transaction that was read in
   * part is read again from its beginning, because its events have other positions there.
   */
  void moveTo(SourceServer next) {
    reached = LogPosition.behind(reached.gtids(), reached.tables());
    server = next;
  }

  /** Returns the position at which reading resumes, for messages. */
  String printed() {
    return Version.print(reached.version(server.epoch()));
  }

  /** Returns the position at which reading resumes. */
  LogPosition reached() {
    return reached;
  }
}
