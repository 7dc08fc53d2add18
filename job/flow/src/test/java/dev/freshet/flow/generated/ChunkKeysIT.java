package dev.freshet.flow.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.view.TestSize;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tables with primary keys of many types, or unique keys in their place, read in small chunks while
 * they are written to.
 */
class ChunkKeysIT {
  private static final int ROWS = 60;
  private static final int CHUNK_SIZE = 15;
  private static final int CHANGES = 6000;

  /** Key types, and the SQL of the i-th value, not in the order of i. */
  private static final Map<String, String> KEYS =
      new TreeMap<>(
          Map.of(
              "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin",
              "CONCAT(ELT(1 + %1$d %% 5, 'a', 'B', 'ä', '😀', '�'), %1$d)",
              "BINARY(16)",
              "UNHEX(MD5(%1$d))",
              "VARBINARY(16)",
              "UNHEX(LEFT(MD5(%1$d), 6 + 2 * (%1$d %% 9)))",
              "DATE",
              "'1960-01-01' + INTERVAL %1$d * 397 DAY",
              "DATETIME(6)",
              "'1960-01-01' + INTERVAL %1$d * 34567891234567 MICROSECOND",
              "TIMESTAMP(6)",
              "'1971-01-01' + INTERVAL %1$d * 3456789123456 MICROSECOND",
              "DECIMAL(12,4)",
              "%1$d * 7.75 - 100",
              "BIGINT UNSIGNED",
              "%1$d * 1000000000000",
              "TINYINT UNSIGNED",
              "%1$d * 3"));

  private static MiniFlink flink;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    flink = new MiniFlink(1);
  }

  @AfterAll
  static void stop() {
    flink.close();
  }

  @Test
  void noChangeIsLostWhileChunksAreRead() throws Exception {
    long seed = TestSize.seed();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    List<String> types = List.copyOf(KEYS.keySet());
    try (JobUnderTest job = new JobUnderTest("chunk_keys");
        Statement statement = job.source().createStatement()) {
      List<String> views = new ArrayList<>();
      for (int t = 0; t < types.size(); t++) {
        statement.execute(
            "CREATE TABLE t%d (id %s NOT NULL %s, n INT NOT NULL)"
                .formatted(t, types.get(t), random.nextBoolean() ? "PRIMARY KEY" : "UNIQUE"));
        for (int i = 0; i < ROWS; i++) {
          statement.execute("INSERT INTO t" + t + " SELECT " + key(types, t, i) + ", 0");
        }
        views.add(
            "CREATE MATERIALIZED TABLE v%1$d (PRIMARY KEY (n, id) NOT ENFORCED) PARTITIONED BY (n)"
                    .formatted(t)
                + " FRESHNESS = INTERVAL '1' SECOND AS SELECT n, id FROM t"
                + t);
      }
      job.start(folder, views, 1, CHUNK_SIZE);
      int changes = 0;
      while (changes < CHANGES && !job.handedOver()) {
        change(statement, types, random, ++changes);
      }
      job.awaitProgress();
      List<String> differences = new ArrayList<>();
      for (int t = 0; t < types.size(); t++) {
        List<String> expected = column(job.source(), "SELECT n FROM t" + t + " ORDER BY n");
        List<String> actual =
            column(job.store(), "SELECT n FROM " + job.name() + ".v" + t + " ORDER BY n");
        if (!actual.equals(expected)) {
          List<String> missing = new ArrayList<>(expected);
          actual.forEach(missing::remove);
          actual.removeAll(expected);
          differences.add(types.get(t) + ": missing " + missing + ", extra " + actual);
        }
      }
      System.out.println(changes + " changes while the snapshot was read");
      assertThat(differences).isEmpty();
    }
  }

  /** Each change has a number of its own, so that a lost one is seen. */
  private static void change(Statement statement, List<String> types, Random random, int number)
      throws SQLException {
    int t = random.nextInt(types.size());
    String key = key(types, t, random.nextInt(ROWS));
    switch (random.nextInt(4)) {
      case 0 -> statement.execute("DELETE FROM t" + t + " WHERE id = " + key);
      case 1 -> statement.execute("REPLACE INTO t" + t + " SELECT " + key + ", " + number);
      default -> statement.execute("UPDATE t" + t + " SET n = " + number + " WHERE id = " + key);
    }
  }

  private static String key(List<String> types, int table, int place) {
    return KEYS.get(types.get(table)).formatted(place);
  }

  private static List<String> column(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }
}
