package dev.freshet.flow.capture.source;

import dev.freshet.flow.Handling;
import dev.freshet.flow.JobPlan;
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
 * Translates the events of a binlog, in order, into changes of the source tables' rows, a boundary
 * after each transaction and each other group of events, and lost views.
 *
 * <ul>
 *   <li>A change has the version of its transaction's BEGIN. A boundary has the position at which a
 *       group ends.
 *   <li>Rows of tables that are not captured are skipped without being parsed.
 *   <li>The views over a captured table are lost if its rows cannot be translated: rows of XA
 *       transactions, rows that were rolled back in the binlog, and rows whose columns {@link
 *       TableFormats} does not know.
 *   <li>Events that cannot be read throw {@link SourceFault}: malformed events, partial rows,
 *       compressed transactions, event types of newer servers. No event may be passed after that.
 * </ul>
 *
 * <p>After a restart within a transaction the transaction is read again from its beginning, without
 * the rows that were already returned.
 *
 * <p>Not thread-safe; used by the binlog client's thread.
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

  /**
   * The last TABLE_MAP of each table, by index. Cleared by each statement, which may change what
   * the columns mean.
   */
  private final CachedReader[] lastReaders;

  private final Set<Integer> lostViews = new HashSet<>();

  /** The indexes of the tables whose rows are skipped. */
  private final BitSet skipped = new BitSet();

  /** The indexes of the captured tables that the open transaction wrote. */
  private final BitSet written = new BitSet();

  /** The current file, and the end of the last group of events in it. */
  private String file = "";

  private long end;

  /**
   * When the current file was created, in seconds since the epoch; 0 until its first event is read.
   */
  private long created;

  /** The last boundary. */
  private long lastBoundary;

  private String boundaryFile;
  private long boundaryEnd;
  private long boundaryCreated;

  private GtidSet executed;
  private String gtids;
  private Gtid gtid;
  private boolean inTransaction;
  private boolean inXa;
  private long begin;
  private long version;
  private int events;

  /** The GTID of the transaction in which reading resumes, and how much of it was read before. */
  private String resumed;

  private final int eventsRead;
  private final int rowsRead;

  /** Receives the items. */
  interface Sink {
    /** Takes an item; blocks while the buffer is full. */
    void accept(LogItem item) throws InterruptedException;
  }

  /** A table that row events refer to by a number. */
  private record Entry(Tables.Source table, RowReader reader) {
    boolean isOf(Tables.Source other) {
      return table != null && table.index() == other.index();
    }
  }

  /** The columns of a TABLE_MAP, as bytes, and the reader for its rows. */
  private record CachedReader(byte[] columns, RowReader reader) {}

  /**
   * Creates a reader of events.
   *
   * @param all all captured tables
   * @param tables finds these tables by name
   * @param handling what to do with rows and statements that cannot be used
   * @param from the position at which reading resumes
   * @param epoch the number of server changes before this server, part of each version
   */
  LogEvents(
      Tables all,
      Tables.Names tables,
      TableFormats formats,
      Handling handling,
      LogPosition from,
      int epoch,
      Sink sink) {
    this.tables = tables;
    this.formats = formats;
    this.captures =
        all.sources().stream()
            .map(source -> new TableCapture(source, all.plan(), handling))
            .toArray(TableCapture[]::new);
    this.sources = all.sources();
    this.lastReaders = new CachedReader[sources.size()];
    this.sink = sink;
    this.epoch = epoch;
    this.boundaryFile = from.file();
    this.boundaryEnd = from.position();
    this.boundaryCreated = from.created();
    // Within a transaction the last boundary is unknown; it may be the transaction's own beginning.
    this.lastBoundary = from.open().isEmpty() ? from.version(epoch) : Version.NONE;
    this.executed = GtidSet.parse(from.gtids());
    this.gtids = executed.toString();
    this.resumed = from.open();
    this.eventsRead = from.events();
    this.rowsRead = from.rows();
  }

  /** Returns an event's position as text, for messages. */
  private String printed(EventHead head) {
    return Version.print(Version.of(epoch, file, Math.max(head.begin(), 0)));
  }

  /**
   * Reads an event.
   *
   * @param body the bytes after the header, without the checksum
   * @throws SourceFault if the event cannot be read
   * @throws SQLException if a query to MySQL about the event failed
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
                    + " binlog_transaction_compression=OFF, then submit the job again",
                null);
        case EventHead.INCIDENT ->
            throw fault(
                "Source",
                head,
                "reports that the binlog lacks transactions; look at MySQL's error log, then submit"
                    + " the job again",
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
          // These events do not change rows of captured tables.
        }
        default -> {
          if (!head.mayBeIgnored()) {
            throw fault(
                "Source",
                head,
                "is of type "
                    + head.type()
                    + ", which is unknown; report it, or use a MySQL from 8.0 to 9.7",
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

  /**
   * MySQL sends a ROTATE event with timestamp 0 at the start of every connection, which names the
   * first file; the others mark the end of a file.
   */
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
   * MySQL has nothing to send up to this position. While MySQL skips transactions, the position can
   * lie within one.
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

  /** Ends a transaction or another group of events. */
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

  /**
   * Sends a boundary. A server that searches the requested position may pass earlier ones; they
   * become boundaries at the last position.
   */
  private void boundary() throws InterruptedException {
    long at = Version.of(epoch, file, end);
    if (at >= lastBoundary) {
      lastBoundary = at;
      boundaryFile = file;
      boundaryEnd = end;
      boundaryCreated = created;
    }
    sink.accept(
        new LogItem(
            new Captured.Boundary(lastBoundary, gtids),
            Optional.of(
                LogPosition.between(
                    boundaryFile, boundaryEnd, gtids, formats.state(), boundaryCreated))));
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
      failViews(
          sources.get(i),
          Reason.UNTOLD_WRITE,
          "the transaction at "
              + printed(head)
              + " contains rows that it rolled back, because it also wrote a non-transactional table;"
              + " write such tables in transactions of their own, then "
              + SchemaChanges.buildAgain());
    }
    if (!toSavepoint) {
      commit(head.end());
    }
  }

  private void other(EventHead head, Statement statement)
      throws SQLException, InterruptedException {
    TableDefinitions.Position position = new TableDefinitions.Position(file, head.end());
    long behind = Version.of(epoch, file, head.end());
    Arrays.fill(lastReaders, null);
    Map<Integer, SchemaChanges.Fault> faults =
        formats.statement(statement, position, Version.print(behind));
    boolean beginsGroup = beginsTransaction(statement.sql());
    boolean ends = !inTransaction && !inXa && !beginsGroup;
    if (beginsGroup) {
      // CREATE TABLE … SELECT: rows of the new table follow.
      beginTransaction(head);
    }
    for (Map.Entry<Integer, SchemaChanges.Fault> each : faults.entrySet()) {
      failView(each.getKey(), each.getValue(), ends ? behind : version);
    }
    if (ends) {
      commit(head.end());
    }
  }

  /** Whether a statement is a CREATE TABLE … SELECT as MySQL logs it, followed by its rows. */
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
      failViews(
          table,
          Reason.UNTOLD_WRITE,
          "the XA transaction at "
              + printed(head)
              + " changed rows of this table, and the job cannot see whether it commits; write the"
              + " table without XA, then "
              + SchemaChanges.buildAgain());
      return;
    }
    byte[] columns = body.bytes(body.left());
    CachedReader last = cached(table, columns);
    if (last != null) {
      entries.put(named.id(), new Entry(table, last.reader()));
      return;
    }
    TableFormats.Format format =
        formats.format(
            table,
            TableMap.read(named, new Bytes(columns)),
            new TableDefinitions.Position(file, head.end()));
    if (format instanceof TableFormats.Format.Known known) {
      entries.put(named.id(), new Entry(table, known.reader()));
      lastReaders[table.index()] = new CachedReader(columns, known.reader());
    } else if (format instanceof TableFormats.Format.Unknown unknown) {
      failViews(
          table,
          Reason.SCHEMA_CHANGED,
          "at " + printed(head) + " " + unknown.what() + "; then " + SchemaChanges.buildAgain());
    }
  }

  /**
   * Returns the last reader of a table if the columns are the same; most TABLE_MAP events repeat
   * them.
   */
  private CachedReader cached(Tables.Source table, byte[] columns) {
    CachedReader last = lastReaders[table.index()];
    return last != null && Arrays.equals(last.columns(), columns) ? last : null;
  }

  private void failViews(Tables.Source table, Reason reason, String what)
      throws InterruptedException {
    Map<Integer, SchemaChanges.Fault> faults = new HashMap<>();
    SchemaChanges.all(
        table, new SchemaChanges.Fault(reason, describe(table) + ": " + what), faults);
    for (Map.Entry<Integer, SchemaChanges.Fault> each : faults.entrySet()) {
      failView(each.getKey(), each.getValue(), version);
    }
    skipped.set(table.index());
  }

  /** Reports a lost view, and skips the rows of tables that only lost views use. */
  private void failView(int view, SchemaChanges.Fault fault, long at) throws InterruptedException {
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
          "contains partial JSON values; have all sessions write with binlog_row_value_options empty,"
              + " then submit the job again",
          null);
    }
  }

  private void rows(EventHead head, Bytes body) throws InterruptedException {
    RowsEvent event = RowsEvent.read(head, body);
    int number = events++;
    Entry entry = entries.get(event.table());
    if (entry == null) {
      throw fault(
          "Source",
          head,
          "has rows without a preceding TABLE_MAP event; submit the job again",
          null);
    }
    if (entry.table() == null) {
      return;
    }
    Tables.Source table = entry.table();
    if (!inTransaction) {
      throw fault(
          describe(table),
          head,
          "is not in a transaction with a commit; write to captured tables without XA, then"
              + " submit the job again",
          null);
    }
    if (!event.whole()) {
      throw fault(
          describe(table),
          head,
          "omits columns; have all sessions write with binlog_row_image=FULL, then submit the"
              + " job again",
          null);
    }
    if (event.columns() != entry.reader().columns()) {
      throw fault(
          describe(table),
          head,
          "has rows of "
              + event.columns()
              + " columns, but its TABLE_MAP event has "
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
          "contains a row that cannot be read ("
              + e.getMessage()
              + "); look at it with mysqlbinlog, remove the views of the table from the job, then"
              + " submit the job again",
          e);
    }
    int step = event.kind() == RowsEvent.Kind.UPDATE ? 2 : 1;
    for (int i = 0; i + step <= rows.size(); i += step) {
      boolean read = !resumed.isEmpty() && isRead(number, i / step);
      if (!read) {
        Object[] before = event.kind() == RowsEvent.Kind.WRITE ? null : rows.get(i);
        Object[] after = event.kind() == RowsEvent.Kind.DELETE ? null : rows.get(i + step - 1);
        Captured.Change change =
            captures[table.index()].change(version, before, after, event.foreignKeysChecked());
        failMoved(table, change);
        sink.accept(
            new LogItem(
                change,
                Optional.of(
                    new LogPosition(
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

  /** Fails the views whose rows a foreign key changed together with the key of another row. */
  private void failMoved(Tables.Source table, Captured.Change change) throws InterruptedException {
    for (JobPlan.Node node : captures[table.index()].moved(change)) {
      if (!lostViews.contains(node.view())) {
        String what =
            "the key of a row changed, and the foreign key "
                + node.plan().action().foreignKey()
                + " changed rows with it, which MySQL does not log; "
                + SchemaChanges.buildAgain();
        failView(
            node.view(),
            new SchemaChanges.Fault(Reason.UNTOLD_WRITE, describe(table) + ": " + what),
            version);
      }
    }
  }

  /** Whether a row of the resumed transaction was returned before. */
  private boolean isRead(int event, int row) {
    return event + 1 < eventsRead || (event + 1 == eventsRead && row < rowsRead);
  }
}
