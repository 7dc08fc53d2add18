package dev.freshet.flow.capture.source;

import dev.freshet.view.Version;
import dev.freshet.view.gtid.GtidSet;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlBinlogSplit;

/**
 * Which items of the binlog were handed out, so that another connection goes on behind the last, in
 * the middle of a transaction too, with the tables as they were known there. What was read and not
 * handed out is read again.
 */
final class ReadSoFar {
  private LogPlace reached;
  private SourceServer server;

  ReadSoFar(MySqlBinlogSplit begin) {
    this.server = SourceServer.of(begin.getStartingOffset().getOffset());
    this.reached = LogPlace.of(begin.getStartingOffset());
  }

  /**
   * These items are handed out. The last of them that has a place counts, unless it is an earlier
   * place than the one reached: a connection that begins passes such places.
   */
  void handOut(List<LogItem> items) {
    for (int i = items.size() - 1; i >= 0; i--) {
      if (items.get(i).behind().isPresent()) {
        LogPlace last = items.get(i).behind().get();
        if (last.version(server.epoch()) >= reached.version(server.epoch())) {
          reached = last;
        }
        return;
      }
    }
  }

  /**
   * Takes out the boundaries at which a transaction that an earlier server told in part has not yet
   * been told again: up to where it has, all is one step.
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

  /** Whose binlog was read last. */
  SourceServer server() {
    return server;
  }

  /** The GTIDs of the transactions that were read whole. */
  String gtids() {
    return reached.gtids();
  }

  /** The GTID of the transaction that was read in part last; empty when there is none. */
  String open() {
    return reached.open();
  }

  /** Reading goes on, at the same place, on a server whose identity is known now. */
  void goOnAt(SourceServer same) {
    server = same;
  }

  /**
   * Reading goes on behind the last whole transaction, on another server; what was read in part
   * comes again. Its events lie elsewhere there, so none can be skipped.
   */
  void moveTo(SourceServer next) {
    reached = LogPlace.behind(reached.gtids(), reached.tables());
    server = next;
  }

  /** Where the rest begins, as it is printed. */
  String place() {
    return Version.print(reached.version(server.epoch()));
  }

  /** Where the rest begins. */
  LogPlace reached() {
    return reached;
  }
}
