package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerLifeIT {
  private static final Duration DEADLINE = Duration.ofSeconds(60);

  private final Cluster cluster = new Cluster();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeAll
  void startAll() {
    all(
        server -> {
          long begin = System.nanoTime();
          server.start();
          server.ready(DEADLINE);
          System.out.printf(
              "%s: first start %d ms, %d MB%n",
              server.name(), millis(begin), Resident.megabytes(server.pid()));
        });
  }

  @AfterAll
  void stopAll() {
    all(
        server -> {
          long begin = System.nanoTime();
          server.close();
          System.out.printf("%s: stopped in %d ms%n", server.name(), millis(begin));
          assertThat(server.isAlive()).isFalse();
        });
    threads.shutdown();
  }

  private interface Work {
    void accept(Server server) throws Exception;

    private void run(Server server) {
      try {
        accept(server);
      } catch (Exception e) {
        throw new CompletionException(e);
      }
    }
  }

  /** With every server, side by side. */
  private void all(Work work) {
    CompletableFuture.allOf(
            cluster.servers().stream()
                .map(server -> CompletableFuture.runAsync(() -> work.run(server), threads))
                .toArray(CompletableFuture<?>[]::new))
        .join();
  }

  List<Server> servers() {
    return cluster.servers();
  }

  @Test
  void eachRestartsOnItsDataAfterAKill() {
    all(
        server -> {
          long before = server.pid();
          server.kill();
          assertThat(server.isAlive()).isFalse();
          long begin = System.nanoTime();
          server.start(DEADLINE);
          System.out.printf(
              "%s: started again in %d ms, %d MB%n",
              server.name(), millis(begin), Resident.megabytes(server.pid()));
          assertThat(server.pid()).isNotEqualTo(before);
        });
  }

  @ParameterizedTest(autoCloseArguments = false)
  @MethodSource("servers")
  void refusesToRunTwice(Server server) {
    assertThatThrownBy(server::start)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(server.name() + " runs already as process " + server.pid());
  }

  @Test
  void mysqlMakesItsAccountsAgainIfItsFirstStartWasKilled() throws Exception {
    MySqlServer mysql =
        new MySqlServer(
            LocalServers.home(), MySqlConfig.in(LocalServers.newFolder("mysql-accounts")));
    Path accounts = mysql.config().directory().resolve("accounts.sql");
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 4; i++) {
      mysql.start();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(900));
      mysql.kill();
      assertThat(accounts).as("seed %d", seed).exists();
    }
    mysql.start(DEADLINE);
    try (mysql;
        Connection connection = mysql.connect(MySqlAccount.ROOT);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT @@gtid_executed, @@server_uuid <> '"
                    + serverUuid(cluster.mysql)
                    + "', (SELECT COUNT(*) FROM mysql.user WHERE host = '%')")) {
      row.next();
      assertThat(row.getString(1)).as("GTIDs of the accounts").isEmpty();
      assertThat(row.getBoolean(2)).as("another server").isTrue();
      assertThat(row.getInt(3)).isEqualTo(MySqlAccount.values().length);
      assertThat(accounts).doesNotExist();
    }
  }

  private static String serverUuid(MySqlServer mysql) throws SQLException {
    try (Connection connection = mysql.connect(MySqlAccount.ROOT);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT @@server_uuid")) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void mysqlKeepsWhatWasCommittedBeforeItWasKilled() throws SQLException {
    cluster.mysql.createDatabase("kept");
    try (Connection connection = cluster.mysql.connect(MySqlAccount.APPLICATION, "kept");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      statement.execute("INSERT INTO t VALUES (42)");
    }
    cluster.mysql.kill();
    cluster.mysql.start(DEADLINE);
    try (Connection connection = cluster.mysql.connect(MySqlAccount.READER, "kept");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM t")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(42);
    }
  }

  @Test
  void postgresKeepsWhatWasCommittedBeforeItWasKilled() throws SQLException {
    try (Connection connection = cluster.postgres.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE t (id BIGINT PRIMARY KEY)");
      statement.execute("INSERT INTO t VALUES (42)");
    }
    cluster.postgres.kill();
    cluster.postgres.start(DEADLINE);
    try (Connection connection = cluster.postgres.connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT id FROM t")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getLong(1)).isEqualTo(42);
    }
  }

  @Test
  void aFrozenServerDoesNotAnswerUntilItIsThawed() throws Exception {
    cluster.kafka.freeze();
    try {
      assertThatThrownBy(cluster.kafka::probe).isInstanceOf(SocketTimeoutException.class);
      assertThat(cluster.kafka.isAlive()).isTrue();
    } finally {
      cluster.kafka.thaw();
    }
    cluster.kafka.ready(DEADLINE);
  }

  @Test
  void aTakenPortIsReportedBeforeAnythingIsCreated() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      MySqlConfig mysql = MySqlConfig.in(LocalServers.newFolder("mysql")).withPort(port);
      assertThatThrownBy(() -> new MySqlServer(LocalServers.home(), mysql).start())
          .isInstanceOf(ServerException.class)
          .hasMessage(
              "MySQL: port "
                  + port
                  + " on 127.0.0.1 is taken; stop what listens there or choose another port");
      assertThat(mysql.directory()).doesNotExist();

      PostgresConfig postgres =
          PostgresConfig.in(LocalServers.newFolder("postgres")).withPort(port);
      assertThatThrownBy(() -> new PostgresServer(LocalServers.home(), postgres).start())
          .hasMessageStartingWith("Postgres: port " + port + " on 127.0.0.1 is taken");
      KafkaConfig kafka =
          KafkaConfig.in(LocalServers.newFolder("kafka")).withPorts(port, Ports.free());
      assertThatThrownBy(() -> new KafkaServer(kafka).start())
          .hasMessageStartingWith("Kafka: port " + port + " on 127.0.0.1 is taken");
      FlinkConfig flink =
          FlinkConfig.in(LocalServers.newFolder("flink"))
              .withPorts(port, Ports.free(), Ports.free());
      assertThatThrownBy(() -> new FlinkJobManager(flink).start())
          .hasMessageStartingWith(
              "Flink job manager (REST): port " + port + " on 127.0.0.1 is taken");
    }
  }

  @Test
  void aServerThatEndsAtOnceShowsTheEndOfItsLog() {
    JavaServer server =
        new JavaServer(
            "Nothing",
            LocalServers.newFolder("nothing"),
            List.of(),
            new JavaCommand(".", "no.such.Main", List.of("-Xmx16m"), List.of(), Map.of()),
            () -> {
              throw new IllegalStateException("no answer");
            });
    server.start();
    assertThatThrownBy(() -> server.ready(DEADLINE))
        .isInstanceOf(ServerException.class)
        .hasMessageStartingWith("Nothing ended with exit code 1 before it was ready")
        .hasMessageContaining("no.such.Main");
  }

  private static long millis(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }
}
