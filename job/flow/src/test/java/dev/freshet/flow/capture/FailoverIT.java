package dev.freshet.flow.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.FreshetJob;
import dev.freshet.flow.JobOptions;
import dev.freshet.flow.JobPlan;
import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.write.StoreOptions;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlConfig;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.PostgresServer;
import dev.freshet.servers.TcpProxy;
import dev.freshet.view.Version;
import dev.freshet.view.source.BinlogEnd;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The source moves to other servers: real ones, which replicate from each other by GTID. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FailoverIT {
  private static final String DATABASE = "moving";
  private static final String SAVEPOINTS =
      Path.of("target", "savepoints").toAbsolutePath().toUri().toString();
  private static final int ROWS = 8_000;
  private static final int CONVERSATIONS = 200;
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final String VIEW =
      "CREATE MATERIALIZED TABLE inbox (PRIMARY KEY (user_id, site_id, conversation_id) NOT"
          + " ENFORCED) PARTITIONED BY (user_id, site_id) WITH ('populate' = 'eager')"
          + " FRESHNESS = INTERVAL '5' SECOND AS SELECT p.user_id, c.site_id, p.conversation_id,"
          + " c.last_message_at, u.name FROM participants p JOIN conversations c ON c.id ="
          + " p.conversation_id LEFT JOIN users u ON u.id = p.counterpart_id WHERE c.archived = 0"
          + " ORDER BY last_message_at DESC";
  private static final String ANSWER =
      "SELECT p.user_id, c.site_id, p.conversation_id, u.name FROM participants p"
          + " JOIN conversations c ON c.id = p.conversation_id"
          + " LEFT JOIN users u ON u.id = p.counterpart_id WHERE c.archived = 0 ORDER BY 1, 2, 3";

  private static MySqlServer a;
  private static MySqlServer b;
  private static MySqlServer c;
  private static PostgresServer postgres;
  private static MiniFlink flink;

  @TempDir private Path folder;

  @BeforeAll
  static void start() throws Exception {
    MySqlConfig first = MySqlConfig.in(LocalServers.newFolder("mysql"));
    List<CompletableFuture<MySqlServer>> starting = new ArrayList<>();
    for (int id = 1; id <= 3; id++) {
      MySqlConfig config =
          id == 1
              ? first
              : MySqlConfig.in(LocalServers.newFolder("mysql"))
                  .withPasswords(first.passwords())
                  .withServerId(id);
      MySqlServer server = new MySqlServer(LocalServers.home(), config);
      starting.add(CompletableFuture.supplyAsync(() -> LocalServers.started(server)));
    }
    postgres = LocalServers.postgres();
    a = starting.get(0).join();
    b = starting.get(1).join();
    c = starting.get(2).join();
    replicate(a, b);
    replicate(a, c);
  }

  @AfterAll
  static void stop() {
    if (flink != null) {
      flink.close();
    }
  }

  @Test
  @Order(1)
  void aTransactionToldInPartIsToldAgainWholeInOneStep() throws Exception {
    try (SourceDatabase source = new SourceDatabase(a);
        TcpProxy proxy = new TcpProxy(a.port())) {
      source.createInbox();
      source.fillInbox(ROWS);
      awaitCaughtUp(a, b);
      JobPlan plan = SamplePlan.inbox(source.name());
      try (LogProbe log = LogProbe.start(plan, source.options(proxy.port()))) {
        log.awaitWatermark(1);
        proxy.leadTo(b.port());
        proxy.cut(1, 300_000);
        if (a.knowsTags()) {
          source.execute("SET gtid_next = 'AUTOMATIC:told_in_part'");
        }
        source.execute("START TRANSACTION");
        source.execute("UPDATE participants SET counterpart_id = counterpart_id + 1");
        source.execute("UPDATE users SET name = CONCAT(name, '!')");
        source.execute("DELETE FROM conversations WHERE id % 2 = 0");
        source.execute("COMMIT");
        awaitCaughtUp(a, b);
        log.awaitWatermark(position(b, 1));
        assertThat(proxy.cutsDone()).isEqualTo(1);

        long changed = 2 * ROWS - ROWS / 3 + ROWS + ROWS / 2;
        assertThat(rowsOfEpoch(log.events(), 0)).isPositive().isLessThan(changed);
        assertThat(rowsOfEpoch(log.events(), 1)).isEqualTo(changed);
        assertThat(log.watermarks().stream().filter(w -> Version.epoch(w) == 0))
            .as("the hand-over alone")
            .hasSize(1);
        List<Event> beforeTheFirst = new ArrayList<>();
        for (LogProbe.Item item : log.items()) {
          if (item instanceof LogProbe.Item.Passed passed
              && Version.epoch(passed.watermark()) == 1) {
            break;
          } else if (item instanceof LogProbe.Item.Sent sent) {
            beforeTheFirst.add(sent.event());
          }
        }
        assertThat(rowsOfEpoch(beforeTheFirst, 1)).isEqualTo(changed);
        Rebuilt rebuilt = Rebuilt.of(log.events());
        assertThat(rebuilt.subscriptions()).isEqualTo(rebuilt.subscriptionsCalledFor(plan));
        assertThat(rebuilt.rowsOf(plan.node(SamplePlan.CONVERSATIONS))).hasSize(ROWS / 2);
        assertThat(rebuilt.rowsOf(plan.node(SamplePlan.USERS)))
            .hasSize(ROWS)
            .allMatch(row -> row.get(1).toString().endsWith("!"));
      }
    }
  }

  @Test
  @Order(1)
  void aSnapshotOfTwoServersIsRefused() throws Exception {
    try (SourceDatabase source = new SourceDatabase(a)) {
      source.createInbox();
      source.fillInbox(4000);
      awaitCaughtUp(a, b);
      JobPlan plan = SamplePlan.inbox(source.name());
      String savepoint;
      SourceOptions options = source.options().withChunkSize(1000);
      try (LogProbe log = LogProbe.start(plan, options)) {
        log.slowDown();
        log.await("the first chunk", () -> !log.events().isEmpty());
        savepoint = log.stopWithSavepoint();
        assertThat(log.watermarks()).as("it came in time").isEmpty();
      }
      SourceOptions moved = source.options(b.port()).withChunkSize(1000);
      try (LogProbe log = LogProbe.start(plan, moved, savepoint, StoreProgress.NONE)) {
        assertThat(log.awaitFailure())
            .isInstanceOf(SourceFault.class)
            .hasMessageContaining("while the snapshot was read; submit the job again");
        assertThat(log.watermarks()).isEmpty();
      }
    }
  }

  @Test
  @Order(2)
  void theJobGoesOnWhereNothingIsLostAndRefusesTheRest() throws Exception {
    // Not before: jobs of capture alone have a cluster of their own.
    flink = new MiniFlink(2);
    Random random = new Random(7);
    a.createDatabase(DATABASE);
    fill(a, random);
    awaitCaughtUp(a, b);
    awaitCaughtUp(a, c);
    try (TcpProxy proxy = new TcpProxy(a.port())) {
      JobClient job = start(proxy.port(), null);
      awaitAnswersOf(a, 0);
      traffic(a, random, 60);
      awaitAnswersOf(a, 0);

      // The source dies; a replica that has everything takes its place.
      execute(c, "STOP REPLICA");
      traffic(a, random, 60);
      awaitCaughtUp(a, b);
      a.kill();
      execute(b, "STOP REPLICA", "RESET REPLICA ALL");
      proxy.leadTo(b.port());
      proxy.drop();
      long switched = System.currentTimeMillis();
      traffic(b, random, 40);
      long fresh = awaitFresh(switched) - switched;
      System.out.printf("running job: %d ms from the switch until answers were fresh%n", fresh);
      traffic(b, random, 40);
      awaitAnswersOf(b, 1);

      // The address means a replica that stayed behind, then the right server again.
      Progress before = progress();
      proxy.leadTo(c.port());
      proxy.drop();
      long away = System.currentTimeMillis();
      execute(c, "CREATE DATABASE elsewhere");
      long deadline = away + DEADLINE.toMillis();
      while (System.currentTimeMillis() - progress().asOf() < 1500) {
        assertThat(System.currentTimeMillis()).as("time goes unconfirmed").isLessThan(deadline);
        LockSupport.parkNanos(10_000_000);
      }
      assertThat(progress().version()).as("nothing is taken from it").isEqualTo(before.version());
      assertThat(progress().asOf()).as("it confirms no time").isLessThan(away + 500);
      execute(c, "DROP DATABASE elsewhere");
      proxy.leadTo(b.port());
      proxy.drop();
      long back = System.currentTimeMillis();
      traffic(b, random, 25);
      System.out.printf("back at the right server: fresh after %d ms%n", awaitFresh(back) - back);
      awaitAnswersOf(b, 1);
      String savepoint = stop(job);

      // Resumed against a replica that stayed behind.
      before = progress();
      long submitted = System.currentTimeMillis();
      assertRefused(
          start(c.port(), savepoint),
          "it is now another server",
          "which lacks transactions that the job has read: ",
          "fail over to a server that has them, or submit the job again");
      System.out.printf("refused after %d ms%n", System.currentTimeMillis() - submitted);
      assertThat(progress().version()).isEqualTo(before.version());
      assertThat(progress().asOf()).isLessThanOrEqualTo(before.asOf());
    }
  }

  @Test
  @Order(3)
  void aSavepointGoesOnAtAnotherAddress() throws Exception {
    Random random = new Random(8);
    rebuild(c, b);
    JobClient job = start(b.port(), lastSavepoint);
    traffic(b, random, 25);
    awaitAnswersOf(b, 1);
    String old = job.triggerSavepoint(SAVEPOINTS, SavepointFormatType.CANONICAL).get();
    awaitCaughtUp(b, c);
    execute(c, "STOP REPLICA");
    traffic(b, random, 25);
    awaitAnswersOf(b, 1);
    job.cancel().get(DEADLINE.toSeconds(), TimeUnit.SECONDS);

    // The store is ahead of the savepoint, and of the server.
    Progress ahead = progress();
    assertRefused(start(c.port(), old), "which lacks transactions that the store holds: ");
    execute(c, "START REPLICA");
    awaitCaughtUp(b, c);
    execute(c, "STOP REPLICA", "RESET REPLICA ALL");
    List<String> rows = rowsOf(b);
    long submitted = System.currentTimeMillis();
    job = start(c.port(), old);
    while (Version.epoch(progress().version()) < 2) {
      assertThat(projection()).as("nothing goes back").isEqualTo(rows);
      assertThat(System.currentTimeMillis() - submitted).isLessThan(DEADLINE.toMillis());
    }
    assertThat(projection()).isEqualTo(rows);
    assertThat(progress().version()).isGreaterThan(ahead.version());
    traffic(c, random, 40);
    long fresh = awaitFresh(submitted) - submitted;
    System.out.printf("resumed elsewhere: %d ms from submit until answers were fresh%n", fresh);
    awaitAnswersOf(c, 2);
    String savepoint = stop(job);
    assertRefused(start(b.port(), old), "to which the source moved after this savepoint");

    // A replica whose binlog begins too late.
    traffic(c, random, 20);
    replicate(c, b);
    awaitCaughtUp(c, b);
    execute(b, "FLUSH BINARY LOGS");
    execute(b, "PURGE BINARY LOGS TO '" + end(b).file() + "'");
    Progress before = progress();
    assertRefused(
        start(b.port(), savepoint),
        "it is now another server",
        "which has purged transactions that the job has not read: ",
        "or submit the job again");
    assertThat(progress().version()).isEqualTo(before.version());
    assertThat(progress().asOf()).isLessThanOrEqualTo(before.asOf());
  }

  private static String lastSavepoint;

  /** Makes a server with transactions of its own a replica without any. */
  private static void rebuild(MySqlServer replica, MySqlServer source) throws SQLException {
    execute(replica, "STOP REPLICA");
    replicate(source, replica);
    awaitCaughtUp(source, replica);
  }

  private static long rowsOfEpoch(List<Event> events, int epoch) {
    return events.stream()
        .filter(event -> event instanceof Event.RowChange && event.version() > 0)
        .filter(event -> Version.epoch(event.version()) == epoch)
        .count();
  }

  private static void replicate(MySqlServer source, MySqlServer replica) throws SQLException {
    execute(
        replica,
        "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '"
            + source.host()
            + "', SOURCE_PORT = "
            + source.port()
            + ", SOURCE_USER = '"
            + MySqlAccount.JOB.user()
            + "', SOURCE_PASSWORD = '"
            + source.password(MySqlAccount.JOB)
            + "', SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1",
        "START REPLICA");
  }

  private static void awaitCaughtUp(MySqlServer source, MySqlServer replica) throws SQLException {
    String executed;
    try (Connection connection = source.connect(MySqlAccount.ROOT, "");
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@global.gtid_executed")) {
      row.next();
      executed = row.getString(1);
    }
    try (Connection connection = replica.connect(MySqlAccount.ROOT, "");
        PreparedStatement wait =
            connection.prepareStatement("SELECT WAIT_FOR_EXECUTED_GTID_SET(?, 30)")) {
      wait.setString(1, executed);
      try (ResultSet row = wait.executeQuery()) {
        row.next();
        assertThat(row.getInt(1)).as("the replica has " + executed).isZero();
      }
    }
  }

  private static void execute(MySqlServer server, String... statements) throws SQLException {
    try (Connection connection = server.connect(MySqlAccount.ROOT, "");
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  private static BinlogEnd end(MySqlServer server) throws SQLException {
    try (Connection connection = server.connect(MySqlAccount.ROOT, "");
        Statement statement = connection.createStatement()) {
      return BinlogEnd.ask(statement);
    }
  }

  private static long position(MySqlServer server, int epoch) throws SQLException {
    return end(server).version(epoch);
  }

  private static void fill(MySqlServer server, Random random) throws SQLException {
    try (Connection connection = server.connect(MySqlAccount.ROOT, DATABASE);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(255))");
      statement.execute(
          "CREATE TABLE conversations (id BIGINT PRIMARY KEY, site_id BIGINT NOT NULL,"
              + " last_message_at DATETIME(6) NOT NULL, archived TINYINT(1) NOT NULL DEFAULT 0)");
      statement.execute(
          "CREATE TABLE participants (conversation_id BIGINT, user_id BIGINT, counterpart_id"
              + " BIGINT, PRIMARY KEY (conversation_id, user_id))");
      connection.setAutoCommit(false);
      for (int i = 0; i < CONVERSATIONS; i++) {
        statement.addBatch("INSERT INTO users VALUES (" + i + ", 'user " + i + "')");
        statement.addBatch("INSERT INTO conversations VALUES (" + i + ", 1, NOW(6), 0)");
        statement.addBatch(
            "INSERT INTO participants VALUES ("
                + i
                + ", 1, "
                + random.nextInt(CONVERSATIONS)
                + ")");
      }
      statement.executeBatch();
      connection.commit();
    }
  }

  private static void traffic(MySqlServer server, Random random, int transactions)
      throws SQLException {
    try (Connection connection = server.connect(MySqlAccount.ROOT, DATABASE);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      boolean tags = server.knowsTags();
      for (int i = 0; i < transactions; i++) {
        if (tags) {
          statement.execute(
              "SET gtid_next = 'AUTOMATIC%s'".formatted(i % 2 == 0 ? ":failover" : ""));
        }
        for (int change = random.nextInt(4); change >= 0; change--) {
          statement.executeUpdate(change(random));
        }
        connection.commit();
      }
    }
  }

  private static String change(Random random) {
    int conversation = random.nextInt(CONVERSATIONS);
    int user = random.nextInt(CONVERSATIONS);
    return switch (random.nextInt(6)) {
      case 0 -> "UPDATE users SET name = 'name " + random.nextInt() + "' WHERE id = " + user;
      case 1 -> "UPDATE conversations SET archived = 1 - archived WHERE id = " + conversation;
      case 2 ->
          "UPDATE participants SET counterpart_id = "
              + user
              + " WHERE conversation_id = "
              + conversation;
      case 3 -> "DELETE FROM users WHERE id = " + user;
      case 4 -> "INSERT IGNORE INTO users VALUES (" + user + ", 'back')";
      default ->
          "REPLACE INTO participants VALUES ("
              + conversation
              + ", "
              + random.nextInt(20)
              + ", "
              + user
              + ")";
    };
  }

  private JobClient start(int port, String savepoint) throws Exception {
    Configuration configuration =
        new Configuration().set(RestartStrategyOptions.RESTART_STRATEGY, "none");
    if (savepoint != null) {
      configuration.setString("execution.savepoint.path", savepoint);
    }
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    FreshetJob.build(options(port), env);
    return env.executeAsync(DATABASE);
  }

  private static String stop(JobClient job) throws Exception {
    lastSavepoint =
        job.stopWithSavepoint(false, SAVEPOINTS, SavepointFormatType.CANONICAL)
            .get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
    return lastSavepoint;
  }

  private static void assertRefused(JobClient job, String... message) {
    var thrown =
        assertThatThrownBy(
            () -> job.getJobExecutionResult().get(DEADLINE.toSeconds(), TimeUnit.SECONDS));
    for (String part : message) {
      thrown.hasStackTraceContaining(part);
    }
  }

  private JobOptions options(int port) throws Exception {
    Path declared = Files.createDirectories(folder.resolve("views"));
    Files.writeString(declared.resolve("inbox.sql"), VIEW);
    return new JobOptions(
        DATABASE,
        declared,
        1,
        128,
        500,
        SourceOptions.of(
            a.host(),
            port,
            MySqlAccount.JOB.user(),
            a.password(MySqlAccount.JOB),
            DATABASE,
            0,
            50_000),
        new StoreOptions(
            postgres.host(),
            postgres.port(),
            "freshet",
            postgres.user(),
            postgres.password(),
            DATABASE),
        Optional.empty(),
        JobUnderTest.HANDLING);
  }

  private record Progress(long version, long asOf) {}

  private static Progress progress() throws SQLException {
    try (Connection store = postgres.connect();
        Statement statement = store.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT min(version + injected), min(as_of) FROM " + DATABASE + ".progress")) {
      row.next();
      OffsetDateTime asOf = row.getObject(2, OffsetDateTime.class);
      return new Progress(row.getLong(1), asOf == null ? 0 : asOf.toInstant().toEpochMilli());
    }
  }

  /** When the projection held all that MySQL had at a time. */
  private static long awaitFresh(long since) throws Exception {
    long deadline = System.currentTimeMillis() + DEADLINE.toMillis();
    while (progress().asOf() < since) {
      assertThat(System.currentTimeMillis()).as("%s", progress()).isLessThan(deadline);
      LockSupport.parkNanos(10_000_000);
    }
    return System.currentTimeMillis();
  }

  /** Waits until the projection is MySQL's own answer; nothing writes meanwhile. */
  private static void awaitAnswersOf(MySqlServer server, int epoch) throws Exception {
    List<String> expected = rowsOf(server);
    assertThat(expected).hasSizeGreaterThan(20);
    long deadline = System.currentTimeMillis() + DEADLINE.toMillis();
    List<String> actual = List.of();
    while (!actual.equals(expected) && System.currentTimeMillis() < deadline) {
      LockSupport.parkNanos(20_000_000);
      actual = projection();
    }
    assertThat(actual).isEqualTo(expected);
    long end = position(server, epoch);
    while (progress().version() < end && System.currentTimeMillis() < deadline) {
      LockSupport.parkNanos(20_000_000);
    }
    assertThat(Version.print(progress().version())).isEqualTo(Version.print(end));
  }

  private static List<String> rowsOf(MySqlServer server) throws SQLException {
    try (Connection connection = server.connect(MySqlAccount.ROOT, DATABASE);
        Statement statement = connection.createStatement()) {
      return rows(statement, ANSWER);
    }
  }

  private static List<String> projection() throws SQLException {
    try (Connection store = postgres.connect();
        Statement statement = store.createStatement()) {
      return isThere(statement)
          ? rows(
              statement,
              "SELECT user_id, site_id, conversation_id, name FROM "
                  + DATABASE
                  + ".inbox ORDER BY 1, 2, 3")
          : List.of();
    }
  }

  private static boolean isThere(Statement statement) throws SQLException {
    try (ResultSet row =
        statement.executeQuery("SELECT to_regclass('" + DATABASE + ".inbox') IS NOT NULL")) {
      row.next();
      return row.getBoolean(1);
    }
  }

  private static List<String> rows(Statement statement, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(
            result.getString(1)
                + "|"
                + result.getString(2)
                + "|"
                + result.getString(3)
                + "|"
                + result.getString(4));
      }
    }
    return rows;
  }
}
