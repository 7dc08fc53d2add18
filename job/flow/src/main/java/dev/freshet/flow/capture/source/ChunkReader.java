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
 * Reads the rows of chunks, one chunk after the other, all from the same server. Selects the
 * columns in use by name.
 *
 * <p>Before and after each chunk the table's definition is compared with the plan's. If a column in
 * use was dropped or changed, the views over the table are reported as lost, and no more rows of
 * the table are returned.
 *
 * <p>Not thread-safe.
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
  private BinlogOffset position;
  private PreparedStatement statement;
  private ResultSet rows;

  ChunkReader(SourceOptions options, Tables tables, Handling handling) {
    this.options = options;
    this.tables = tables;
    this.handling = handling;
    tables.sources().forEach(each -> sources.put(each.name(), each));
  }

  /** Starts a chunk. The previous chunk must have been read to its end. */
  void begin(MySqlSnapshotSplit chunk) throws SQLException {
    source = sources.get(chunk.getTableId().toString());
    if (source == null) {
      throw new IllegalStateException(
          "a chunk of table " + chunk.getTableId() + ", which no view uses");
    }
    if (mysql == null) {
      mysql = SourceConnection.open(options, PATIENCE, Map.of("useCursorFetch", "true"));
    }
    position = position();
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

  /**
   * Returns the binlog position from which changes must be applied to the chunk: the executed GTIDs
   * of the server, read before the chunk.
   *
   * @throws SourceFault if it is another server than for the previous chunk
   */
  private BinlogOffset position() throws SQLException {
    try (Statement question = mysql.createStatement();
        ResultSet row = question.executeQuery("SELECT @@server_uuid, @@global.gtid_executed")) {
      row.next();
      String now = row.getString(1);
      if (!server.isEmpty() && !server.equals(now)) {
        throw SourceFault.movedInSnapshot();
      }
      server = now;
      String gtids = row.getString(2).replace("\n", "");
      return LogPosition.behind(gtids, "").offset(new SourceServer(server, 0, ""));
    }
  }

  /** Returns the next rows, or the views that are lost; empty at the end of the chunk. */
  Optional<List<Captured>> next() throws SQLException {
    List<Captured> some = new ArrayList<>();
    while (rows != null && some.size() < FETCH_ROWS && rows.next()) {
      some.add(capture.change(Version.NONE, null, select.row(rows), true));
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

  /** Returns how the table's definition differs from the plan; empty if it does not. */
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
            misfit + ": an ALTER TABLE was executed before the snapshot was complete",
            SchemaChanges.buildAgainElsewhere());
    SchemaChanges.all(source, new SchemaChanges.Fault(Reason.SCHEMA_CHANGED, message), faults);
    List<Captured> views = new ArrayList<>();
    faults.forEach(
        (view, fault) ->
            views.add(new Captured.LostView(view, Version.NONE, fault.reason(), fault.message())));
    return views;
  }

  /** Returns the binlog position before the chunk was read. */
  BinlogOffset end() {
    return position;
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
