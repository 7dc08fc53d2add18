package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Main;
import dev.freshet.cli.explain.DeclaredViews;
import dev.freshet.cli.explain.Grants;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.sandbox.sample.SampleSource;
import dev.freshet.servers.FlinkConfig;
import dev.freshet.servers.FlinkJobManager;
import dev.freshet.servers.FlinkTaskManager;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.Ports;
import dev.freshet.servers.Server;
import dev.freshet.view.Version;
import dev.freshet.view.source.BinlogEnd;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Servers started by hand, a {@code freshet.yaml} that names them, and accounts made by what {@code
 * grants} prints. MySQL takes the job's account over TLS only.
 */
final class OwnServers {
  private static final String PASSWORD = "hush-hush-hush";

  /** The most entries of a page, and the most that a total counts. */
  private static final int PAGE = 1000;

  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private final Path folder;
  private final String database;
  private final int readerPort = Ports.free();

  /** What a command did. */
  record Result(int code, List<String> out, List<String> err) {
    String text() {
      return String.join("\n", out);
    }
  }

  private OwnServers(Path folder, String database) {
    this.folder = folder;
    this.database = database;
  }

  /** One cluster for all jobs of this JVM. */
  private static final class Cluster {
    static final FlinkConfig CONFIG = config();
    static final FlinkTaskManager TASK_MANAGER;

    static {
      LocalServers.started(new FlinkJobManager(CONFIG));
      TASK_MANAGER = LocalServers.started(new FlinkTaskManager(CONFIG));
    }

    private Cluster() {}

    private static FlinkConfig config() {
      FlinkConfig config = FlinkConfig.in(LocalServers.newFolder("flink"));
      return FULL ? config.withMemoryMb(1000, 5000) : config;
    }
  }

  private static void startSideBySide() {
    CompletableFuture.allOf(
            CompletableFuture.runAsync(LocalServers::mysql),
            CompletableFuture.runAsync(LocalServers::postgres),
            CompletableFuture.runAsync(LocalServers::kafka),
            CompletableFuture.runAsync(() -> Cluster.TASK_MANAGER.pid()))
        .join();
  }

  /** Starts them all. */
  static OwnServers start(Path folder, int conversations) throws Exception {
    return start(folder, "own", LocalServers.mysql().port(), conversations);
  }

  /**
   * Starts them all.
   *
   * @param database what it is called in MySQL and in Postgres, and what names begin with
   * @param sourcePort where the job finds MySQL; the reader finds it where it is
   */
  static OwnServers start(Path folder, String database, int sourcePort, int conversations)
      throws Exception {
    startSideBySide();
    LocalServers.mysql().createDatabase(database);
    LocalServers.postgres().createDatabase(database);
    OwnServers servers = new OwnServers(folder, database);
    try (Connection mysql =
        DriverManager.getConnection(
            LocalServers.mysql().jdbcUrl(database) + "&rewriteBatchedStatements=true",
            MySqlAccount.APPLICATION.user(),
            LocalServers.mysql().password(MySqlAccount.APPLICATION))) {
      SampleSource data = new SampleSource(mysql);
      data.createTables(ROOT.resolve("sql/source"));
      data.fill(Math.max(40, conversations / 4000), conversations, 3, 7);
      try (Statement statement = mysql.createStatement()) {
        statement.execute("ANALYZE TABLE users, conversations, participants");
      }
    }
    servers.writeConfiguration(servers.yaml(), sourcePort);
    servers.writeConfiguration(servers.readersYaml(), LocalServers.mysql().port());
    servers.createAccounts();
    return servers;
  }

  Path yaml() {
    return folder.resolve("freshet.yaml");
  }

  private Path readersYaml() {
    return folder.resolve("reader.yaml");
  }

  FlinkConfig flink() {
    return Cluster.CONFIG;
  }

  Server taskManager() {
    return Cluster.TASK_MANAGER;
  }

  Connection application() throws Exception {
    return LocalServers.mysql().connect(MySqlAccount.APPLICATION, database);
  }

  private void writeConfiguration(Path file, int sourcePort) throws Exception {
    Files.writeString(folder.resolve("password"), PASSWORD);
    Files.writeString(
        file,
        """
        source:
          port: %1$d
          user: %2$s_job
          password-file: password
          database: %2$s
          properties: {sslMode: REQUIRED}
        views:
          folder: %3$s
        store:
          port: %4$d
          user: %2$s_store
          password-file: password
          database: %2$s
          schema: own_answers
        kafka:
          bootstrap: %7$s
          topic-prefix: %2$s
        flink:
          url: %5$s
        reader:
          port: %6$d
          token-file: password
          source-user: %2$s_reader
          source-password-file: password
          store-user: %2$s_store_reader
          store-password-file: password
        job:
          name: %2$s
          checkpoint-interval-ms: %8$d
        """
            .formatted(
                sourcePort,
                database,
                ROOT.resolve("sql/views"),
                LocalServers.postgres().port(),
                Cluster.CONFIG.url(),
                readerPort,
                LocalServers.kafka().bootstrap(),
                FULL ? 10_000 : 1_000));
  }

  /** From now on the store is another database, which is empty. */
  void moveStore(String other) throws Exception {
    LocalServers.postgres().createDatabase(other);
    for (Path file : List.of(yaml(), readersYaml())) {
      String before = "database: " + database + "\n  schema:";
      Files.writeString(
          file, Files.readString(file).replace(before, "database: " + other + "\n  schema:"));
    }
    Config config = ConfigReader.read(yaml(), Map.of());
    assertThat(config.store().database()).isEqualTo(other);
    try (Connection postgres = LocalServers.postgres().connect(other);
        Statement statement = postgres.createStatement()) {
      for (String sql : Grants.postgres(config)) {
        if (!sql.startsWith("CREATE ROLE")) {
          statement.execute(sql);
        }
      }
    }
  }

  private void createAccounts() throws Exception {
    Config config = ConfigReader.read(yaml(), Map.of());
    try (Connection root = LocalServers.mysql().connect(MySqlAccount.ROOT, "");
        Statement statement = root.createStatement()) {
      for (String sql : Grants.mysql(config, DeclaredViews.all(config))) {
        statement.execute(sql.replace(Grants.PASSWORD, PASSWORD));
      }
      statement.execute("ALTER USER '" + database + "_job'@'%' REQUIRE SSL");
    }
    try (Connection postgres = LocalServers.postgres().connect(database);
        Statement statement = postgres.createStatement()) {
      for (String sql : Grants.postgres(config)) {
        statement.execute(sql.replace(Grants.PASSWORD, PASSWORD));
      }
    }
  }

  /** Lets the job's account read one more table. */
  void grantRead(String table) throws Exception {
    try (Connection root = LocalServers.mysql().connect(MySqlAccount.ROOT, "");
        Statement statement = root.createStatement()) {
      statement.execute("GRANT SELECT ON %1$s.%2$s TO '%1$s_job'@'%%'".formatted(database, table));
    }
  }

  /** Runs a command on these servers, in this JVM. */
  Result run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    System.setProperty(Layout.ROOT, ROOT.toString());
    String[] all =
        Stream.concat(
                Stream.of(arguments),
                Stream.of("--config=" + yaml(), "--home=" + folder.resolve("home")))
            .toArray(String[]::new);
    int code =
        Main.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(all);
    return new Result(code, out.toString().lines().toList(), err.toString().lines().toList());
  }

  /** The lines of a command that must succeed. */
  List<String> done(String... arguments) {
    Result result = run(arguments);
    assertThat(result.code()).as("%s", result).isZero();
    return result.out();
  }

  /**
   * The lines of a command that succeeds within 30 s: on a busy machine a reader's first connection
   * to MySQL may take longer than the reader waits for it.
   */
  List<String> eventuallyDone(String... arguments) throws Exception {
    Result[] last = new Result[1];
    boolean done =
        Launcher.await(
            Duration.ofSeconds(30),
            () -> {
              last[0] = run(arguments);
              return last[0].code() == 0;
            });
    assertThat(done).as("%s", last[0]).isTrue();
    return last[0].out();
  }

  /** The only line of a command that must fail. */
  String refused(String... arguments) {
    Result result = run(arguments);
    assertThat(result.code()).as("%s", result).isEqualTo(1);
    assertThat(result.err()).hasSize(1);
    return result.err().get(0);
  }

  /** The reader's process, started as a person starts it. */
  Launcher.Started reader() throws Exception {
    return new Launcher(database).start("reader", "--config=" + readersYaml());
  }

  /** Whether the reader runs and answers a key of the view from the projection. */
  boolean serves() throws Exception {
    try (Connection mysql = application();
        Statement statement = mysql.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT p.user_id, c.site_id FROM participants p"
                    + " JOIN conversations c ON c.id = p.conversation_id LIMIT 1")) {
      row.next();
      return ask(row.getLong(1) + "/" + row.getLong(2))
          .path("source")
          .asText()
          .equals("projection");
    } catch (IOException e) {
      // The reader is starting.
      return false;
    }
  }

  /**
   * What is wrong with the reader's answers: each must come from the projection, at or beyond
   * MySQL's present position, and be MySQL's own, up to the longest page. Empty when all are right.
   */
  Map<String, String> differences() throws Exception {
    return differences(key -> true);
  }

  /**
   * What is wrong with the answers of some keys.
   *
   * @param asked whether to ask for a key
   */
  Map<String, String> differences(Predicate<String> asked) throws Exception {
    Map<String, String> differences = new LinkedHashMap<>();
    Map<String, List<String>> truth = new LinkedHashMap<>();
    long position;
    try (Connection mysql = application();
        Statement statement = mysql.createStatement()) {
      position = BinlogEnd.ask(statement).version();
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT DISTINCT p.user_id, c.site_id"
                  + " FROM participants p JOIN conversations c ON c.id = p.conversation_id")) {
        while (rows.next()) {
          truth.put(rows.getLong(1) + "/" + rows.getLong(2), new ArrayList<>());
        }
      }
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT p.user_id, c.site_id, p.conversation_id, u.name FROM participants p"
                  + " JOIN conversations c ON c.id = p.conversation_id"
                  + " LEFT JOIN users u ON u.id = p.counterpart_id"
                  + " WHERE c.archived = 0 AND c.last_message_at > p.last_read_at"
                  + " ORDER BY c.last_message_at DESC, p.conversation_id")) {
        while (rows.next()) {
          truth
              .get(rows.getLong(1) + "/" + rows.getLong(2))
              .add(rows.getLong(3) + " " + rows.getString(4));
        }
      }
    }
    assertThat(truth).isNotEmpty();
    truth.keySet().removeIf(asked.negate());
    for (Map.Entry<String, List<String>> key : truth.entrySet()) {
      JsonNode answer;
      try {
        answer = ask(key.getKey());
      } catch (IOException e) {
        differences.put(key.getKey(), e.toString());
        continue;
      }
      List<String> items = new ArrayList<>();
      answer
          .path("items")
          .forEach(
              item ->
                  items.add(
                      item.path("conversation_id").asText() + " " + item.path("name").asText()));
      List<String> all = key.getValue();
      String total = all.size() > PAGE ? PAGE + "+" : String.valueOf(all.size());
      if (!answer.path("source").asText().equals("projection")
          || Version.parse(answer.path("version").asText()) < position
          || !answer.path("total").asText().equals(total)
          || !items.equals(all.subList(0, Math.min(PAGE, all.size())))) {
        differences.put(key.getKey(), answer + " instead of " + key.getValue());
      }
    }
    return differences;
  }

  private JsonNode ask(String key) throws Exception {
    return client().ask("unread_conversations", key, PAGE);
  }

  /** Asks the reader. */
  ReaderClient client() {
    return new ReaderClient("http://127.0.0.1:" + readerPort, PASSWORD);
  }
}
