package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.flow.capture.source.TableDefinition.Definition;
import dev.freshet.view.Column;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.cdc.connectors.mysql.source.offset.BinlogOffset;
import org.apache.flink.cdc.connectors.mysql.source.split.MySqlSnapshotSplit;

/**
 * Reads the rows of chunks, one chunk after the other, all of them from one server. The columns in
 * use are selected by their names.
 *
 * <p>Before and after a chunk the table's definition is compared with the plan's. Where a column in
 * use is gone, or is another, the views over the table are lost and none of its rows is told.
 *
 * <p>Used by one thread.
 */
final class ChunkReader implements AutoCloseable {
  private static final int FETCH_ROWS = 8192;
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final SourceOptions options;
  private final Tables tables;
  private final Handling handling;
  private final Map<String, Tables.Source> sources = new HashMap<>();
  private final Set<Tables.Source> lost = new HashSet<>();
  private Connection mysql;
  private String server = "";
  private Tables.Source source;
  private TableCapture capture;
  private TableSelect select;
  private BinlogOffset place;
  private PreparedStatement statement;
  private ResultSet rows;

  ChunkReader(SourceOptions options, Tables tables, Handling handling) {
    this.options = options;
    this.tables = tables;
    this.handling = handling;
    tables.sources().forEach(each -> sources.put(each.name(), each));
  }

  /** Begins a chunk; the one before was read to its end. */
  void begin(MySqlSnapshotSplit chunk) throws SQLException {
    source = sources.get(chunk.getTableId().toString());
    if (source == null) {
      throw new IllegalStateException(
          "a chunk of table " + chunk.getTableId() + ", which no view uses");
    }
    if (mysql == null) {
      mysql = SourceConnection.open(options, PATIENCE, Map.of("useCursorFetch", "true"));
    }
    place = place();
    if (lost.contains(source)) {
      return;
    }
    capture = new TableCapture(source, tables.plan(), handling);
    select = new TableSelect(source);
    Object start = chunk.getSplitStart() == null ? null : chunk.getSplitStart()[0];
    Object end = chunk.getSplitEnd() == null ? null : chunk.getSplitEnd()[0];
    Optional<ChunkBounds> bounds = ChunkBounds.of(source);
    String condition = bounds.map(each -> each.condition(start, end)).orElse("");
    if (misfit().isEmpty()) {
      statement = mysql.prepareStatement(select.all() + condition);
      statement.setFetchSize(FETCH_ROWS);
      if (bounds.isPresent()) {
        bounds.get().bind(statement, start, end);
      }
      rows = statement.executeQuery();
    }
  }

  /** The place of the binlog before the chunk is read, with the server. */
  private BinlogOffset place() throws SQLException {
    try (Statement question = mysql.createStatement();
        ResultSet row = question.executeQuery("SELECT @@server_uuid, @@global.gtid_executed")) {
      row.next();
      String now = row.getString(1);
      if (!server.isEmpty() && !server.equals(now)) {
        throw SourceFault.movedInSnapshot();
      }
      server = now;
      String gtids = row.getString(2).replace("\n", "");
      return LogPlace.behind(gtids, "").offset(new SourceServer(server, 0, ""));
    }
  }

  /**
   * The next rows, or the views that are lost.
   *
   * @return empty at the chunk's end
   */
  Optional<List<Captured>> next() throws SQLException {
    List<Captured> some = new ArrayList<>();
    while (rows != null && some.size() < FETCH_ROWS && rows.next()) {
      some.add(capture.change(Version.NONE, null, select.row(rows)));
    }
    if (!some.isEmpty()) {
      return Optional.of(some);
    }
    closeRows();
    if (!lost.contains(source)) {
      Optional<String> misfit = misfit();
      if (misfit.isPresent()) {
        lost.add(source);
        return Optional.of(lostViews(misfit.get()));
      }
    }
    return Optional.empty();
  }

  /** What of the table's definition is not as the plan has it. */
  private Optional<String> misfit() throws SQLException {
    TableDefinition now = TableDefinitions.columns(mysql, source);
    for (Column column : source.columns()) {
      Optional<Definition> found = now.column(column.name());
      if (found.isEmpty()) {
        return Optional.of("column '" + column.name() + "' is gone");
      }
      if (!Definition.of(column).isKeptBy(found.get().ungenerated())) {
        return Optional.of("column '" + column.name() + "' is no longer " + column.mysqlType());
      }
    }
    return Optional.empty();
  }

  private List<Captured> lostViews(String misfit) {
    Map<Integer, SchemaChanges.Fault> faults = new HashMap<>();
    String message =
        SchemaChanges.message(
            source,
            misfit + ": an ALTER TABLE came before the snapshot was complete",
            SchemaChanges.anew());
    SchemaChanges.all(source, new SchemaChanges.Fault(Reason.SCHEMA_CHANGED, message), faults);
    List<Captured> views = new ArrayList<>();
    faults.forEach(
        (view, fault) ->
            views.add(new Captured.LostView(view, Version.NONE, fault.reason(), fault.message())));
    return views;
  }

  /** Where the binlog was before the chunk was read. */
  BinlogOffset end() {
    return place;
  }

  private void closeRows() throws SQLException {
    if (statement != null) {
      statement.close();
      statement = null;
      rows = null;
    }
  }

  @Override
  public void close() throws SQLException {
    if (mysql != null) {
      mysql.close();
      mysql = null;
    }
  }
}
