package dev.freshet.flow;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.configuration.StateBackendOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers see all changes of a very large transaction at once, and the heap stays bounded. */
class HugeTransactionIT {
  private static final int ROWS = FULL ? 1_000_000 : 30_000;
  private static final String DIGEST =
      "SELECT CONCAT(count(*), ' ', sum(id), ' ', sum(owner), ' ', sum(length(name))) FROM %s";

  @Test
  void aTransactionOfVeryManyRowsTakesEffectWhole(@TempDir Path folder) throws Exception {
    try (MiniFlink flink = new MiniFlink(2);
        JobUnderTest job =
            new JobUnderTest("huge_" + System.nanoTime())
                .withCheckpointsEvery(Duration.ofSeconds(10))
                .with(StateBackendOptions.STATE_BACKEND, "rocksdb");
        Statement source = job.source().createStatement()) {
      source.execute(
          "CREATE TABLE many (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, name VARCHAR(99))");
      job.start(
          folder,
          List.of(
              """
              CREATE MATERIALIZED TABLE v_many (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
              AS SELECT m.owner, m.id, m.name FROM many m ORDER BY id
              """),
          1,
          50_000);
      job.awaitProgress();
      source.execute("SET SESSION cte_max_recursion_depth = 10000000");
      long peak = peak(true);
      String insert =
          "INSERT INTO many WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i"
              + " < %d) SELECT i, i %% 1000, CONCAT('the row of number ', i) FROM n";
      String rows = run(job, source, "inserted", "0   ", insert.formatted(ROWS));
      rows = run(job, source, "updated", rows, "UPDATE many SET name = CONCAT(name, '!')");
      run(job, source, "deleted", rows, "DELETE FROM many WHERE id % 2 = 0");
      System.out.printf(
          "heap: %d MB before, at most %d MB, of %d MB%n",
          peak, peak(false), Runtime.getRuntime().maxMemory() >> 20);
    }
  }

  private static String run(
      JobUnderTest job, Statement source, String what, String before, String sql) throws Exception {
    long begin = System.nanoTime();
    source.execute(sql);
    long committed = System.nanoTime();
    try (Statement store = job.store().createStatement()) {
      String stored = DIGEST.formatted(job.name() + ".v_many");
      Set<String> seen = new LinkedHashSet<>(Set.of(before));
      String expected = only(source, DIGEST.formatted("many"));
      long end = committed + Duration.ofMinutes(5).toNanos();
      while (!seen.contains(expected) && System.nanoTime() < end) {
        seen.add(String.valueOf(only(store, stored)));
        LockSupport.parkNanos(100_000_000);
      }
      assertThat(seen).as("no half of it was seen").containsExactlyInAnyOrder(before, expected);
      job.awaitProgress();
      System.out.printf(
          "a transaction of %,d rows, %s: %,d ms to write, right %,d ms later%n",
          ROWS, what, (committed - begin) / 1_000_000, (System.nanoTime() - committed) / 1_000_000);
      return expected;
    }
  }

  private static String only(Statement statement, String sql) throws SQLException {
    try (ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /**
   * Returns the peak use of the heap in MB since the last reset.
   *
   * @param reset whether to reset the peak
   */
  private static long peak(boolean reset) {
    long bytes = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getType() == MemoryType.HEAP) {
        bytes += pool.getPeakUsage().getUsed();
        if (reset) {
          pool.resetPeakUsage();
        }
      }
    }
    return bytes >> 20;
  }
}
