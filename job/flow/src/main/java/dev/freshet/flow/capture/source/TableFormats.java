package dev.freshet.flow.capture.source;

import dev.freshet.flow.binlog.ColumnReader;
import dev.freshet.flow.binlog.LogCharsets;
import dev.freshet.flow.binlog.LogColumn;
import dev.freshet.flow.binlog.RowReader;
import dev.freshet.flow.binlog.Statement;
import dev.freshet.flow.binlog.TableMap;
import dev.freshet.flow.capture.source.TableDefinition.Definition;
import dev.freshet.view.CharacterSets;
import dev.freshet.view.Column;
import dev.freshet.view.Reason;
import java.nio.charset.Charset;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides which value of a binlog row belongs to which column in use, and which statements end
 * views.
 *
 * <p>With {@code binlog_row_metadata=FULL} the binlog contains the column names, and no other
 * source is needed. With MINIMAL it contains only types. Then the columns are those of {@code
 * information_schema}, provided that no statement between the row and the query changes the table's
 * columns, and that types, signs and character sets match. If that cannot be proven, the views over
 * the table are lost.
 *
 * <p>{@link SchemaChanges} determines the effect of statements. If a statement redefines a column
 * in use, the new definition is read from MySQL; {@link TableDefinition.Definition#isKeptBy}
 * decides whether it keeps the values.
 *
 * <p>Not thread-safe; used by the binlog client's thread. Methods may block until MySQL answers.
 */
final class TableFormats {
  private static final String UTF8 = "utf8mb4_bin";

  private final Tables.Names tables;
  private final TableDefinitions definitions;
  private final Map<Integer, String> collations;
  private final SchemaChanges changes;
  private final FormatState state;
  private int version = Integer.MAX_VALUE;

  /**
   * Creates the formats for a connection.
   *
   * @param collations the names of the server's collations by number
   * @param state the state at the position at which reading starts; it is modified
   */
  TableFormats(
      Tables.Names tables,
      TableDefinitions definitions,
      Map<Integer, String> collations,
      FormatState state) {
    this.tables = tables;
    this.definitions = definitions;
    this.collations = Map.copyOf(collations);
    this.changes = new SchemaChanges(tables);
    this.state = state;
  }

  /** How to read rows of a table, or why they cannot be read. */
  sealed interface Format {
    /** The rows can be read. */
    record Known(RowReader reader) implements Format {}

    /**
     * The rows cannot be read, so the views over the table are lost.
     *
     * @param what the reason as a clause, without the table's name
     */
    record Unknown(String what) implements Format {}
  }

  /** Sets the version of the server that executed the following statements, such as 8.0.33. */
  void version(String text) {
    String[] parts = text.split("[^0-9]", 4);
    version =
        Integer.parseInt(parts[0]) * 10_000
            + Integer.parseInt(parts[1]) * 100
            + Integer.parseInt(parts[2]);
  }

  String collation(int number) {
    return collations.get(number);
  }

  /** Returns the current state as text, for {@link FormatState#parse}. */
  String state() {
    return state.text();
  }

  /**
   * Returns the format of the rows that follow a TABLE_MAP event.
   *
   * @param position the end of that event
   */
  Format format(Tables.Source table, TableMap map, TableDefinitions.Position position)
      throws SQLException {
    if (map.isNamed()) {
      return match(table, map, map.columns().stream().map(LogColumn::name).toList(), null);
    }
    Optional<TableDefinition> known = state.definition(table);
    if (known.isEmpty()) {
      known = prove(table, position);
      if (known.isEmpty()) {
        return new Format.Unknown(
            "its rows have no column names, and statements after this position change its"
                + " columns, so the columns here are unknown; set binlog_row_metadata=FULL, which"
                + " adds the names");
      }
      state.define(table, known.get());
    }
    List<Definition> columns = known.get().columns();
    if (columns.size() != map.columns().size()) {
      return new Format.Unknown(
          "it has "
              + map.columns().size()
              + " columns in the binlog and "
              + columns.size()
              + " in information_schema: an ALTER TABLE was not logged; set"
              + " binlog_row_metadata=FULL, which adds the names");
    }
    for (int i = 0; i < columns.size(); i++) {
      LogColumn logged = map.columns().get(i);
      if (!ColumnFit.fits(columns.get(i), logged, collation(logged.collation()))) {
        return new Format.Unknown(
            "column '"
                + columns.get(i).name()
                + "' is "
                + columns.get(i).type()
                + " in information_schema but has another type in the binlog: an ALTER TABLE was not"
                + " logged; set binlog_row_metadata=FULL, which adds the names");
      }
    }
    return match(table, map, columns.stream().map(Definition::name).toList(), known.get());
  }

  /** Returns the current definition if it is also the one at a position. */
  private Optional<TableDefinition> prove(Tables.Source table, TableDefinitions.Position position)
      throws SQLException {
    TableDefinitions.Answer answer = definitions.read(table);
    boolean changed =
        definitions.any(
            position,
            answer.end(),
            statement ->
                effectsAhead(statement).stream()
                    .anyMatch(effect -> effect.table().equals(table) && effect.reshapes()));
    return changed ? Optional.empty() : answer.definition();
  }

  /**
   * Returns what a statement that was not read yet does to tables. Its {@code sql_mode} is not
   * known, so the result holds for every mode.
   */
  private List<TableEffect> effectsAhead(Statement statement) {
    List<TableEffect> effects =
        new ArrayList<>(changes.effects(parsed(statement, SqlTokens.Dialect.DEFAULT, "")));
    String text = statement.sql().toLowerCase(Locale.ROOT);
    boolean escapes = text.indexOf('\\') >= 0;
    boolean foreign = !isAscii(text);
    if (escapes || foreign) {
      for (Tables.Source table : tables.all()) {
        boolean named = text.contains(table.any().name().toLowerCase(Locale.ROOT));
        // MySQL shows the bytes of a statement without regard to its character set.
        if ((escapes && named)
            || (foreign && !isAscii(table.any().name()))
            || (foreign && named && !table.columns().stream().allMatch(c -> isAscii(c.name())))) {
          TableEffect effect = new TableEffect(table);
          effect.convert();
          effects.add(effect);
        }
      }
    }
    return effects;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c < 0x80);
  }

  private static SchemaChanges.Statement parsed(
      Statement statement, SqlTokens.Dialect dialect, String position) {
    return new SchemaChanges.Statement(
        SqlTokens.of(statement.sql(), dialect), statement.sql(), statement.database(), position);
  }

  private Format match(
      Tables.Source table, TableMap map, List<String> names, TableDefinition definition) {
    List<Column> used = table.columns();
    List<ColumnReader> readers = new ArrayList<>();
    int[] cells = new int[names.size()];
    boolean[] found = new boolean[used.size()];
    for (int i = 0; i < cells.length; i++) {
      LogColumn logged = map.columns().get(i);
      cells[i] = indexOf(used, names.get(i));
      if (cells[i] < 0) {
        readers.add(ColumnReader.skipping(logged));
        continue;
      }
      found[cells[i]] = true;
      Definition now = state.used(table, used.get(cells[i]));
      String collation = collation(logged.collation());
      if (!ColumnFit.fits(now, logged, collation)) {
        return new Format.Unknown(
            "column '"
                + now.name()
                + "' is no longer "
                + now.type()
                + (now.collation().isEmpty() ? "" : " collate " + now.collation())
                + ", although no statement in the binlog changed it");
      }
      Definition defined = definition == null ? now : definition.columns().get(i);
      readers.add(reader(logged, collation == null ? defined.collation() : collation, defined));
    }
    for (int i = 0; i < found.length; i++) {
      if (!found[i]) {
        return new Format.Unknown(
            "column '"
                + used.get(i).name()
                + "' is gone, although no statement in the binlog dropped it");
      }
    }
    return new Format.Known(new RowReader(readers, cells, used.size()));
  }

  private static ColumnReader reader(LogColumn logged, String collation, Definition defined) {
    boolean bytes = logged.collation() == LogColumn.BINARY || collation.equals("binary");
    List<String> labels = defined.labels();
    if (logged.labels() != null) {
      Charset charset = LogCharsets.charset(collation.isEmpty() ? UTF8 : collation);
      List<String> logical =
          logged.labels().stream().map(label -> new String(label, charset)).toList();
      boolean doubted =
          CharacterSets.doubted(collation)
              .map(some -> logical.stream().anyMatch(label -> some.matcher(label).find()))
              .orElse(false);
      // MySQL's own conversion is exact; a label that MySQL does not have yet is unreadable.
      labels = doubted ? labels : logical;
    }
    boolean text = LogColumn.isText(logged.type()) && !bytes;
    return ColumnReader.of(logged, text ? collation : "", labels);
  }

  private static int indexOf(List<Column> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Applies a statement.
   *
   * @param position the position after the statement
   * @param printed the same position for messages
   * @return the views that are lost, by their index in the plan
   */
  Map<Integer, SchemaChanges.Fault> statement(
      Statement statement, TableDefinitions.Position position, String printed) throws SQLException {
    SqlTokens.Dialect dialect =
        new SqlTokens.Dialect(statement.ansiQuotes(), statement.backslashEscapes(), version);
    SchemaChanges.Statement parsed = parsed(statement, dialect, printed);
    Map<Integer, SchemaChanges.Fault> faults = new TreeMap<>();
    for (TableEffect effect : changes.effects(parsed)) {
      effect.loss().ifPresent(loss -> SchemaChanges.all(effect.table(), loss, faults));
      if (effect.reshapes()) {
        reshape(effect, position);
      }
      if (!effect.redefined().isEmpty() || effect.converts()) {
        redefine(effect, position);
      }
      addFaults(effect, parsed, faults);
    }
    return faults;
  }

  /**
   * Reads the new columns at once if rows have no column names, because later they may not be
   * provable.
   */
  private void reshape(TableEffect effect, TableDefinitions.Position position) throws SQLException {
    Tables.Source table = effect.table();
    boolean needed = state.definition(table).isPresent() && effect.loss().isEmpty();
    state.forget(table);
    if (needed) {
      prove(table, position).ifPresent(definition -> state.define(table, definition));
    }
  }

  private static void addFaults(
      TableEffect effect,
      SchemaChanges.Statement statement,
      Map<Integer, SchemaChanges.Fault> faults) {
    for (Column column : effect.table().columns()) {
      String what = effect.touched().get(TableEffect.lower(column.name()));
      if (what == null) {
        continue;
      }
      String text = "the statement " + statement.printed() + " " + what + " column '";
      SchemaChanges.Fault fault =
          new SchemaChanges.Fault(
              Reason.SCHEMA_CHANGED,
              SchemaChanges.message(
                  effect.table(), text + column.name() + "'", SchemaChanges.buildAgainElsewhere()));
      effect.table().nodes().stream()
          .filter(node -> node.plan().table().indexOf(column.name()) >= 0)
          .forEach(node -> faults.putIfAbsent(node.view(), fault));
    }
  }

  /** Marks the columns in use whose values a new definition does not keep. */
  private void redefine(TableEffect effect, TableDefinitions.Position position)
      throws SQLException {
    Tables.Source table = effect.table();
    TableDefinitions.Answer answer = definitions.read(table);
    List<Column> used = table.columns();
    for (Column column : used) {
      Definition before = state.used(table, column);
      boolean own = effect.redefined().contains(TableEffect.lower(column.name()));
      boolean converted = effect.converts() && !before.collation().isEmpty();
      Optional<Definition> after = answer.definition().flatMap(all -> all.column(column.name()));
      boolean derived =
          answer
              .definition()
              .map(all -> all.dependents(effect))
              .orElse(Set.of())
              .contains(TableEffect.lower(column.name()));
      if (!own && !converted && !derived) {
        continue;
      }
      boolean kept =
          !derived
              && after.map(before::isKeptBy).orElse(false)
              && !changesAhead(table, column.name(), position, answer.end());
      if (kept) {
        state.use(table, after.get());
      } else {
        effect.touch(column.name(), converted && !own ? "converted" : "changed");
      }
    }
  }

  private boolean changesAhead(
      Tables.Source table,
      String column,
      TableDefinitions.Position from,
      TableDefinitions.Position to)
      throws SQLException {
    return definitions.any(
        from,
        to,
        statement ->
            effectsAhead(statement).stream()
                .anyMatch(effect -> effect.table().equals(table) && effect.concerns(column)));
  }
}
