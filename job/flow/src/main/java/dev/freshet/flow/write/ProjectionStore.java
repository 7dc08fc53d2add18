package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ChangeReport;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.store.BacklogTable;
import dev.freshet.store.ChangeCounts;
import dev.freshet.store.CountsTable;
import dev.freshet.store.EntriesTable;
import dev.freshet.store.FaultsTable;
import dev.freshet.store.GroupRange;
import dev.freshet.store.HiddenViews;
import dev.freshet.store.KeysTable;
import dev.freshet.store.ProgressTable;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import dev.freshet.store.StoreLoss;
import dev.freshet.store.StorePosition;
import dev.freshet.store.StoreTables;
import dev.freshet.store.TakenRange;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.StoreLimits;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.flink.connector.jdbc.JdbcStatementBuilder;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;
import org.apache.flink.connector.jdbc.internal.executor.JdbcBatchStatementExecutor;

/**
 * The tables of a job's projections, as one writer sees them: it owns a range of key groups.
 *
 * <p>Opening fences: every progress row that overlaps the range is split at its borders and the
 * inner parts get a token of the new writer's own, before they are read. A flush of an older
 * attempt finds its row gone and fails, whole. The parts keep their versions until the first flush,
 * which makes one row of them: it happens at or beyond the highest of them, so no part claims what
 * it does not hold.
 *
 * <p>A flush may be done again, whole, after it failed in whatever way: it writes final states.
 *
 * <p>Used by one thread.
 */
final class ProjectionStore implements AutoCloseable {
  /** Changes that the driver holds at once; a hand-over has as many as there are entries. */
  private static final int BATCH = 1000;

  /** Transactions in which a range is cleared; each looks at the whole table. */
  private static final int CLEARING_PARTS = 16;

  private final JdbcConnectionProvider connections;
  private final JobPlan plan;
  private final String job;
  private final GroupRange range;
  private final int groups;
  private final ProgressTable progress;
  private final CountsTable counts;
  private final BacklogTable backlog;
  private final FaultsTable faults;
  private final RebuildsTable rebuilds;
  private final ChangeNotices notices;
  private final List<EntriesTable> entries = new ArrayList<>();
  private final List<KeysTable> keys = new ArrayList<>();
  private final long token;
  private final UUID identity;
  private final TakenRange taken;
  private final Set<String> onRead;
  private Session session;
  private boolean merged;
  private long flushes;
  private long version;

  /**
   * What a flush writes.
   *
   * @param changes newest per entry
   * @param keys newest per key whose state changed
   * @param version everything up to here is in the store afterwards
   * @param invalid why views, by their place, are invalid as a whole
   * @param faults of views, that are new
   * @param entriesToGo of root rows; they go before the changes come
   * @param rewritten keys whose entries go before the changes come, each with its view's place
   * @param absent keys of views populated on read that the store has no longer, likewise
   * @param tallies that are new
   * @param backlog if it is new
   * @param hidden the views that are not served from now on
   * @param clear key groups whose entries go first; their keys are among {@code keys} where they
   *     changed
   */
  record Flush(
      Collection<EntryChange> changes,
      Collection<KeyStates.Change> keys,
      long version,
      WatermarkInfo mark,
      Map<Integer, Reason> invalid,
      Collection<ViewFault> faults,
      Collection<EntriesToDelete> entriesToGo,
      Map<Key, Integer> rewritten,
      Map<Key, Integer> absent,
      Collection<ChangeReport> tallies,
      Optional<Backlog> backlog,
      HiddenViews hidden,
      List<GroupRange> clear) {

    /** Entries and their progress alone. */
    static Flush of(
        Collection<EntryChange> changes, long version, WatermarkInfo mark, List<GroupRange> clear) {
      return new Flush(
          changes,
          List.of(),
          version,
          mark,
          Map.of(),
          List.of(),
          List.of(),
          Map.of(),
          Map.of(),
          List.of(),
          Optional.empty(),
          HiddenViews.NONE,
          clear);
    }
  }

  private ProjectionStore(
      StoreOptions options,
      JobPlan plan,
      String job,
      GroupRange range,
      int groups,
      List<StorePosition> durable)
      throws SQLException, ClassNotFoundException {
    this.plan = plan;
    this.job = job;
    this.range = range;
    this.groups = groups;
    this.connections = new SimpleJdbcConnectionProvider(options.jdbc());
    this.progress = new ProgressTable(options.schema());
    this.counts = new CountsTable(options.schema());
    this.backlog = new BacklogTable(options.schema());
    this.faults = new FaultsTable(options.schema());
    this.rebuilds = new RebuildsTable(options.schema());
    this.onRead =
        plan.views().stream()
            .filter(view -> view.options().onRead())
            .map(ViewPlan::view)
            .collect(Collectors.toSet());
    this.notices = new ChangeNotices(options.schema(), range);
    for (ViewPlan view : plan.views()) {
      entries.add(new EntriesTable(view, options.schema(), StoreSchema.GENERATION));
      keys.add(new KeysTable(view, options.schema(), StoreSchema.GENERATION));
    }
    try {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      this.token = progress.nextToken(connection);
      this.identity = StoreTables.identity(connection, options.schema());
      List<String> views = plan.views().stream().map(ViewPlan::view).toList();
      this.taken = progress.takeOver(connection, job, range, token, durable, identity, views);
      if (taken.loss().isPresent()) {
        StoreLoss loss = taken.loss().get();
        rebuilds.askForLost(connection, job, views, loss.from(), loss.to());
      } else {
        // A row that went missing must not leave them unserved for good.
        rebuilds.ask(connection, job, taken.hidden().views());
      }
      connection.commit();
      this.flushes = taken.flushes();
      this.version = taken.highest();
      this.merged = taken.loss().isPresent();
      this.session = new Session(connection);
    } catch (SQLException | ClassNotFoundException | RuntimeException e) {
      connections.closeConnection();
      throw e;
    }
  }

  /**
   * Connects and fences older writers of the range off.
   *
   * @param job whose progress it is
   * @param groups the job's maximal parallelism
   * @param durable what the store must have of the range; empty for a job without state
   */
  static ProjectionStore open(
      StoreOptions options,
      JobPlan plan,
      String job,
      GroupRange range,
      int groups,
      List<StorePosition> durable)
      throws SQLException, ClassNotFoundException {
    return new ProjectionStore(options, plan, job, range, groups, durable);
  }

  /** What the range lacked when it was opened. */
  Optional<StoreLoss> loss() {
    return taken.loss();
  }

  /** What of the range is not served, as it was opened. */
  RangeRebuild rebuildAtOpen() {
    Set<Integer> hidden = new HashSet<>();
    for (int view = 0; view < plan.views().size(); view++) {
      if (taken.hidden().views().contains(plan.views().get(view).view())) {
        hidden.add(view);
      }
    }
    return new RangeRebuild(
        hidden,
        hidden.isEmpty() ? null : taken.hidden().reason().orElse(null),
        taken.hidden().rebuilt());
  }

  /** Whether the range is one row, as it is from the first flush on. */
  boolean isMerged() {
    return merged;
  }

  /** Where the range is; empty while the store has not all of it. */
  Optional<StorePosition> place() {
    boolean whole = merged || taken.groups() == range.size();
    return whole
        ? Optional.of(new StorePosition(range, flushes, version, identity))
        : Optional.empty();
  }

  /** The highest progress in the range when it was opened, or {@link WriteBuffer#NOTHING}. */
  long progressAtOpen() {
    return taken.highest();
  }

  /** Whether the range had a view as populated on read, in some part, when it was opened. */
  boolean hadOnRead(int view) {
    return taken.anyOnRead().contains(plan.views().get(view).view());
  }

  /**
   * What the store says of keys.
   *
   * @param invalid why keys are not valid
   * @param populated the keys of views populated on read that it has, valid or not
   */
  record Keys(Map<Key, Reason> invalid, Set<Key> populated) {}

  /** What the store says of the keys of the range. */
  Keys keys() throws SQLException, ClassNotFoundException {
    Keys stored = new Keys(new LinkedHashMap<>(), new HashSet<>());
    try {
      Connection connection = session().connection;
      for (int view = 0; view < entries.size(); view++) {
        try (PreparedStatement statement = connection.prepareStatement(keys.get(view).select())) {
          statement.setInt(1, range.first());
          statement.setInt(2, range.last());
          try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              add(rows, plan.views().get(view), stored);
            }
          }
        }
      }
      connection.commit();
      return stored;
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  private void add(ResultSet rows, ViewPlan view, Keys stored) throws SQLException {
    Key key = key(view, rows);
    String reason = rows.getString("reason");
    if (reason != null) {
      stored.invalid().put(key, Reason.of(reason));
    }
    if (taken.allOnRead().contains(view.view())) {
      stored.populated().add(key);
    }
  }

  private static Key key(ViewPlan view, ResultSet rows) throws SQLException {
    Object[] values = new Object[view.keyColumns()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          JdbcValues.POSTGRES.read(rows, i + 1, view.outputs().get(view.key().get(i)).column());
    }
    return view.viewKeyOf(values);
  }

  /**
   * Writes changes and the progress they make in one transaction.
   *
   * @throws SQLException also when a newer writer has taken the range; nothing is written then, or
   *     nobody knows, and the same flush may be done again
   */
  void flush(Flush flush) throws SQLException, ClassNotFoundException {
    try {
      Session open = session();
      Connection connection = open.connection;
      RangeProgress reached = reached(flush);
      if (merged) {
        progress.advance(connection, job, token, flushes, reached);
      } else {
        progress.merge(connection, job, token, taken, flushes, reached);
        clearOthers(connection);
      }
      for (GroupRange part : flush.clear()) {
        for (EntriesTable table : entries) {
          clear(connection, table.deleteGroups(), part);
        }
      }
      for (EntriesToDelete root : flush.entriesToGo()) {
        delete(connection, root);
      }
      for (Map.Entry<Key, Integer> key : flush.rewritten().entrySet()) {
        deleteEntries(connection, key.getValue(), key.getKey());
      }
      for (Map.Entry<Key, Integer> key : flush.absent().entrySet()) {
        deleteEntries(connection, key.getValue(), key.getKey());
        deleteKey(connection, key.getValue(), key.getKey());
      }
      open.write(flush.changes());
      for (KeyStates.Change key : flush.keys()) {
        writeKey(connection, key);
      }
      counts.write(connection, job, flush.tallies().stream().map(this::row).toList());
      faults.write(connection, job, flush.faults().stream().map(this::fault).toList());
      if (flush.backlog().isPresent()) {
        backlog.write(connection, job, waiting(flush.backlog().get()));
      }
      notices.write(connection, flush);
      connection.commit();
      notices.committed(flush);
      merged = true;
      flushes++;
      version = flush.version();
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  private RangeProgress reached(Flush flush) {
    WatermarkInfo mark = flush.mark();
    long position = mark.version() == flush.version() ? mark.place() : flush.version();
    Map<String, String> invalid = new TreeMap<>();
    flush.invalid().forEach((view, reason) -> invalid.put(name(view), reason.wireName()));
    return new RangeProgress(
        range,
        position,
        Math.toIntExact(flush.version() - position),
        mark.gtids(),
        mark.asOf() == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(mark.asOf())),
        true,
        invalid,
        onRead,
        flush.hidden());
  }

  private CountsTable.Row row(ChangeReport tally) {
    return new CountsTable.Row(
        tally.operator(),
        tally.subtask(),
        name(tally.view()),
        new ChangeCounts(
            tally.applied(), tally.superseded(), tally.waiting(), tally.dead(), tally.entries()));
  }

  private FaultsTable.Fault fault(ViewFault fault) {
    return new FaultsTable.Fault(
        name(fault.view()), fault.reason().wireName(), fault.version(), fault.message());
  }

  private static BacklogTable.Waiting waiting(Backlog backlog) {
    return new BacklogTable.Waiting(
        backlog.waiting(),
        backlog.waiting() == 0
            ? Optional.empty()
            : Optional.of(Instant.ofEpochMilli(backlog.oldest())));
  }

  private String name(int view) {
    return plan.views().get(view).view();
  }

  /**
   * Removes all entries and keys of views, a part of the range at a time; the views are not served
   * from before the first of them on.
   *
   * @param hidden these views among others
   */
  void clear(Set<Integer> views, HiddenViews hidden) throws SQLException, ClassNotFoundException {
    for (GroupRange part : parts()) {
      keep(
          hidden,
          open -> {
            for (int view : views) {
              clear(open.connection, entries.get(view).deleteGroups(), part);
              clear(open.connection, keys.get(view).deleteGroups(), part);
            }
          });
    }
  }

  private List<GroupRange> parts() {
    List<GroupRange> parts = new ArrayList<>();
    int size = Math.max(1, range.size() / CLEARING_PARTS);
    for (int first = range.first(); first <= range.last(); first += size) {
      parts.add(new GroupRange(first, Math.min(range.last(), first + size - 1)));
    }
    return parts;
  }

  /** Writes changes of views that are not served; no progress is made. */
  void write(List<EntryChange> changes, HiddenViews hidden)
      throws SQLException, ClassNotFoundException {
    keep(hidden, open -> open.write(changes));
  }

  private void keep(HiddenViews hidden, Work work) throws SQLException, ClassNotFoundException {
    try {
      Session open = session();
      int parts = merged ? 1 : taken.parts();
      progress.hide(open.connection, job, range, token, parts, flushes, hidden);
      work.on(open);
      open.connection.commit();
      flushes++;
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  private interface Work {
    void on(Session open) throws SQLException;
  }

  /** Says how far the rebuild of views is. */
  void progressed(Set<Integer> views, long sent, long total)
      throws SQLException, ClassNotFoundException {
    try {
      Connection connection = session().connection;
      List<String> names = views.stream().map(view -> plan.views().get(view).view()).toList();
      rebuilds.progressed(connection, job, names, sent, total);
      connection.commit();
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  /** What a view had before it was populated on read, or is no longer, nobody keeps up. */
  private void clearOthers(Connection connection) throws SQLException {
    for (int view = 0; view < entries.size(); view++) {
      ViewPlan declared = plan.views().get(view);
      if (declared.options().onRead() && !taken.allOnRead().contains(declared.view())) {
        clear(connection, entries.get(view).deleteGroups(), range);
        clear(connection, keys.get(view).deleteGroups(), range);
      } else if (!declared.options().onRead() && hadOnRead(view)) {
        clear(connection, keys.get(view).deleteGroups(), range);
      }
    }
  }

  /** Forgets the tallies of earlier attempts, and their views' faults, which are told again. */
  void forgetCounts() throws SQLException, ClassNotFoundException {
    try {
      counts.clear(session().connection, job);
      faults.clear(session().connection, job);
      session().connection.commit();
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  private Session session() throws SQLException, ClassNotFoundException {
    if (session == null) {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      session = new Session(connection);
    }
    return session;
  }

  /** Whatever was not committed is rolled back. */
  private void disconnect() {
    session = null;
    connections.closeConnection();
  }

  @Override
  public void close() {
    disconnect();
  }

  private static void clear(Connection connection, String sql, GroupRange part)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setInt(1, part.first());
      statement.setInt(2, part.last());
      statement.executeUpdate();
    }
  }

  private void delete(Connection connection, EntriesToDelete root) throws SQLException {
    ViewPlan view = plan.views().get(root.view());
    if (!hasRoot(view, root.row().values())) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(entries.get(root.view()).deleteRoot())) {
      int index = 1;
      for (int place : view.rootKey()) {
        ValueType type = view.outputs().get(place).column().type();
        // A row's key has the node's number in front.
        Object value = root.row().values()[index];
        JdbcValues.POSTGRES.bind(statement, index++, type, value);
      }
      statement.setInt(index++, root.first());
      statement.setInt(index, root.last());
      statement.executeUpdate();
    }
  }

  private void deleteEntries(Connection connection, int view, Key key) throws SQLException {
    ViewPlan plan = this.plan.views().get(view);
    if (isNameable(plan, key)) {
      try (PreparedStatement statement =
          connection.prepareStatement(entries.get(view).deleteEntries())) {
        bindKey(statement, plan, key);
        statement.executeUpdate();
      }
    }
  }

  /** Whether the store can have a view key at all. */
  static boolean isNameable(ViewPlan view, Key key) {
    // A view key has the view's name in front.
    List<Object> values = Arrays.asList(key.values());
    return StoreLimits.hasKey(view, values.subList(1, values.size()));
  }

  /** Binds the key's values in declared order; returns the next parameter. */
  static int bindKey(PreparedStatement statement, ViewPlan view, Key key) throws SQLException {
    Object[] values = key.values();
    int index = 1;
    for (int place : view.key()) {
      ValueType type = view.outputs().get(place).column().type();
      JdbcValues.POSTGRES.bind(statement, index, type, values[index]);
      index++;
    }
    return index;
  }

  /** A row that the store cannot name has no entries in it. */
  private static boolean hasRoot(ViewPlan view, Object[] row) {
    for (int i = 0; i < view.rootKey().size(); i++) {
      ValueType type = view.outputs().get(view.rootKey().get(i)).column().type();
      // A row's key has the node's number in front.
      if (!StoreLimits.has(type, row[i + 1])) {
        return false;
      }
    }
    return true;
  }

  /** An entry that the store cannot name is not in it. */
  private static boolean hasEntry(ViewPlan view, EntryChange change) {
    for (int output : view.primaryKey()) {
      ValueType type = view.outputs().get(output).column().type();
      if (!StoreLimits.has(type, change.values()[output])) {
        return false;
      }
    }
    return true;
  }

  /** Of a key that the store cannot name it says nothing; readers know such keys themselves. */
  private void writeKey(Connection connection, KeyStates.Change change) throws SQLException {
    ViewPlan view = plan.views().get(change.view());
    if (!isNameable(view, change.key())) {
      return;
    }
    if (change.reason() == null && !view.options().onRead()) {
      deleteKey(connection, change.view(), change.key());
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(keys.get(change.view()).upsert())) {
      int index = bindKey(statement, view, change.key());
      statement.setString(index++, change.reason() == null ? null : change.reason().wireName());
      statement.setLong(index++, change.version());
      statement.setInt(index, KeyGroups.of(change.key(), groups));
      statement.executeUpdate();
    }
  }

  private void deleteKey(Connection connection, int view, Key key) throws SQLException {
    ViewPlan declared = plan.views().get(view);
    if (isNameable(declared, key)) {
      try (PreparedStatement statement = connection.prepareStatement(keys.get(view).delete())) {
        bindKey(statement, declared, key);
        statement.executeUpdate();
      }
    }
  }

  /** The statements of one connection. */
  private final class Session {
    final Connection connection;
    private final List<JdbcBatchStatementExecutor<EntryChange>> upserts = new ArrayList<>();
    private final List<JdbcBatchStatementExecutor<EntryChange>> deletes = new ArrayList<>();

    Session(Connection connection) throws SQLException {
      this.connection = connection;
      for (int i = 0; i < entries.size(); i++) {
        ViewPlan view = plan.views().get(i);
        EntriesTable table = entries.get(i);
        upserts.add(prepared(table.upsert(), (s, change) -> bindUpsert(view, s, change)));
        deletes.add(prepared(table.delete(), (s, change) -> bindDelete(view, s, change)));
      }
    }

    private JdbcBatchStatementExecutor<EntryChange> prepared(
        String sql, JdbcStatementBuilder<EntryChange> builder) throws SQLException {
      JdbcBatchStatementExecutor<EntryChange> executor =
          JdbcBatchStatementExecutor.simple(sql, builder);
      executor.prepareStatements(connection);
      return executor;
    }

    /** Nobody knows what an entry shows that holds poison, so it shows nothing. */
    void write(Collection<EntryChange> changes) throws SQLException {
      int batched = 0;
      for (EntryChange change : changes) {
        boolean shown = change.present() && change.poison() == null;
        if (!shown && !hasEntry(plan.views().get(change.view()), change)) {
          continue;
        }
        (shown ? upserts : deletes).get(change.view()).addToBatch(change);
        if (++batched % BATCH == 0) {
          execute();
        }
      }
      execute();
    }

    /** An entry that moved is another row at its new key, so the order does not matter. */
    private void execute() throws SQLException {
      for (JdbcBatchStatementExecutor<EntryChange> executor : deletes) {
        executor.executeBatch();
      }
      for (JdbcBatchStatementExecutor<EntryChange> executor : upserts) {
        executor.executeBatch();
      }
    }

    private void bindUpsert(ViewPlan view, PreparedStatement statement, EntryChange change)
        throws SQLException {
      int index = 1;
      for (int i = 0; i < view.outputs().size(); i++) {
        ValueType type = view.outputs().get(i).column().type();
        JdbcValues.POSTGRES.bind(statement, index++, type, change.values()[i]);
      }
      statement.setInt(index, KeyGroups.of(change.key(), groups));
    }

    private void bindDelete(ViewPlan view, PreparedStatement statement, EntryChange change)
        throws SQLException {
      int index = 1;
      for (int output : view.primaryKey()) {
        ValueType type = view.outputs().get(output).column().type();
        JdbcValues.POSTGRES.bind(statement, index++, type, change.values()[output]);
      }
    }
  }
}
