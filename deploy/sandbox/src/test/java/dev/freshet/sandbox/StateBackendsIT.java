package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.sandbox.sample.SampleSource;
import dev.freshet.servers.FlinkConfig;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same source loaded, and the same backlog caught up with, on the heap and in RocksDB, in turns
 * and in one run. In the small size what it takes is printed and RocksDB is asked what it was
 * given; in the full size RocksDB must also come close to the heap.
 */
class StateBackendsIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final String SOURCE = "backends";

  /** In the full size 703,000 rows of the view's three tables. */
  private static final int CONVERSATIONS = FULL ? 233_000 : 2_000;

  private static final int USERS = FULL ? 4_000 : 500;
  private static final int SENDS = 400_000;
  private static final int HEAP_TASK_MANAGER_MB = 4_000;
  private static final double LEAST_OF_LOAD = 0.5;
  private static final double LEAST_OF_CATCH_UP = 0.7;
  private static final long MIB = 1L << 20;

  /** Transactions of a message each, spread over all conversations. */
  private static final String SEND =
      """
      CREATE PROCEDURE send(IN messages INT, IN conversations INT)
      BEGIN
        DECLARE i INT DEFAULT 0;
        DECLARE c, u BIGINT;
        WHILE i < messages DO
          SET c = 1 + (i * 7919) % conversations;
          START TRANSACTION;
          SELECT MIN(user_id) INTO u FROM participants WHERE conversation_id = c;
          INSERT INTO messages (conversation_id, sender_id, sent_at, body)
            VALUES (c, u, NOW(6), 'hello');
          UPDATE conversations SET last_message_at = NOW(6), archived = 0 WHERE id = c;
          UPDATE participants SET last_read_at = NOW(6) WHERE conversation_id = c AND user_id = u;
          COMMIT;
          SET i = i + 1;
        END WHILE;
      END
      """;

  @TempDir private Path folder;

  @Test
  void rocksDbHasItsMemoryAndFiltersAndComesCloseToTheHeap() throws Exception {
    fillSource();
    FlinkConfig flink =
        FlinkConfig.in(folder.resolve("flink-rocksdb")).withSlots(1).withRocksDb(1024);
    try (BackendUnderTest rocksDb = start("rocksdb_answers", flink)) {
      if (FULL) {
        comesCloseToTheHeap(rocksDb);
      } else {
        System.out.println("load in RocksDB: " + rocksDb.load());
      }
      hasWhatItIsGiven(rocksDb);
    }
  }

  private void comesCloseToTheHeap(BackendUnderTest rocksDb) throws Exception {
    FlinkConfig flink =
        FlinkConfig.in(folder.resolve("flink-heap")).withMemoryMb(900, HEAP_TASK_MANAGER_MB);
    try (BackendUnderTest heap = start("heap_answers", flink)) {
      BackendUnderTest.Took heapLoad = heap.load();
      heap.stop();
      settle();
      BackendUnderTest.Took rocksDbLoad = rocksDb.load();
      rocksDb.stop();
      send();
      settle();
      BackendUnderTest.Took heapCatchUp = heap.catchUp();
      heap.stop();
      settle();
      BackendUnderTest.Took rocksDbCatchUp = rocksDb.catchUp();

      double load = ratio("load", heapLoad, rocksDbLoad);
      double catchUp = ratio("catch-up of " + SENDS + " transactions", heapCatchUp, rocksDbCatchUp);
      assertThat(load).as("load in RocksDB to load on the heap").isGreaterThan(LEAST_OF_LOAD);
      assertThat(catchUp)
          .as("catch-up in RocksDB to catch-up on the heap")
          .isGreaterThan(LEAST_OF_CATCH_UP);
    }
  }

  private BackendUnderTest start(String name, FlinkConfig flink) throws Exception {
    Path views = Files.createDirectories(folder.resolve("views"));
    new Launcher(name).copyInbox(views);
    return new BackendUnderTest(name, folder, SOURCE, views, flink);
  }

  private static void fillSource() throws Exception {
    LocalServers.mysql().createDatabase(SOURCE);
    try (Connection source =
            DriverManager.getConnection(
                LocalServers.mysql().jdbcUrl(SOURCE) + "&rewriteBatchedStatements=true",
                MySqlAccount.ROOT.user(),
                LocalServers.mysql().password(MySqlAccount.ROOT));
        Statement statement = source.createStatement()) {
      SampleSource sample = new SampleSource(source);
      sample.createTables(ROOT.resolve("sql/source"));
      System.out.println("source: " + sample.fill(USERS, CONVERSATIONS, 20, 42));
      statement.execute("ANALYZE TABLE users, conversations, participants");
      statement.execute(SEND);
    }
  }

  private static void send() throws Exception {
    try (Connection source = LocalServers.mysql().connect(MySqlAccount.ROOT, SOURCE);
        Statement statement = source.createStatement()) {
      // How safe the backlog lies in MySQL is none of this test's matters.
      statement.execute("SET GLOBAL sync_binlog = 0, GLOBAL innodb_flush_log_at_trx_commit = 2");
      try {
        statement.execute("CALL send(" + SENDS + ", " + CONVERSATIONS + ")");
      } finally {
        statement.execute("SET GLOBAL sync_binlog = 1, GLOBAL innodb_flush_log_at_trx_commit = 1");
      }
    }
  }

  /** Postgres cleans up now what it would clean up while the next is measured. */
  private static void settle() throws Exception {
    try (Connection store = LocalServers.postgres().connect();
        Statement statement = store.createStatement()) {
      statement.execute("VACUUM ANALYZE");
      statement.execute("CHECKPOINT");
    }
  }

  private static double ratio(
      String what, BackendUnderTest.Took heap, BackendUnderTest.Took rocksDb) {
    double ratio = (double) heap.wall().toMillis() / rocksDb.wall().toMillis();
    System.out.printf(
        "%s: heap %s; RocksDB %s; %.2f of the heap's speed%n", what, heap, rocksDb, ratio);
    return ratio;
  }

  /** As RocksDB and the task manager say it, not as it was asked for. */
  private static void hasWhatItIsGiven(BackendUnderTest rocksDb) throws Exception {
    // Of 1 GiB a sixth is kept back for what the writes may take beyond their share.
    long cache = 1024 * MIB * 5 / 6;
    JsonNode[] told = {null};
    assertThat(
            Launcher.await(
                Duration.ofSeconds(60),
                () -> {
                  told[0] = rocksDb.status().path("rocksDb");
                  return told[0].path("stateBytes").asLong() > 0;
                }))
        .as("status tells of RocksDB")
        .isTrue();
    System.out.println("status of RocksDB: " + told[0]);
    assertThat(told[0].path("cacheBytes").asLong()).isBetween(cache - MIB, cache);
    assertThat(told[0].path("slots").asInt()).isEqualTo(1);
    assertThat(rocksDbOptions(rocksDb))
        .as("a filter, and indexes of two levels, with filters in parts")
        .contains("filter_policy: rocksdb.BuiltinBloomFilter", "index_type: 2")
        .contains("partition_filters: 1");
    assertThat(rocksDb.explained())
        .anyMatch(line -> line.matches("  rocksdb +a cache of 853 MiB in each of 1 .*: it fits"));
  }

  /** The lines in which RocksDB's log says how a table is read. */
  private static List<String> rocksDbOptions(BackendUnderTest rocksDb) throws IOException {
    try (Stream<Path> files = Files.walk(rocksDb.flink().directory())) {
      Path log =
          files
              .filter(file -> String.valueOf(file.getFileName()).endsWith("_LOG"))
              .findFirst()
              .orElseThrow();
      return Files.readAllLines(log).stream()
          .map(String::strip)
          .filter(line -> line.matches("(filter_policy|index_type|partition_filters): .*"))
          .distinct()
          .toList();
    }
  }
}
