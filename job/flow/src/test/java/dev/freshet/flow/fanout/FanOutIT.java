package dev.freshet.flow.fanout;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.servers.LocalServers;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.flink.runtime.checkpoint.AbstractCheckpointStats;
import org.apache.flink.runtime.checkpoint.CheckpointStatsStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A dimension row that very many entries show changes under load, and so does a key that has very
 * many entries: each entry is written once, checkpoints complete meanwhile, and the lag of all
 * other keys stays below the view's FRESHNESS for each 200,000 entries that are written.
 */
class FanOutIT {
  private static final int ENTRIES = FULL ? 200_000 : 10_000;
  private static final int KEYS = ENTRIES / 100;
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  /** Users: who wrote the notes of all keys, of the hot one, of the others. */
  private static final int EVERYWHERE = 1;

  private static final int OF_THE_HOT_KEY = 2;
  private static final int OF_OTHERS = 3;

  private static final int HOT = 0;
  private static final int FIRST_HOT_NOTE = 1_000_000;
  private static final int FIRST_OTHER_NOTE = 2_000_000;

  /** So many that none changes twice before it is written. */
  private static final int OTHER_NOTES = 5_000;

  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
      PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT b.owner, n.id, n.text, u.name FROM notes n JOIN boxes b ON b.id = n.box
      LEFT JOIN users u ON u.id = n.author ORDER BY id
      """;

  @TempDir private Path folder;
  private MiniFlink flink;
  private JobUnderTest job;
  private final AtomicLong nextOther = new AtomicLong();
  private final Map<String, Double> maxLags = new LinkedHashMap<>();
  private int meanwhile;

  /** Rows of the view's table that Postgres inserted, updated and deleted so far. */
  private record Written(long inserted, long updated, long deleted) {
    Written minus(Written before) {
      return new Written(
          inserted - before.inserted, updated - before.updated, deleted - before.deleted);
    }
  }

  @BeforeEach
  void start() throws Exception {
    flink = new MiniFlink(2);
    job =
        new JobUnderTest("fan_out_" + System.nanoTime())
            .withCheckpointsEvery(Duration.ofSeconds(FULL ? 4 : 1));
    try (Statement source = job.source().createStatement()) {
      source.execute("CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(99))");
      source.execute("CREATE TABLE boxes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)");
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, box BIGINT NOT NULL, author BIGINT NOT NULL,"
              + " text VARCHAR(99) CHARACTER SET latin1)");
      source.execute("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob'), (3, 'Cy')");
      source.execute("SET cte_max_recursion_depth = 1000000");
      fill(source, "boxes", KEYS + 101, "i, i");
      fill(source, "notes", ENTRIES, "i, 1 + i % " + KEYS + ", " + EVERYWHERE + ", 'note'");
      fill(
          source,
          "notes",
          ENTRIES,
          FIRST_HOT_NOTE + " + i, " + HOT + ", " + OF_THE_HOT_KEY + ", 'hot'");
      fill(
          source,
          "notes",
          OTHER_NOTES,
          FIRST_OTHER_NOTE + " + i, " + (KEYS + 1) + " + i % 100, " + OF_OTHERS + ", 'other'");
    }
    long begun = System.nanoTime();
    job.start(folder, List.of(VIEW), 2, 50_000);
    job.awaitProgress();
    System.out.printf(
        "%,d entries over %,d keys, %,d in one key: handed over in %.1f s%n",
        ENTRIES, KEYS, ENTRIES, seconds(begun, System.nanoTime()));
    // Postgres counts some time after it has written.
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (written().inserted() < 2 * ENTRIES + OTHER_NOTES) {
      assertThat(System.nanoTime()).as("all entries are counted").isLessThan(deadline);
      pass(Duration.ofMillis(100));
    }
  }

  private static void fill(Statement source, String table, int rows, String values)
      throws SQLException {
    source.execute(
        "INSERT INTO %s WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d) SELECT %s FROM n"
            .formatted(table, rows - 1, values));
  }

  @AfterEach
  void stop() throws Exception {
    job.close();
    flink.close();
  }

  @Test
  void aRowWithVeryManyEntriesAndAKeyWithVeryManyChangeUnderLoad() throws Exception {
    singleChanges("other keys", this::nextOther);
    AtomicLong hot = new AtomicLong();
    singleChanges("the hot key", () -> FIRST_HOT_NOTE + hot.getAndIncrement() % ENTRIES);
    change(
        "rename over " + KEYS + " keys",
        "UPDATE users SET name = 'Ada L.' WHERE id = " + EVERYWHERE,
        new Written(0, ENTRIES, 0));
    change(
        "rename in the hot key",
        "UPDATE users SET name = 'Bob M.' WHERE id = " + OF_THE_HOT_KEY,
        new Written(0, ENTRIES, 0));
    change(
        "move of the hot key",
        "UPDATE boxes SET owner = -1 WHERE id = " + HOT,
        new Written(ENTRIES, 0, ENTRIES));
    change("row is gone", "DELETE FROM users WHERE id = " + EVERYWHERE, new Written(0, ENTRIES, 0));
    assertStoreEqualsMySql();
    assertThat(maxLags)
        .as("lag of others in ms, for each %d entries that are written", ENTRIES)
        .allSatisfy((what, lag) -> assertThat(lag).isLessThan((double) FRESHNESS.toMillis()));
    if (FULL) {
      assertThat(meanwhile).as("checkpoints within a change").isPositive();
    }
  }

  private void assertStoreEqualsMySql() throws SQLException {
    String stored =
        "SELECT concat(%s FROM (SELECT ('x' || left(md5(concat_ws(' ', owner, id, text,"
            + " coalesce(name, 'NULL'))), 7))::bit(28)::int::bigint AS h FROM %s.notes_of) e";
    String expected =
        "SELECT concat(%s FROM (SELECT CONV(LEFT(MD5(CONCAT_WS(' ', b.owner, n.id, n.text,"
            + " COALESCE(u.name, 'NULL'))), 7), 16, 10) * 1 AS h FROM notes n JOIN boxes b ON b.id"
            + " = n.box LEFT JOIN users u ON u.id = n.author) e";
    assertThat(fingerprint(job.store(), stored.formatted("count(*), ' ', sum(h))", job.name())))
        .isEqualTo(fingerprint(job.source(), expected.formatted("count(*), ' ', sum(h))")));
  }

  private long nextOther() {
    return FIRST_OTHER_NOTE + nextOther.getAndIncrement() % OTHER_NOTES;
  }

  /** Changes of single notes while nothing else happens. */
  private void singleChanges(String what, LongSupplier notes) throws Exception {
    Written before = written();
    try (OthersLoad load = new OthersLoad(job, notes)) {
      pass(Duration.ofSeconds(FULL ? 5 : 2));
      int commits = load.stop();
      System.out.println("single changes in " + what + ": " + load.lags());
      assertWritten(before, new Written(0, commits, 0));
    }
  }

  /** One transaction that changes very many entries, while others change. */
  private void change(String what, String sql, Written expected) throws Exception {
    Written before = written();
    try (OthersLoad load = new OthersLoad(job, this::nextOther);
        Statement source = job.source().createStatement()) {
      pass(Duration.ofSeconds(1));
      load.lags();
      resetHeap();
      CpuTime cpu = CpuTime.now();
      long from = System.currentTimeMillis();
      source.execute(sql);
      long committed = System.nanoTime();
      await(JobUnderTest.end(source));
      long done = System.nanoTime();
      long to = System.currentTimeMillis();
      CpuTime taken = CpuTime.now().minus(cpu);
      int commits = load.stop();
      OthersLoad.Lags lags = load.lags();
      System.out.printf(
          "%s: %,d entries in %.2f s; others meanwhile %s; heap at most %d of %d MB%n",
          what,
          ENTRIES,
          seconds(committed, done),
          lags,
          heap(),
          Runtime.getRuntime().maxMemory() >> 20);
      System.out.println("  " + taken);
      checkpoints(from, to);
      assertWritten(
          before, new Written(expected.inserted, expected.updated + commits, expected.deleted));
      long written = expected.inserted + expected.updated + expected.deleted;
      maxLags.put(what, lags.max() * ENTRIES / written);
    }
  }

  /** Prints those that were under way while a change was; all of them must complete. */
  private void checkpoints(long from, long to) throws Exception {
    List<AbstractCheckpointStats> during = during(from, to);
    while (during.stream().anyMatch(each -> each.getStatus().isInProgress())) {
      LockSupport.parkNanos(20_000_000);
      during = during(from, to);
    }
    for (AbstractCheckpointStats each : during) {
      long begun = each.getTriggerTimestamp();
      long end = each.getLatestAckTimestamp();
      boolean within = begun >= from && end <= to;
      meanwhile += within ? 1 : 0;
      System.out.printf(
          "  checkpoint from %d ms after the commit to %d ms, %,d bytes%s%n",
          begun - from, end - from, each.getStateSize(), within ? ": within the change" : "");
      assertThat(each.getStatus()).isEqualTo(CheckpointStatsStatus.COMPLETED);
    }
  }

  private List<AbstractCheckpointStats> during(long from, long to) throws Exception {
    return flink.checkpoints(job.id()).stream()
        .filter(each -> each.getTriggerTimestamp() <= to)
        .filter(each -> each.getStatus().isInProgress() || each.getLatestAckTimestamp() >= from)
        .toList();
  }

  private void await(long place) throws Exception {
    String sql = "SELECT min(version) FROM " + job.name() + ".progress";
    long end = System.nanoTime() + DEADLINE.toNanos();
    try (Connection store = LocalServers.postgres().connect();
        Statement statement = store.createStatement()) {
      while (true) {
        try (ResultSet row = statement.executeQuery(sql)) {
          row.next();
          if (row.getLong(1) >= place) {
            return;
          }
        }
        assertThat(System.nanoTime()).as("no progress").isLessThan(end);
        LockSupport.parkNanos(10_000_000);
      }
    }
  }

  /** Postgres counts with a delay. */
  private void assertWritten(Written before, Written expected) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (!written().minus(before).equals(expected) && System.nanoTime() < end) {
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(written().minus(before)).isEqualTo(expected);
  }

  private Written written() throws SQLException {
    String sql =
        "SELECT n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables WHERE schemaname = '"
            + job.name()
            + "' AND relname = 'notes_of_g1'";
    try (Statement statement = job.store().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return new Written(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }

  /** Both fingerprints are of all entries in their order. */
  private static String fingerprint(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  private static void resetHeap() {
    System.gc();
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      pool.resetPeakUsage();
    }
  }

  private static long heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        >> 20;
  }

  private static double seconds(long from, long to) {
    return Duration.ofNanos(to - from).toMillis() / 1000.0;
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
