package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.event.EventData;
import com.github.shyiko.mysql.binlog.event.EventType;
import com.github.shyiko.mysql.binlog.event.TableMapEventData;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDataDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.EventDeserializer;
import com.github.shyiko.mysql.binlog.event.deserialization.TableMapEventDataDeserializer;
import com.github.shyiko.mysql.binlog.io.ByteArrayInputStream;
import dev.freshet.view.Reason;
import io.debezium.connector.mysql.RowDeserializers;
import io.debezium.relational.TableId;
import java.io.IOException;
import java.io.Serializable;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Reads row events in the place of Debezium's deserializers, which it builds on.
 *
 * <ul>
 *   <li>Dates that are in no calendar have {@linkplain BinlogDates an identity}.
 *   <li>Rows of tables that are not captured are skipped: nothing in them can do harm.
 *   <li>So are rows that cannot be told as changes of their table: those of XA transactions, and
 *       those with other columns than the table is known to have. {@link #takeFaults} says which
 *       views that is the end of.
 *   <li>What cannot be read, and rows that are not whole, is a {@link SourceFault}. The client goes
 *       on after it, so whoever passes events on must {@linkplain #refuseAfterFault ask} first.
 * </ul>
 *
 * <p>Used by the binlog client's thread.
 */
final class BinlogRows {
  static final int UNKNOWN = -1;
  private static final Serializable[] SKIPPED = {};

  /** No table can be named so: MySQL takes no name that ends in a space. */
  private static final String NO_TABLE = "none ";

  private final Map<String, Tables.Source> captured;
  private final Supplier<String> place;
  private final BinlogStatements statements;
  private final Map<Long, TableMapEventData> tables = new HashMap<>();
  private ToIntFunction<TableId> columnsOf = table -> UNKNOWN;
  private final Set<String> skipped = new HashSet<>();
  private Map<Integer, SchemaChanges.Fault> faults = new TreeMap<>();
  private SourceFault fault;

  /**
   * A reader of rows.
   *
   * @param place says where the event that is read stands
   */
  BinlogRows(Tables tables, Supplier<String> place, BinlogStatements statements) {
    this.captured =
        tables.sources().stream()
            .collect(Collectors.toMap(source -> name(source.id()), source -> source));
    this.place = place;
    this.statements = statements;
  }

  /**
   * Rows must have as many columns as their table; views of those that have others are lost.
   *
   * @param columns says how many a captured table has now; {@link #UNKNOWN} when nobody knows
   */
  void checkColumns(ToIntFunction<TableId> columns) {
    this.columnsOf = columns;
  }

  /** Puts itself in the place of what read rows. */
  void install(EventDeserializer events) {
    events.setEventDataDeserializer(EventType.TABLE_MAP, new TableMaps());
    events.setEventDataDeserializer(EventType.WRITE_ROWS, new Writes());
    events.setEventDataDeserializer(EventType.UPDATE_ROWS, new Updates());
    events.setEventDataDeserializer(EventType.DELETE_ROWS, new Deletes());
    events.setEventDataDeserializer(
        EventType.EXT_WRITE_ROWS, new Writes().setMayContainExtraInformation(true));
    events.setEventDataDeserializer(
        EventType.EXT_UPDATE_ROWS, new Updates().setMayContainExtraInformation(true));
    events.setEventDataDeserializer(
        EventType.EXT_DELETE_ROWS, new Deletes().setMayContainExtraInformation(true));
    events.setEventDataDeserializer(EventType.PARTIAL_UPDATE_ROWS_EVENT, new PartialUpdates());
    events.setEventDataDeserializer(EventType.TRANSACTION_PAYLOAD, new Payloads());
  }

  /** Numbers of tables begin anew with the next file. */
  void forgetTables() {
    tables.clear();
  }

  /** No view follows this table any longer: from now on its rows are as if it were not captured. */
  void skip(Tables.Source table) {
    skipped.add(name(table.id()));
  }

  /** The views that cannot follow the rows read last, by their place in the plan; once. */
  Map<Integer, SchemaChanges.Fault> takeFaults() {
    if (faults.isEmpty()) {
      return faults;
    }
    Map<Integer, SchemaChanges.Fault> taken = faults;
    faults = new TreeMap<>();
    return taken;
  }

  /**
   * Nothing may be passed on after an event that could not be read.
   *
   * @throws SourceFault when there was one
   */
  void refuseAfterFault() {
    if (fault != null) {
      throw fault;
    }
  }

  private SourceFault fault(String subject, String what, Throwable cause) {
    fault = new SourceFault(subject + ": the event at " + place.get() + " " + what, cause);
    return fault;
  }

  private boolean isCaptured(TableMapEventData table) {
    return captured.containsKey(name(id(table)));
  }

  private static TableId id(TableMapEventData table) {
    return new TableId(table.getDatabase(), null, table.getTable());
  }

  /** MySQL may spell a name otherwise here than there. */
  private static String name(TableId table) {
    return table.toString().toLowerCase(Locale.ROOT);
  }

  private static String describe(TableMapEventData table) {
    return "Source table " + table.getDatabase() + "." + table.getTable();
  }

  /** Deserializes the rest of a row. */
  private interface Row {
    Serializable[] read() throws IOException;
  }

  private Serializable[] row(long number, BitSet columns, ByteArrayInputStream in, Row row)
      throws IOException {
    TableMapEventData table = tables.get(number);
    if (table == null) {
      throw fault("Source", "is of a table that was not told before; submit the job anew", null);
    }
    if (!isCaptured(table)) {
      // The library's own ways to skip would leave the event, and its rows are read until it ends.
      in.skipNBytes(in.available());
      return SKIPPED;
    }
    if (columns.cardinality() < table.getColumnTypes().length) {
      throw fault(
          describe(table),
          "leaves columns out; have all sessions write with binlog_row_image=FULL, then submit the"
              + " job anew",
          null);
    }
    try {
      return row.read();
    } catch (IOException e) {
      // A kind of its own tells that the connection broke.
      if (e.getClass() == IOException.class) {
        throw unreadable(table, e);
      }
      throw e;
    } catch (RuntimeException e) {
      throw unreadable(table, e);
    }
  }

  private SourceFault unreadable(TableMapEventData table, Exception cause) {
    return fault(
        describe(table),
        "holds a row that cannot be read ("
            + cause.getMessage()
            + "); look at it with mysqlbinlog, take the column out of the table or the views of the"
            + " table out of the job, then submit it anew",
        cause);
  }

  private final class TableMaps extends TableMapEventDataDeserializer {
    @Override
    public TableMapEventData deserialize(ByteArrayInputStream in) throws IOException {
      TableMapEventData table = super.deserialize(in);
      if (isCaptured(table) && !isRead(table)) {
        // Debezium passes over tables that it is not to capture, and so do the readers of rows.
        table.setTable(NO_TABLE);
      }
      tables.put(table.getTableId(), table);
      return table;
    }

    /** Whether the rows that follow can be read as rows of this table. */
    private boolean isRead(TableMapEventData table) {
      Tables.Source source = captured.get(name(id(table)));
      int known = columnsOf.applyAsInt(id(table));
      if (skipped.contains(name(source.id()))) {
        return false;
      }
      if (statements.inXa()) {
        lose(
            source,
            Reason.UNTOLD_WRITE,
            "the XA transaction at "
                + place.get()
                + " writes it, and nobody knows when it commits; write it without XA, then ");
        return false;
      }
      boolean another = known == UNKNOWN && !id(table).equals(source.id());
      if (another || known == table.getColumnTypes().length) {
        return true;
      }
      lose(
          source,
          Reason.SCHEMA_CHANGED,
          "the event at "
              + place.get()
              + " is of a row with "
              + table.getColumnTypes().length
              + " columns, the table is known with "
              + (known == UNKNOWN ? "none" : known)
              + ": an ALTER TABLE came while the snapshot was read, was kept out of the binlog, or"
              + " cannot be read; ");
      return false;
    }

    private void lose(Tables.Source source, Reason reason, String what) {
      String message = "Source table " + source.name() + ": " + what + SchemaChanges.again();
      SchemaChanges.all(source, reason, message, faults);
      skip(source);
    }
  }

  /** A session may ask for them, whatever the server's own setting is. */
  private final class PartialUpdates implements EventDataDeserializer<EventData> {
    @Override
    public EventData deserialize(ByteArrayInputStream in) throws IOException {
      TableMapEventData table = tables.get(in.readLong(6));
      if (table != null && isCaptured(table)) {
        throw fault(
            describe(table),
            "holds parts of JSON values; have all sessions write with binlog_row_value_options"
                + " empty, then submit the job anew",
            null);
      }
      return null;
    }
  }

  /** A session may ask for them, whatever the server's own setting is. */
  private final class Payloads implements EventDataDeserializer<EventData> {
    @Override
    public EventData deserialize(ByteArrayInputStream in) {
      throw fault(
          "Source",
          "is a compressed transaction; have all sessions write with"
              + " binlog_transaction_compression=OFF, then submit the job anew",
          null);
    }
  }

  // The library has no common class to override, so each kind of event says the same.

  private final class Writes extends RowDeserializers.WriteRowsDeserializer {
    Writes() {
      super(tables);
    }

    @Override
    protected Serializable[] deserializeRow(long table, BitSet columns, ByteArrayInputStream in)
        throws IOException {
      return row(table, columns, in, () -> super.deserializeRow(table, columns, in));
    }

    @Override
    protected Serializable deserializeDate(ByteArrayInputStream in) throws IOException {
      return BinlogDates.date(in);
    }

    @Override
    protected Serializable deserializeDatetime(ByteArrayInputStream in) throws IOException {
      return BinlogDates.dateTime(in);
    }

    @Override
    protected Serializable deserializeDatetimeV2(int digits, ByteArrayInputStream in)
        throws IOException {
      return BinlogDates.dateTime(digits, in);
    }

    @Override
    protected Serializable deserializeTimestamp(ByteArrayInputStream in) throws IOException {
      return BinlogDates.timestamp(in);
    }

    @Override
    protected Serializable deserializeTimestampV2(int digits, ByteArrayInputStream in)
        throws IOException {
      return BinlogDates.timestamp(digits, in);
    }
  }

  private final class Updates extends RowDeserializers.UpdateRowsDeserializer {
    Updates() {
      super(tables);
    }

    @Override
    protected Serializable[] deserializeRow(long table, BitSet columns, ByteArrayInputStream in)
        throws IOException {
      return row(table, columns, in, () -> super.deserializeRow(table, columns, in));
    }

    @Override
    protected Serializable deserializeDate(ByteArrayInputStream in) throws IOException {
      return BinlogDates.date(in);
    }

    @Override
    protected Serializable deserializeDatetime(ByteArrayInputStream in) throws IOException {
      return BinlogDates.dateTime(in);
    }

    @Override
    protected Serializable deserializeDatetimeV2(int digits, ByteArrayInputStream in)
        throws IOException {
      return BinlogDates.dateTime(digits, in);
    }

    @Override
    protected Serializable deserializeTimestamp(ByteArrayInputStream in) throws IOException {
      return BinlogDates.timestamp(in);
    }

    @Override
    protected Serializable deserializeTimestampV2(int digits, ByteArrayInputStream in)
        throws IOException {
      return BinlogDates.timestamp(digits, in);
    }
  }

  private final class Deletes extends RowDeserializers.DeleteRowsDeserializer {
    Deletes() {
      super(tables);
    }

    @Override
    protected Serializable[] deserializeRow(long table, BitSet columns, ByteArrayInputStream in)
        throws IOException {
      return row(table, columns, in, () -> super.deserializeRow(table, columns, in));
    }

    @Override
    protected Serializable deserializeDate(ByteArrayInputStream in) throws IOException {
      return BinlogDates.date(in);
    }

    @Override
    protected Serializable deserializeDatetime(ByteArrayInputStream in) throws IOException {
      return BinlogDates.dateTime(in);
    }

    @Override
    protected Serializable deserializeDatetimeV2(int digits, ByteArrayInputStream in)
        throws IOException {
      return BinlogDates.dateTime(digits, in);
    }

    @Override
    protected Serializable deserializeTimestamp(ByteArrayInputStream in) throws IOException {
      return BinlogDates.timestamp(in);
    }

    @Override
    protected Serializable deserializeTimestampV2(int digits, ByteArrayInputStream in)
        throws IOException {
      return BinlogDates.timestamp(digits, in);
    }
  }
}
