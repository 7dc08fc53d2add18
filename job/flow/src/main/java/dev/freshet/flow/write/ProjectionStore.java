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
 * The store of a job's projections, as one writer sees it: the writer owns a range of key groups.
 * Here are fencing and transactions; {@link StoredEntries} and {@link StoredKeys} have the
 * statements for entries and keys.
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
  /** Transactions in which a range is cleared; each looks at the whole table. */
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
  private final StoredEntries entries;
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
    this.entries = new StoredEntries(plan, options.schema(), groups);
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
        // A row that went missing must not leave them unserved for good.
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

  /** What the store says of the keys of the range. */
  StoredKeys.Content keys() throws SQLException, ClassNotFoundException {
    StoredKeys.Content stored = new StoredKeys.Content();
    inTransaction(open -> keys.read(open.connection(), range, taken.allOnRead(), stored));
    return stored;
  }

  /**
   * Writes changes and the progress they make in one transaction.
   *
   * @throws SQLException also when a newer writer has taken the range; nothing is written then, or
   *     nobody knows, and the same flush may be done again
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
      progress.merge(connection, job, token, taken, flushes, reached);
      clearOthers(connection);
    }
    for (GroupRange part : flush.clear()) {
      for (int view = 0; view < plan.views().size(); view++) {
        entries.clear(connection, view, part);
      }
    }
    for (EntriesToDelete root : flush.entriesToGo()) {
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
    counts.write(connection, job, flush.tallies().stream().map(this::row).toList());
    faults.write(connection, job, flush.faults().stream().map(this::fault).toList());
    if (flush.backlog().isPresent()) {
      backlog.write(connection, job, waiting(flush.backlog().get()));
    }
    notices.write(connection, flush);
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

  /** Writes changes of views that are not served; no progress is made. */
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

  /** Says how far the rebuild of views is. */
  void progressed(Set<Integer> views, long sent, long total)
      throws SQLException, ClassNotFoundException {
    List<String> names = views.stream().map(this::name).toList();
    inTransaction(open -> rebuilds.progressed(open.connection(), job, names, sent, total));
  }

  /** What a view had before it was populated on read, or is no longer, nobody keeps up. */
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

  /** Forgets the tallies of earlier attempts, and their views' faults, which are told again. */
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

  /** A connection and what is prepared on it. */
  private record Session(Connection connection, StoredEntries.Batch batch) {}

  /** Commits what the work did; when it fails, the next transaction has another connection. */
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

  /** Whatever was not committed is rolled back. */
  private void disconnect() {
    session = null;
    connections.closeConnection();
  }

  @Override
  public void close() {
    disconnect();
  }
}
