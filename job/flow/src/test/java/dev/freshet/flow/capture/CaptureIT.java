package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.view.CanonicalTime;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import dev.freshet.view.Version;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Capture against a real MySQL. */
class CaptureIT {
  private static final int ROWS = 3000;

  private SourceDatabase source;
  private JobPlan plan;

  @BeforeEach
  void createTables() throws Exception {
    source = new SourceDatabase();
    source.createInbox();
    plan = SamplePlan.inbox(source.name());
  }

  @AfterEach
  void close() throws Exception {
    source.close();
  }

  @Test
  void transactionsStayWholeWhileTheSnapshotIsRead() throws Exception {
    source.fillInbox(ROWS);
    Writer writer = new Writer(source, 42);
    writer.begin();
    try (LogProbe log = LogProbe.start(plan, source.options().withChunkSize(1500))) {
      log.await("20 watermarks", () -> log.watermarks().size() > 20);
      int after = writer.committed();
      log.await("300 transactions more", () -> writer.committed() > after + 300);
      long end = writer.end();
      log.awaitWatermark(end);

      assertNothingIsLate(log.items());
      assertThat(writer.ends())
          .as("each watermark is the end of one")
          .containsAll(log.watermarks());
      assertThat(log.watermarks()).hasSizeGreaterThan(20);
      assertThat(log.watermarks().get(log.watermarks().size() - 1)).isEqualTo(end);
      assertTransactionsAreWhole(log.events(), writer);
      assertEqualsTheTables(log.events());
    }
  }

  @Test
  void handsOverWhenNothingIsWritten() throws Exception {
    source.fillInbox(50);
    assertHandsOverIdle();
  }

  @Test
  void handsOverIdleAfterAnEmptyFile() throws Exception {
    source.fillInbox(50);
    source.execute("FLUSH BINARY LOGS");
    assertHandsOverIdle();
  }

  @Test
  void handsOverIdleAfterStatementsThatAreNoTransactions() throws Exception {
    source.execute("FLUSH BINARY LOGS");
    source.execute("CREATE TABLE elsewhere (id INT PRIMARY KEY)");
    source.execute("CREATE USER IF NOT EXISTS nobody@localhost");
    assertHandsOverIdle();
  }

  private void assertHandsOverIdle() throws Exception {
    long position = source.position();
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      assertThat(log.awaitWatermark(1)).isEqualTo(position);
      assertEqualsTheTables(log.events());
      assertThat(log.marks().get(0).version()).isEqualTo(position);
    }
  }

  @Test
  void aWatermarkIsWhereMysqlSaysTheTransactionEnds() throws Exception {
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      List<String> statements =
          List.of(
              "INSERT INTO users VALUES (1, 'a', NULL)",
              "INSERT INTO messages (body) VALUES ('not captured')",
              "CREATE TABLE more (id INT PRIMARY KEY) AS SELECT 1 AS id",
              "ALTER TABLE messages ADD COLUMN n INT",
              "CREATE TABLE plain (id INT) ENGINE = MyISAM",
              "INSERT INTO plain VALUES (1)",
              "CREATE USER IF NOT EXISTS someone@localhost",
              "GRANT SELECT ON *.* TO someone@localhost",
              "FLUSH BINARY LOGS",
              "DROP TABLE more",
              "ANALYZE TABLE users",
              "REPLACE INTO users VALUES (1, 'b', NULL)");
      for (String statement : statements) {
        source.execute(statement);
        long end = source.position();
        assertThat(log.awaitWatermark(end)).as(statement).isEqualTo(end);
      }
      assertNothingIsLate(log.items());
      assertEqualsTheTables(log.events());
    }
  }

  @Test
  void goesOnInTheMiddleOfATransaction() throws Exception {
    int rows = 8_000;
    source.fillInbox(rows);
    List<LogProbe.Item> all = new ArrayList<>();
    String savepoint;
    long handOver;
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      handOver = log.awaitWatermark(1);
      int before = log.events().size();
      log.slowDown();
      source.execute("START TRANSACTION");
      source.execute("UPDATE participants SET counterpart_id = counterpart_id + 1");
      source.execute("UPDATE users SET name = CONCAT(name, '!')");
      source.execute("DELETE FROM conversations WHERE id % 2 = 0");
      source.execute("COMMIT");
      log.await("the transaction's first event", () -> log.events().size() > before);
      savepoint = log.stopWithSavepoint();
      assertThat(log.watermarks()).as("it came in time").containsExactly(handOver);
      all.addAll(log.items());
    }
    long end = source.position();
    source.execute("INSERT INTO users VALUES (-1, 'later', NULL)");
    long later = source.position();
    try (LogProbe log = LogProbe.start(plan, source.options(), savepoint, StoreProgress.NONE)) {
      log.awaitWatermark(later);
      assertThat(log.items().stream().filter(i -> !(i instanceof LogProbe.Item.Marked)).findFirst())
          .get()
          .isInstanceOfSatisfying(
              LogProbe.Item.Passed.class,
              first -> assertThat(first.watermark()).isEqualTo(handOver));
      assertNothingIsLate(log.items());
      all.addAll(log.items());
    }
    List<Event> events = new ArrayList<>();
    for (LogProbe.Item item : all) {
      if (item instanceof LogProbe.Item.Sent sent) {
        events.add(sent.event());
      }
    }
    assertEqualsTheTables(events);
    Map<Long, List<Event>> byVersion = Rebuilt.byVersion(events);
    assertThat(byVersion).as("snapshot and two transactions").hasSize(3);
    for (List<Event> each : byVersion.values()) {
      if (each.get(0).version() > 0) {
        assertOrdersGrow(each);
      }
    }
    assertThat(end).isGreaterThan(handOver);
  }

  @Test
  void resumesFromASavepointTakenDuringTheSnapshot() throws Exception {
    source.fillInbox(4000);
    SourceOptions options = source.options().withChunkSize(1000);
    List<Event> events = new ArrayList<>();
    String savepoint;
    try (LogProbe log = LogProbe.start(plan, options)) {
      log.slowDown();
      log.await("the first chunk", () -> !log.events().isEmpty());
      savepoint = log.stopWithSavepoint();
      assertThat(log.watermarks()).as("it came in time").isEmpty();
      events.addAll(log.events());
    }
    source.execute("UPDATE users SET name = CONCAT(name, '!') WHERE id % 3 = 0");
    source.execute("DELETE FROM conversations WHERE id % 5 = 0");
    try (LogProbe log = LogProbe.start(plan, options, savepoint, StoreProgress.NONE)) {
      log.awaitWatermark(source.position());
      assertNothingIsLate(log.items());
      events.addAll(log.events());
    }
    assertEqualsTheTables(events);
  }

  @Test
  void stopsAtTheProgressOfTheStore() throws Exception {
    source.fillInbox(20);
    String savepoint;
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      savepoint = log.stopWithSavepoint();
    }
    List<Long> stops = new ArrayList<>();
    long end = 0;
    for (int i = 1; i <= 200; i++) {
      source.execute("UPDATE users SET name = 'n" + i + "' WHERE id = " + (1 + i % 20));
      end = source.position();
      if (i % 40 == 17) {
        stops.add(end);
      }
    }
    ArrayList<Long> promised = new ArrayList<>(stops);
    try (LogProbe log = LogProbe.start(plan, source.options(), savepoint, new Stops(promised))) {
      log.awaitWatermark(end);
      assertThat(log.watermarks()).containsAll(stops).hasSizeLessThan(100);
      assertNothingIsLate(log.items());
    }
  }

  private record Stops(ArrayList<Long> promised) implements StoreProgress {
    @Override
    public List<Long> above(long version) {
      return promised;
    }

    @Override
    public Set<Key> roots(JobPlan plan, Collection<Key> keys, long version) {
      return Set.of();
    }
  }

  @Test
  void refusesStateOfOtherViews() throws Exception {
    String savepoint;
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      savepoint = log.stopWithSavepoint();
    }
    JobPlan other = SamplePlan.inbox(source.name(), "another");
    try (LogProbe log = LogProbe.start(other, source.options(), savepoint, StoreProgress.NONE)) {
      assertThat(log.awaitFailure())
          .isInstanceOf(SourceFault.class)
          .hasMessageContaining("another");
    }
  }

  @Test
  void rowsThatVanishWithoutEventsAreTheEndOfTheView() throws Exception {
    source.fillInbox(20);
    for (String statement :
        List.of(
            "TRUNCATE TABLE users", "RENAME TABLE users TO u2", "DROP TABLE u2, conversations")) {
      try (LogProbe log = LogProbe.start(plan, source.options())) {
        log.awaitWatermark(1);
        int told = log.events().size();
        source.execute(statement);
        long end = source.position();
        ViewFault fault = log.awaitFault();
        assertThat(fault.version()).as(statement).isEqualTo(end);
        assertThat(fault.reason()).isEqualTo(Reason.SCHEMA_CHANGED);
        assertThat(fault.message())
            .contains(
                source.name(), statement.substring(0, 6), Version.print(end), "freshet submit");
        source.execute("UPDATE participants SET counterpart_id = 1");
        log.awaitWatermark(source.position());
        assertThat(log.events()).as("the view is told nothing more").hasSize(told);
        assertFaultSurvives(log, fault);
      }
      source.execute("CREATE TABLE IF NOT EXISTS users (id BIGINT PRIMARY KEY, name VARCHAR(255))");
    }
  }

  private void assertFaultSurvives(LogProbe log, ViewFault fault) throws Exception {
    try (LogProbe restored =
        LogProbe.start(plan, source.options(), log.stopWithSavepoint(), StoreProgress.NONE)) {
      restored.awaitWatermark(source.position());
      assertThat(restored.faults()).containsExactly(fault);
      source.execute("UPDATE participants SET counterpart_id = counterpart_id + 1");
      restored.awaitWatermark(source.position());
      assertThat(restored.events()).isEmpty();
    }
  }

  @Test
  void xaTransactionsAreTheEndOfTheView() throws Exception {
    source.execute("CREATE TABLE elsewhere (id INT PRIMARY KEY)");
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      xa("'w'", "INSERT INTO elsewhere VALUES (1)", "XA PREPARE 'w'");
      source.execute("XA COMMIT 'w'");
      log.awaitWatermark(source.position());
      assertThat(log.faults()).as("it writes no captured table").isEmpty();

      long before = source.position();
      xa("'x'", "INSERT INTO users VALUES (1, 'a', NULL)", "XA PREPARE 'x'");
      long prepared = source.position();
      ViewFault fault = log.awaitFault();
      log.awaitWatermark(prepared);
      source.execute("XA ROLLBACK 'x'");
      xa("'y'", "INSERT INTO users VALUES (2, 'b', NULL)", "XA COMMIT 'y' ONE PHASE");
      log.awaitWatermark(source.position());
      assertThat(fault.version()).isBetween(before + 1, prepared);
      assertThat(fault.reason()).isEqualTo(Reason.UNTOLD_WRITE);
      assertThat(fault.message()).contains("XA", source.name() + ".users", "freshet submit");
      assertThat(log.watermarks())
          .as("none inside of an XA transaction")
          .noneMatch(watermark -> watermark > before && watermark < prepared);
      assertThat(log.events()).isEmpty();
      assertThat(log.faults()).hasSize(1);
      assertFaultSurvives(log, fault);
    }
  }

  private void xa(String id, String write, String end) throws Exception {
    source.execute("XA START " + id);
    source.execute(write);
    source.execute("XA END " + id);
    source.execute(end);
  }

  @Test
  void asOfGoesOnWhateverUsesAGtid() throws Exception {
    source.fillInbox(20);
    try (LogProbe log = LogProbe.start(plan, source.options())) {
      log.awaitWatermark(1);
      List<String> statements =
          List.of(
              "DO 1",
              "CREATE DATABASE IF NOT EXISTS capture_elsewhere",
              "CREATE TABLE capture_elsewhere.t" + System.nanoTime() + " (id INT PRIMARY KEY)",
              "CREATE USER IF NOT EXISTS anyone@localhost",
              "GRANT SELECT ON *.* TO anyone@localhost",
              "INSERT INTO messages (body) VALUES ('not captured')",
              "INSERT INTO users VALUES (100, 'a', NULL)",
              "FLUSH BINARY LOGS");
      for (String statement : statements) {
        source.execute(statement);
        long done = System.currentTimeMillis();
        log.await(
            "as of after " + statement,
            () -> log.marks().stream().anyMatch(mark -> mark.asOf() > done));
        long took = System.currentTimeMillis() - done;
        assertThat(took).as("milliseconds after " + statement).isLessThan(5000);
      }
      assertThat(log.marks())
          .isSortedAccordingTo(
              Comparator.comparingLong(WatermarkInfo::version)
                  .thenComparingLong(WatermarkInfo::asOf));
    }
  }

  private static void assertNothingIsLate(List<LogProbe.Item> items) {
    long watermark = 0;
    long version = 0;
    for (LogProbe.Item item : items) {
      if (item instanceof LogProbe.Item.Passed passed) {
        assertThat(passed.watermark()).isGreaterThan(watermark);
        watermark = passed.watermark();
      } else if (item instanceof LogProbe.Item.Sent sent) {
        long at = sent.event().version();
        assertThat(at == 0 ? watermark == 0 : at > watermark && at >= version)
            .as("%s after %s", sent.event(), Version.print(watermark))
            .isTrue();
        version = Math.max(version, at);
      }
    }
  }

  private static void assertOrdersGrow(List<Event> events) {
    long order = -1;
    for (Event event : events) {
      assertThat(event.order()).isGreaterThan(order);
      order = event.order();
    }
  }

  private static void assertTransactionsAreWhole(List<Event> events, Writer writer) {
    Map<Long, List<Event>> byVersion = new TreeMap<>(Rebuilt.byVersion(events));
    byVersion.remove(Version.NONE);
    int complete = 0;
    for (Map.Entry<Long, List<Event>> each : byVersion.entrySet()) {
      assertOrdersGrow(each.getValue());
      Integer expected = writer.rowsOf(each.getKey());
      long rows = each.getValue().stream().filter(e -> e instanceof Event.RowChange).count();
      // While chunks are read, what a chunk shows already is not told again.
      assertThat(rows).isLessThanOrEqualTo(expected);
      complete += rows == expected ? 1 : 0;
    }
    assertThat(complete).isGreaterThan(300);
  }

  private void assertEqualsTheTables(List<Event> events) throws SQLException {
    Rebuilt rebuilt = Rebuilt.of(events);
    for (JobPlan.Node node : plan.nodes()) {
      assertThat(rebuilt.rowsOf(node)).as(node.plan().table().name()).isEqualTo(rows(node));
    }
    assertThat(rebuilt.subscriptions()).isEqualTo(rebuilt.subscriptionsCalledFor(plan));
  }

  private Set<List<Object>> rows(JobPlan.Node node) throws SQLException {
    Set<List<Object>> found = new HashSet<>();
    try (Statement statement = source.connection().createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT " + columns(node) + " FROM " + node.plan().table().name())) {
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= node.plan().table().columns().size(); i++) {
          Object value = result.getObject(i);
          row.add(
              value instanceof LocalDateTime time
                  ? (Object) CanonicalTime.micros(time)
                  : value instanceof String ? value : value == null ? null : longOf(value));
        }
        found.add(row);
      }
    }
    return found;
  }

  private static Long longOf(Object value) {
    return value instanceof Boolean flag ? (flag ? 1L : 0L) : ((Number) value).longValue();
  }

  private static String columns(JobPlan.Node node) {
    List<String> names = new ArrayList<>();
    node.plan().table().columns().forEach(column -> names.add(column.name()));
    return String.join(", ", names);
  }

  /** One writer of transactions over all tables, who writes down where each ended. */
  private static final class Writer {
    private final SourceDatabase source;
    private final Random random;
    private final AtomicBoolean stop = new AtomicBoolean();
    private final TreeMap<Long, Integer> rowsByEnd = new TreeMap<>();
    private CompletableFuture<Void> running;

    Writer(SourceDatabase source, long seed) throws SQLException {
      this.source = source;
      this.random = new Random(seed);
      wrote(0);
    }

    void begin() {
      running =
          CompletableFuture.runAsync(
              () -> {
                try {
                  while (!stop.get()) {
                    transaction();
                  }
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
    }

    private void transaction() throws SQLException {
      int id = 1 + random.nextInt(ROWS);
      int kind = random.nextInt(8);
      if (kind == 0) {
        source.execute("INSERT INTO messages (body) VALUES ('x')");
        wrote(0);
        return;
      }
      source.execute("START TRANSACTION");
      int rows = 0;
      rows += update("UPDATE users SET name = 'r" + random.nextInt() + "' WHERE id = " + id);
      rows +=
          update(
              "UPDATE conversations SET last_message_at = last_message_at + INTERVAL 1 MICROSECOND"
                  + " WHERE id BETWEEN "
                  + id
                  + " AND "
                  + (id + 3));
      source.execute("INSERT INTO messages (body) VALUES ('y')");
      rows +=
          update(
              "UPDATE participants SET counterpart_id = "
                  + random.nextInt()
                  + " WHERE conversation_id = "
                  + id);
      if (kind < 4) {
        rows += update("DELETE FROM conversations WHERE id = " + (ROWS + id));
        rows += update("INSERT INTO conversations VALUES (" + (ROWS + id) + ", 1, NOW(6), 0)");
        rows += update("UPDATE conversations SET site_id = 2 WHERE id = " + (ROWS + id));
      }
      source.execute("COMMIT");
      wrote(rows);
    }

    private int update(String sql) throws SQLException {
      try (Statement statement = source.connection().createStatement()) {
        return statement.executeUpdate(sql);
      }
    }

    private synchronized void wrote(int rows) throws SQLException {
      rowsByEnd.put(source.position(), rows);
    }

    synchronized int committed() {
      return rowsByEnd.size();
    }

    synchronized Set<Long> ends() {
      return new HashSet<>(rowsByEnd.keySet());
    }

    /** Row changes of the transaction that begins at a version. */
    synchronized Integer rowsOf(long begin) {
      return rowsByEnd.higherEntry(begin).getValue();
    }

    /** Stops; returns where the last transaction ended. */
    long end() {
      stop.set(true);
      running.join();
      synchronized (this) {
        return rowsByEnd.lastKey();
      }
    }
  }
}
