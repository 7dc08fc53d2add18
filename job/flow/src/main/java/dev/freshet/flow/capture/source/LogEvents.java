package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.flow.binlog.Bytes;
import dev.freshet.flow.binlog.EventHead;
import dev.freshet.flow.binlog.RowReader;
import dev.freshet.flow.binlog.RowsEvent;
import dev.freshet.flow.binlog.Statement;
import dev.freshet.flow.binlog.TableMap;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import dev.freshet.view.gtid.Gtid;
import dev.freshet.view.gtid.GtidEvent;
import dev.freshet.view.gtid.GtidSet;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the events of a binlog, one after the other, and says what they mean: changes of rows of
 * the source tables, a boundary behind each transaction and behind every other group of events, and
 * the views that cannot follow.
 *
 * <ul>
 *   <li>A change has the version of its transaction's BEGIN. A boundary lies where a group ends.
 *   <li>Rows of tables that are not captured are passed over: nothing in them can do harm.
 *   <li>Rows of captured tables that cannot be told as changes are the end of the views over the
 *       table: those of XA transactions, of transactions that were rolled back in the binlog, and
 *       those whose columns {@link TableFormats} does not know.
 *   <li>What cannot be read is a {@link SourceFault}: bytes of other forms, parts of rows,
 *       compressed transactions, events that a newer server added. Nothing may be read behind it.
 * </ul>
 *
 * <p>After a restart inside a transaction the transaction is read again from its begin, without the
 * rows that were handed out before.
 *
 * <p>Used by the binlog client's thread.
 */
final class LogEvents {
  private static final Entry NOT_CAPTURED = new Entry(null, null);
  private static final int SERVER_VERSION_BYTES = 50;

  private final Tables.Names tables;
  private final TableFormats formats;
  private final List<Tables.Source> sources;
  private final TableCapture[] captures;
  private final Sink sink;
  private final int epoch;
  private final Map<Long, Entry> entries = new HashMap<>();

  /** Since the last statement: behind one the same columns may mean others. */
  private final Told[] lastTold;

  private final Set<Integer> lostViews = new HashSet<>();

  /** Tables, by their index, whose rows are passed over. */
  private final BitSet skipped = new BitSet();

  /** Captured tables, by their index, that the open transaction wrote. */
  private final BitSet written = new BitSet();

  /** The file that is read, and where the last group of events in it ended. */
  private String file = "";

  private long end;

  /** When the file was begun, in seconds; 0 until its first event says it. */
  private long created;

  /** The last boundary. */
  private long told;

  private String toldFile;
  private long toldEnd;
  private long toldCreated;

  private GtidSet executed;
  private String gtids;
  private Gtid gtid;
  private boolean inTransaction;
  private boolean inXa;
  private long begin;
  private long version;
  private int events;

  /** Of the transaction in which reading goes on: its GTID, and what was read of it. */
  private String resumed;

  private final int eventsRead;
  private final int rowsRead;

  /** Takes what was read. */
  interface Sink {
    /** May wait for room. */
    void accept(LogItem item) throws InterruptedException;
  }

  /** A table that rows name by a number. */
  private record Entry(Tables.Source table, RowReader reader) {
    boolean isOf(Tables.Source other) {
      return table != null && table.index() == other.index();
    }
  }

  /** The columns that a TABLE_MAP told, as bytes, and what reads their rows. */
  private record Told(byte[] columns, RowReader reader) {}

  /**
   * A reader of events.
   *
   * @param from where reading goes on
   * @param epoch of the server
   */
  LogEvents(
      Tables all,
      Tables.Names tables,
      TableFormats formats,
      Handling handling,
      LogPlace from,
      int epoch,
      Sink sink) {
    this.tables = tables;
    this.formats = formats;
    this.captures =
        all.sources().stream()
            .map(source -> new TableCapture(source, all.plan(), handling))
            .toArray(TableCapture[]::new);
    this.sources = all.sources();
    this.lastTold = new Told[sources.size()];
    this.sink = sink;
    this.epoch = epoch;
    this.toldFile = from.file();
    this.toldEnd = from.position();
    this.toldCreated = from.created();
    // Inside a transaction no place was told that its own begin could be.
    this.told = from.open().isEmpty() ? from.version(epoch) : Version.NONE;
    this.executed = GtidSet.parse(from.gtids());
    this.gtids = executed.toString();
    this.resumed = from.open();
    this.eventsRead = from.events();
    this.rowsRead = from.rows();
  }

  /** Where an event begins, for messages. */
  private String printed(EventHead head) {
    return Version.print(Version.of(epoch, file, Math.max(head.begin(), 0)));
  }

  /**
   * Reads an event.
   *
   * @param body behind its header, without its checksum
   * @throws SourceFault when it cannot be read
   * @throws SQLException when MySQL was to be asked about it and did not answer
   */
  void read(EventHead head, Bytes body) throws SQLException, InterruptedException {
    try {
      switch (head.type()) {
        case EventHead.ROTATE -> rotate(head, body);
        case EventHead.FORMAT_DESCRIPTION -> {
          entries.clear();
          created = head.timestamp();
          body.skip(2);
          formats.version(body.text(SERVER_VERSION_BYTES, StandardCharsets.US_ASCII).trim());
        }
        case EventHead.GTID -> begin(GtidEvent.untagged(body.bytes(body.left())));
        case EventHead.TAGGED_GTID -> begin(GtidEvent.tagged(body.bytes(body.left())));
        case EventHead.QUERY -> statement(head, Statement.read(body, formats::collation));
        case EventHead.EXECUTE_LOAD_QUERY ->
            other(head, Statement.readLoad(body, formats::collation));
        case EventHead.XID -> commit(head.end());
        case EventHead.XA_PREPARE -> {
          inXa = false;
          commit(head.end());
        }
        case EventHead.TABLE_MAP -> table(head, body);
        case EventHead.WRITE_ROWS_V1,
            EventHead.UPDATE_ROWS_V1,
            EventHead.DELETE_ROWS_V1,
            EventHead.WRITE_ROWS,
            EventHead.UPDATE_ROWS,
            EventHead.DELETE_ROWS ->
            rows(head, body);
        case EventHead.PARTIAL_UPDATE_ROWS -> partial(head, body);
        case EventHead.TRANSACTION_PAYLOAD ->
            throw fault(
                "Source",
                head,
                "is a compressed transaction; have all sessions write with"
                    + " binlog_transaction_compression=OFF, then submit the job anew",
                null);
        case EventHead.INCIDENT ->
            throw fault(
                "Source",
                head,
                "says that the binlog lacks transactions; look into MySQL's error log, then submit"
                    + " the job anew",
                null);
        case EventHead.HEARTBEAT -> heartbeat(head, body);
        case EventHead.STOP,
            EventHead.INTVAR,
            EventHead.RAND,
            EventHead.USER_VAR,
            EventHead.IGNORABLE,
            EventHead.ROWS_QUERY,
            EventHead.ANONYMOUS_GTID,
            EventHead.PREVIOUS_GTIDS,
            EventHead.TRANSACTION_CONTEXT,
            EventHead.VIEW_CHANGE,
            EventHead.BEGIN_LOAD_QUERY,
            EventHead.APPEND_BLOCK,
            EventHead.DELETE_FILE -> {
          // They change no row of a captured table by themselves.
        }
        default -> {
          if (!head.mayBeIgnored()) {
            throw fault(
                "Source",
                head,
                "is of type "
                    + head.type()
                    + ", which is not known; report it, or take a MySQL from 8.0 to 9.7",
                null);
          }
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw fault(
          "Source",
          head,
          "of type "
              + head.type()
              + " cannot be read ("
              + e.getMessage()
              + "); look at it with mysqlbinlog, and report it",
          e);
    }
  }

  private SourceFault fault(String subject, EventHead head, String what, Exception cause) {
    return new SourceFault(subject + ": the event at " + printed(head) + " " + what, cause);
  }

  private static String describe(Tables.Source table) {
    return "Source table " + table.name();
  }

  /** At the head of a connection it says where the server begins to read; else a file ends. */
  private void rotate(EventHead head, Bytes body) throws InterruptedException {
    long position = body.i8();
    String next = body.text(body.left(), StandardCharsets.UTF_8);
    entries.clear();
    file = next;
    end = position;
    created = 0;
    if (head.timestamp() != 0 && !inTransaction && !inXa) {
      boundary();
    }
  }

  /**
   * MySQL has nothing else to send up to a place; where it passes over transactions, inside them.
   */
  private void heartbeat(EventHead head, Bytes body) throws InterruptedException {
    if (!inTransaction && !inXa && gtid == null) {
      file = body.text(body.left(), StandardCharsets.UTF_8);
      end = head.end();
      boundary();
    }
  }

  private void begin(Gtid next) {
    gtid = next;
    if (!next.toString().equalsIgnoreCase(resumed)) {
      resumed = "";
    }
  }

  private void beginTransaction(EventHead head) {
    inTransaction = true;
    begin = head.begin();
    version = Version.of(epoch, file, begin);
    events = 0;
    written.clear();
  }

  /** A transaction, or another group of events, ends. */
  private void commit(long at) throws InterruptedException {
    inTransaction = false;
    end = at;
    resumed = "";
    if (gtid != null) {
      executed = executed.with(gtid);
      gtids = executed.toString();
      gtid = null;
    }
    boundary();
  }

  /** A server that looks for the place may pass earlier ones; they are told as that place. */
  private void boundary() throws InterruptedException {
    long at = Version.of(epoch, file, end);
    if (at >= told) {
      told = at;
      toldFile = file;
      toldEnd = end;
      toldCreated = created;
    }
    sink.accept(
        new LogItem(
            new Captured.Boundary(told, gtids),
            Optional.of(LogPlace.between(toldFile, toldEnd, gtids, formats.state(), toldCreated))));
  }

  private void statement(EventHead head, Statement statement)
      throws SQLException, InterruptedException {
    String sql = statement.sql().strip();
    String first = sql.substring(0, Math.min(sql.length(), 12)).toUpperCase(Locale.ROOT);
    if (first.equals("BEGIN")) {
      beginTransaction(head);
    } else if (first.equals("COMMIT")) {
      commit(head.end());
    } else if (first.startsWith("XA ")) {
      if (first.startsWith("XA START") || first.startsWith("XA BEGIN")) {
        inXa = true;
        version = Version.of(epoch, file, head.begin());
      } else if (!first.startsWith("XA END")) {
        inXa = false;
        commit(head.end());
      }
    } else if (first.startsWith("ROLLBACK")) {
      rollback(head, first.startsWith("ROLLBACK TO"));
    } else if (!first.startsWith("SAVEPOINT") && !first.startsWith("RELEASE SAVE")) {
      other(head, statement);
    }
  }

  private void rollback(EventHead head, boolean toSavepoint) throws InterruptedException {
    for (int i = written.nextSetBit(0); i >= 0; i = written.nextSetBit(i + 1)) {
      lose(
          sources.get(i),
          Reason.UNTOLD_WRITE,
          "the transaction at "
              + printed(head)
              + " holds rows that it rolled back, since it wrote a table without transactions too;"
              + " write such tables by themselves, then "
              + SchemaChanges.again());
    }
    if (!toSavepoint) {
      commit(head.end());
    }
  }

  private void other(EventHead head, Statement statement)
      throws SQLException, InterruptedException {
    TableDefinitions.Place place = new TableDefinitions.Place(file, head.end());
    long behind = Version.of(epoch, file, head.end());
    Arrays.fill(lastTold, null);
    Map<Integer, SchemaChanges.Fault> faults =
        formats.statement(statement, place, Version.print(behind));
    boolean beginsGroup = beginsTransaction(statement.sql());
    boolean ends = !inTransaction && !inXa && !beginsGroup;
    if (beginsGroup) {
      // CREATE TABLE … SELECT: rows of the new table follow.
      beginTransaction(head);
    }
    for (Map.Entry<Integer, SchemaChanges.Fault> each : faults.entrySet()) {
      lose(each.getKey(), each.getValue(), ends ? behind : version);
    }
    if (ends) {
      commit(head.end());
    }
  }

  /** MySQL writes it so for a CREATE TABLE … SELECT, whose rows follow. */
  private static boolean beginsTransaction(String sql) {
    String upper = sql.strip().toUpperCase(Locale.ROOT);
    return upper.startsWith("CREATE TABLE") && upper.endsWith("START TRANSACTION");
  }

  private void table(EventHead head, Bytes body) throws SQLException, InterruptedException {
    TableMap.Head named = TableMap.head(body);
    Optional<Tables.Source> source =
        tables.find(named.database(), named.table()).filter(table -> !skipped.get(table.index()));
    entries.put(named.id(), NOT_CAPTURED);
    if (source.isEmpty()) {
      return;
    }
    Tables.Source table = source.get();
    if (inXa) {
      lose(
          table,
          Reason.UNTOLD_WRITE,
          "the XA transaction at "
              + printed(head)
              + " writes it, and nobody knows when it commits; write it without XA, then "
              + SchemaChanges.again());
      return;
    }
    byte[] columns = body.bytes(body.left());
    Told last = told(table, columns);
    if (last != null) {
      entries.put(named.id(), new Entry(table, last.reader()));
      return;
    }
    TableFormats.Format format =
        formats.format(
            table,
            TableMap.read(named, new Bytes(columns)),
            new TableDefinitions.Place(file, head.end()));
    if (format instanceof TableFormats.Format.Known known) {
      entries.put(named.id(), new Entry(table, known.reader()));
      lastTold[table.index()] = new Told(columns, known.reader());
    } else if (format instanceof TableFormats.Format.Unknown unknown) {
      lose(
          table,
          Reason.SCHEMA_CHANGED,
          "at " + printed(head) + " " + unknown.what() + "; then " + SchemaChanges.again());
    }
  }

  /** What was told of a table last, if it was the same; statements write it again and again. */
  private Told told(Tables.Source table, byte[] columns) {
    Told last = lastTold[table.index()];
    return last != null && Arrays.equals(last.columns(), columns) ? last : null;
  }

  private void lose(Tables.Source table, Reason reason, String what) throws InterruptedException {
    Map<Integer, SchemaChanges.Fault> faults = new HashMap<>();
    SchemaChanges.all(
        table, new SchemaChanges.Fault(reason, describe(table) + ": " + what), faults);
    for (Map.Entry<Integer, SchemaChanges.Fault> each : faults.entrySet()) {
      lose(each.getKey(), each.getValue(), version);
    }
    skipped.set(table.index());
  }

  /** From now on rows that only lost views use are passed over. */
  private void lose(int view, SchemaChanges.Fault fault, long at) throws InterruptedException {
    lostViews.add(view);
    for (Tables.Source table : sources) {
      if (table.nodes().stream().allMatch(node -> lostViews.contains(node.view()))) {
        skipped.set(table.index());
        entries.replaceAll((id, entry) -> entry.isOf(table) ? NOT_CAPTURED : entry);
      }
    }
    sink.accept(
        new LogItem(
            new Captured.LostView(view, at, fault.reason(), fault.message()), Optional.empty()));
  }

  private void partial(EventHead head, Bytes body) {
    Entry entry = entries.get(body.unsigned(6));
    if (entry != null && entry.table() != null) {
      throw fault(
          describe(entry.table()),
          head,
          "holds parts of JSON values; have all sessions write with binlog_row_value_options empty,"
              + " then submit the job anew",
          null);
    }
  }

  private void rows(EventHead head, Bytes body) throws InterruptedException {
    RowsEvent event = RowsEvent.read(head, body);
    int number = events++;
    Entry entry = entries.get(event.table());
    if (entry == null) {
      throw fault(
          "Source", head, "is of a table that was not told before; submit the job anew", null);
    }
    if (entry.table() == null) {
      return;
    }
    Tables.Source table = entry.table();
    if (!inTransaction) {
      throw fault(
          describe(table),
          head,
          "is in no transaction that commits as one; write to captured tables without XA, then"
              + " submit the job anew",
          null);
    }
    if (!event.whole()) {
      throw fault(
          describe(table),
          head,
          "leaves columns out; have all sessions write with binlog_row_image=FULL, then submit the"
              + " job anew",
          null);
    }
    if (event.columns() != entry.reader().columns()) {
      throw fault(
          describe(table),
          head,
          "has rows of "
              + event.columns()
              + " columns where its table was told with "
              + entry.reader().columns()
              + "; look at it with mysqlbinlog, and report it",
          null);
    }
    written.set(table.index());
    List<Object[]> rows = new ArrayList<>();
    try {
      while (body.left() > 0) {
        rows.add(entry.reader().read(body));
      }
    } catch (RuntimeException e) {
      throw fault(
          describe(table),
          head,
          "holds a row that cannot be read ("
              + e.getMessage()
              + "); look at it with mysqlbinlog, take the views of the table out of the job, then"
              + " submit it anew",
          e);
    }
    int step = event.kind() == RowsEvent.Kind.UPDATE ? 2 : 1;
    for (int i = 0; i + step <= rows.size(); i += step) {
      boolean read = !resumed.isEmpty() && isRead(number, i / step);
      if (!read) {
        Object[] before = event.kind() == RowsEvent.Kind.WRITE ? null : rows.get(i);
        Object[] after = event.kind() == RowsEvent.Kind.DELETE ? null : rows.get(i + step - 1);
        sink.accept(
            new LogItem(
                captures[table.index()].change(version, before, after),
                Optional.of(
                    new LogPlace(
                        file,
                        begin,
                        gtids,
                        gtid == null ? "" : gtid.toString(),
                        number + 1,
                        i / step + 1,
                        formats.state(),
                        created))));
      }
    }
  }

  /** Whether a row of the transaction in which reading goes on was handed out before. */
  private boolean isRead(int event, int row) {
    return event + 1 < eventsRead || (event + 1 == eventsRead && row < rowsRead);
  }
}
