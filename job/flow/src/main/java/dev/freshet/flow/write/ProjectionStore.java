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
import dev.freshet.store.FaultsTable;
import dev.freshet.store.GroupRange;
import dev.freshet.store.HiddenViews;
import dev.freshet.store.ProgressTable;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import dev.freshet.store.StoreLoss;
import dev.freshet.store.StorePosition;
import dev.freshet.store.StoreTables;
import dev.freshet.store.TakenRange;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.Positions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.flink.connector.jdbc.datasource.connections.JdbcConnectionProvider;
import org.apache.flink.connector.jdbc.datasource.connections.SimpleJdbcConnectionProvider;

/**
 * The store of a job's projections for one writer, which owns a range of key groups. This class
 * does the fencing and the transactions; {@link EntryWriter} and {@link StoredKeys} have the
 * statements for entries and keys.
 *
 * <p>Opening fences off older writers: every progress row that overlaps the range is split at the
 * range's borders, and the inner parts get a new token before they are read. A later flush of an
 * older attempt does not find its row and is rolled back. The parts keep their versions until the
 * first flush, which merges them into one row. The first flush has a version at or beyond the
 * highest of the parts, so that no part claims progress that it does not have.
 *
 * <p>A failed flush may be repeated completely, whatever the failure was, because it writes final
 * states.
 *
 * <p>Not thread-safe.
 */
final class ProjectionStore implements AutoCloseable {
  /** The number of transactions in which a range is cleared; each scans the whole table. */
  private static final int CLEARING_PARTS = 16;

  private final JdbcConnectionProvider connections;
  private final JobPlan plan;
  private final String job;
  private final GroupRange range;
  private final ProgressTable progress;
  private final CountsTable counts;
  private final BacklogTable backlog;
  private final FaultsTable faults;
  private final RebuildsTable rebuilds;
  private final ChangeNotices notices;
  private final EntryWriter entries;
  private final StoredKeys keys;
  private final long token;
  private final UUID identity;
  private final TakenRange taken;
  private final Set<String> onRead;
  private Session session;
  private boolean merged;
  private long flushes;
  private long version;

  /**
   * The content of a flush. Deletions are executed before the changes are written.
   *
   * @param changes the newest change of each entry
   * @param keys the newest state of each key whose state changed
   * @param version the store contains everything up to this watermark afterwards
   * @param mark the last watermark info at or below {@code version}
   * @param invalid the views that are invalid as a whole, by index, with the reasons
   * @param faults new faults of views
   * @param entriesToDelete root rows whose entries are deleted
   * @param rewritten keys whose entries are deleted first, each with its view's index
   * @param absent keys of views populated on read that are removed, each with its view's index
   * @param reports new counts of changes
   * @param backlog the new backlog; empty if it has not changed
   * @param hidden the views that are not served from now on
   * @param clear key groups whose entries are deleted
   */
  record Flush(
      Collection<EntryChange> changes,
      Collection<KeyStates.Change> keys,
      long version,
      WatermarkInfo mark,
      Map<Integer, Reason> invalid,
      Collection<ViewFault> faults,
      Collection<EntriesToDelete> entriesToDelete,
      Map<Key, Integer> rewritten,
      Map<Key, Integer> absent,
      Collection<ChangeReport> reports,
      Optional<Backlog> backlog,
      HiddenViews hidden,
      List<GroupRange> clear) {

    /** Creates a flush of entries and progress only. */
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
    this.entries = new EntryWriter(plan, options.schema(), groups);
    this.keys = new StoredKeys(plan, options.schema(), groups);
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
        // Requests their rebuild again, because without a request they would never be served.
        rebuilds.ask(connection, job, taken.hidden().views());
      }
      connection.commit();
      this.flushes = taken.flushes();
      this.version = taken.highest();
      this.merged = taken.loss().isPresent();
      this.session = new Session(connection, entries.prepare(connection));
    } catch (SQLException | ClassNotFoundException | RuntimeException e) {
      connections.closeConnection();
      throw e;
    }
  }

  /**
   * Connects and fences off older writers of the range.
   *
   * @param job the job whose progress is read and written
   * @param groups the job's maximum parallelism
   * @param durable the positions that the store must have reached; empty for a job without state
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

  /** Returns what the range lacked when it was opened; empty if nothing. */
  Optional<StoreLoss> loss() {
    return taken.loss();
  }

  /** Returns the views of the range that were not served when it was opened. */
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

  /** Whether the range's progress is one row, as it is from the first flush on. */
  boolean isMerged() {
    return merged;
  }

  /** Returns the position of the range; empty while the store has no progress for a part of it. */
  Optional<StorePosition> position() {
    boolean whole = merged || taken.groups() == range.size();
    return whole
        ? Optional.of(new StorePosition(range, flushes, version, identity))
        : Optional.empty();
  }

  /**
   * Returns the highest progress in the range when it was opened; {@link WriteBuffer#NOTHING} if
   * there was none.
   */
  long progressAtOpen() {
    return taken.highest();
  }

  /** Whether a view was populated on read in a part of the range when it was opened. */
  boolean hadOnRead(int view) {
    return taken.anyOnRead().contains(plan.views().get(view).view());
  }

  /** Reads the keys of the range that the store has. */
  StoredKeys.Content keys() throws SQLException, ClassNotFoundException {
    StoredKeys.Content stored = new StoredKeys.Content();
    inTransaction(open -> keys.read(open.connection(), range, taken.allOnRead(), stored));
    return stored;
  }

  /**
   * Writes a flush in one transaction.
   *
   * @throws SQLException if it failed, also because a newer writer has taken over the range.
   *     Nothing was written, or the outcome of the commit is unknown; the same flush may be
   *     repeated
   */
  void flush(Flush flush) throws SQLException, ClassNotFoundException {
    inTransaction(open -> write(open, flush));
    notices.committed(flush);
    merged = true;
    flushes++;
    version = flush.version();
  }

  private void write(Session open, Flush flush) throws SQLException {
    Connection connection = open.connection();
    RangeProgress reached = reached(flush);
    if (merged) {
      progress.advance(connection, job, token, flushes, reached);
    } else {
      requireAllRead(flush);
      progress.merge(connection, job, token, taken, flushes, reached);
      clearOthers(connection);
    }
    for (GroupRange part : flush.clear()) {
      for (int view = 0; view < plan.views().size(); view++) {
        entries.clear(connection, view, part);
      }
    }
    for (EntriesToDelete root : flush.entriesToDelete()) {
      entries.delete(connection, root);
    }
    for (Map.Entry<Key, Integer> key : flush.rewritten().entrySet()) {
      entries.delete(connection, key.getValue(), key.getKey());
    }
    for (Map.Entry<Key, Integer> key : flush.absent().entrySet()) {
      entries.delete(connection, key.getValue(), key.getKey());
      keys.delete(connection, key.getValue(), key.getKey());
    }
    open.batch().write(flush.changes());
    for (KeyStates.Change key : flush.keys()) {
      keys.write(connection, key);
    }
    counts.write(connection, job, flush.reports().stream().map(this::row).toList());
    faults.write(connection, job, flush.faults().stream().map(this::fault).toList());
    if (flush.backlog().isPresent()) {
      backlog.write(connection, job, waiting(flush.backlog().get()));
    }
    notices.write(connection, flush);
  }

  /**
   * Refuses the first flush of a job over events if its log has not read all that the range had
   * when it was taken over. An older writer may have written until then, after the log was started;
   * the next attempt reads what it wrote.
   */
  private void requireAllRead(Flush flush) throws SQLException {
    if (plan.events().isEmpty() || taken.highest() == ProgressTable.NOTHING) {
      return;
    }
    Positions read = Positions.parse(flush.mark().gtids());
    boolean all = taken.gtids().stream().allMatch(has -> read.cover(Positions.parse(has)));
    if (!all || flush.version() <= taken.highest()) {
      throw new SQLException(
          ("Job %s: an older attempt wrote key groups %s after this one was started; the job restarts"
                  + " and reads the events again")
              .formatted(job, range));
    }
  }

  private RangeProgress reached(Flush flush) {
    WatermarkInfo mark = flush.mark();
    long position = mark.version() == flush.version() ? mark.position() : flush.version();
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

  private CountsTable.Row row(ChangeReport report) {
    return new CountsTable.Row(
        report.operator(),
        report.subtask(),
        name(report.view()),
        new ChangeCounts(
            report.applied(),
            report.superseded(),
            report.waiting(),
            report.dead(),
            report.entries()));
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
   * Deletes all entries and keys of views, in several transactions. The first transaction also
   * hides the views from readers.
   *
   * @param hidden the hidden views, which include these
   */
  void clear(Set<Integer> views, HiddenViews hidden) throws SQLException, ClassNotFoundException {
    for (GroupRange part : parts()) {
      writeHidden(
          hidden,
          open -> {
            for (int view : views) {
              entries.clear(open.connection(), view, part);
              keys.clear(open.connection(), view, part);
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

  /** Writes changes of hidden views in a transaction of their own, without progress. */
  void write(List<EntryChange> changes, HiddenViews hidden)
      throws SQLException, ClassNotFoundException {
    writeHidden(hidden, open -> open.batch().write(changes));
  }

  private void writeHidden(HiddenViews hidden, Work work)
      throws SQLException, ClassNotFoundException {
    inTransaction(
        open -> {
          int parts = merged ? 1 : taken.parts();
          progress.hide(open.connection(), job, range, token, parts, flushes, hidden);
          work.on(open);
        });
    flushes++;
  }

  /** Writes the progress of a rebuild: the entries that the nodes have sent, of a total. */
  void progressed(Set<Integer> views, long sent, long total)
      throws SQLException, ClassNotFoundException {
    List<String> names = views.stream().map(this::name).toList();
    inTransaction(open -> rebuilds.progressed(open.connection(), job, names, sent, total));
  }

  /**
   * Deletes the entries and keys that are left from before a view changed between eager and
   * populated on read.
   */
  private void clearOthers(Connection connection) throws SQLException {
    for (int view = 0; view < plan.views().size(); view++) {
      ViewPlan declared = plan.views().get(view);
      if (declared.options().onRead() && !taken.allOnRead().contains(declared.view())) {
        entries.clear(connection, view, range);
        keys.clear(connection, view, range);
      } else if (!declared.options().onRead() && hadOnRead(view)) {
        keys.clear(connection, view, range);
      }
    }
  }

  /** Deletes the counts and faults of earlier attempts; they are sent again. */
  void forgetCounts() throws SQLException, ClassNotFoundException {
    inTransaction(
        open -> {
          counts.clear(open.connection(), job);
          faults.clear(open.connection(), job);
        });
  }

  private interface Work {
    void on(Session open) throws SQLException;
  }

  /** A connection with its prepared statements. */
  private record Session(Connection connection, EntryWriter.Batch batch) {}

  /**
   * Does work in a transaction and commits it. After a failure the next transaction opens a new
   * connection.
   */
  private void inTransaction(Work work) throws SQLException, ClassNotFoundException {
    try {
      Session open = session();
      work.on(open);
      open.connection().commit();
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  private Session session() throws SQLException, ClassNotFoundException {
    if (session == null) {
      Connection connection = connections.getOrEstablishConnection();
      connection.setAutoCommit(false);
      session = new Session(connection, entries.prepare(connection));
    }
    return session;
  }

  /** Closes the connection, which rolls back an open transaction. */
  private void disconnect() {
    session = null;
    connections.closeConnection();
  }

  @Override
  public void close() {
    disconnect();
  }
}
