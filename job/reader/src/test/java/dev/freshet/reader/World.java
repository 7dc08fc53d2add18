package dev.freshet.reader;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.reader.access.Access;
import dev.freshet.reader.config.Database;
import dev.freshet.reader.config.Kafka;
import dev.freshet.reader.config.Limits;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.http.ListenSocket;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.PostgresServer;
import dev.freshet.store.CatalogueTable;
import dev.freshet.store.EntriesTable;
import dev.freshet.store.StoreTables;
import dev.freshet.view.Catalogue;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.MysqlSession;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A source, a store and a reader over them. {@link #project} fills the store like a job; the test
 * sets the progress.
 */
final class World implements AutoCloseable {
  static final String JOB = "job";
  static final int GROUPS = 128;
  static final long VERSION = Version.of(0, 12, 4567);
  static final String SECRET = "0123456789abcdef";

  /** The default limits of {@code freshet.yaml}. */
  static final Limits LIMITS =
      new Limits(
          64,
          8,
          Duration.ofMillis(500),
          4,
          16,
          Duration.ofMillis(250),
          Duration.ofMillis(2000),
          1000,
          0);

  private static final String SCHEMA = "freshet";
  private static final JsonMapper JSON = new JsonMapper();

  private final MySqlServer mysql;
  private final PostgresServer postgres;
  private final String name = "w" + UUID.randomUUID().toString().replace("-", "");
  private final MovableClock clock = new MovableClock();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Reader reader;

  private World(MySqlServer mysql, PostgresServer postgres, Limits limits)
      throws SQLException, ListenSocket.Taken {
    this.mysql = mysql;
    this.postgres = postgres;
    mysql.createDatabase(name);
    postgres.createDatabase(name);
    inPostgres(StoreTables.create(SCHEMA).toArray(String[]::new));
    this.reader = Reader.start(config(limits), clock);
  }

  static World of(MySqlServer mysql, PostgresServer postgres, Limits limits) throws Exception {
    return new World(mysql, postgres, limits);
  }

  ReaderConfig config(Limits limits) {
    return new ReaderConfig(
        "127.0.0.1",
        0,
        Optional.empty(),
        Access.by(SECRET),
        new Database(
            mysql.host(),
            mysql.port(),
            MySqlAccount.READER.user(),
            mysql.password(MySqlAccount.READER),
            name),
        new Database(postgres.host(), postgres.port(), postgres.user(), postgres.password(), name),
        SCHEMA,
        Kafka.NONE,
        limits);
  }

  /** Returns the URL of the reader. */
  String url() {
    return "http://127.0.0.1:" + reader.port();
  }

  /** Returns the port on which the reader listens. */
  int port() {
    return reader.port();
  }

  MovableClock clock() {
    return clock;
  }

  /** Opens a connection to the source with the settings that views need. */
  Connection source() throws SQLException {
    return DriverManager.getConnection(
        MysqlSession.url(mysql.host(), mysql.port(), name),
        MysqlSession.properties(MySqlAccount.ROOT.user(), mysql.password(MySqlAccount.ROOT)));
  }

  /** Opens a connection to the store. */
  Connection store() throws SQLException {
    return postgres.connect(name);
  }

  void inMysql(String... statements) throws SQLException {
    try (Connection connection = source();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  void inPostgres(String... statements) throws SQLException {
    try (Connection connection = postgres.connect(name);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Runs a file of the repository's {@code sql} folder in the source. */
  void inMysql(Path file) throws Exception {
    String text = Files.readString(file).replaceAll("--[^\n]*", "");
    inMysql(text.strip().split(";\\s*"));
  }

  /** Queries MySQL. Returns the rows with every column as MySQL's text; null for NULL. */
  List<Map<String, String>> askMysql(String sql) throws SQLException {
    try (Connection connection = source();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<Map<String, String>> all = new ArrayList<>();
      while (rows.next()) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          row.put(rows.getMetaData().getColumnLabel(i), rows.getString(i));
        }
        all.add(row);
      }
      return all;
    }
  }

  /** Registers a view with generation 1 and an empty table. Returns its plan. */
  ViewPlan register(String declaration) throws SQLException {
    Catalogue tables;
    try (Connection connection = source()) {
      tables = CatalogueReader.read(connection, name, List.of(Declaration.parse(declaration)));
    }
    ViewPlan plan = Planner.plan(declaration, tables);
    EntriesTable store = new EntriesTable(plan, SCHEMA, 1);
    inPostgres(store.create().toArray(String[]::new));
    try (Connection connection = postgres.connect(name)) {
      new CatalogueTable(SCHEMA)
          .insert(
              connection,
              new CatalogueTable.Entry(
                  plan.view(), 1, declaration, CatalogueJson.write(tables), GROUPS, JOB));
    }
    return plan;
  }

  /** Writes all entries of a view, as MySQL returns them now, to the store. */
  void project(ViewPlan plan) throws SQLException {
    EntriesTable store = new EntriesTable(plan, SCHEMA, 1);
    inPostgres("TRUNCATE " + store.table());
    try (Connection from = source();
        Connection to = postgres.connect(name);
        Statement query = from.createStatement();
        ResultSet rows = query.executeQuery(new MysqlQueries(plan, Duration.ZERO).everything());
        PreparedStatement upsert = to.prepareStatement(store.upsert())) {
      while (rows.next()) {
        Object[] entry = new Object[plan.outputs().size()];
        for (int i = 0; i < entry.length; i++) {
          entry[i] = JdbcValues.MYSQL.read(rows, i + 1, plan.outputs().get(i).column());
        }
        store.bindUpsert(upsert, entry, KeyGroups.of(plan.viewKey(entry), GROUPS));
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }

  /**
   * Gives the store a new identity, and the progress of two writers that share the key groups and
   * have both reached {@link #VERSION}.
   *
   * @param asOf the time up to which the store is confirmed; null if it was never confirmed
   * @param handedOver whether the store has been filled from the snapshot
   */
  void progress(Instant asOf, boolean handedOver) throws SQLException {
    inPostgres(
        "DELETE FROM freshet.progress",
        "DELETE FROM freshet.store",
        "INSERT INTO freshet.store VALUES (gen_random_uuid())");
    for (int first : new int[] {0, GROUPS / 2}) {
      progress(first, first + GROUPS / 2 - 1, asOf, handedOver);
    }
  }

  /** Inserts the progress of the writer of a range, which has reached {@link #VERSION}. */
  void progress(int first, int last, Instant asOf, boolean handedOver) throws SQLException {
    try (Connection connection = postgres.connect(name);
        PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO freshet.progress (job, first_group, last_group, version, gtid_set, as_of,"
                    + " handed_over, token) VALUES (?, ?, ?, ?, '', ?, ?, 1)")) {
      insert.setString(1, JOB);
      insert.setInt(2, first);
      insert.setInt(3, last);
      insert.setLong(4, VERSION);
      insert.setObject(5, asOf == null ? null : asOf.atOffset(ZoneOffset.UTC));
      insert.setBoolean(6, handedOver);
      insert.executeUpdate();
    }
  }

  /** A response of the reader. */
  record Response(int status, Map<String, List<String>> headers, JsonNode json) {
    String text(String field) {
      return json.path(field).isNull() ? null : json.path(field).asText();
    }

    String header(String header) {
      return headers.containsKey(header) ? headers.get(header).get(0) : null;
    }
  }

  /** Sends a GET request to the reader, with the token. */
  Response get(String path) {
    return sent(request(path).build(), path);
  }

  Response post(String path, String body) {
    return sent(request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(), path);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + reader.port() + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + SECRET);
  }

  private Response sent(HttpRequest request, String path) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode json =
          response.headers().firstValue("content-type").orElse("").contains("json")
              ? JSON.readTree(response.body())
              : JSON.getNodeFactory().textNode(response.body());
      return new Response(response.statusCode(), response.headers().map(), json);
    } catch (IOException e) {
      throw new AssertionError("no response to " + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Requests all pages, one after the other. */
  List<JsonNode> pages(String path, int limit) {
    List<JsonNode> pages = new ArrayList<>();
    String cursor = "";
    do {
      Response page = get(path + "?limit=" + limit + cursor);
      if (page.status() != 200 || pages.size() > 1000) {
        throw new AssertionError("page " + pages.size() + " of " + path + ": " + page);
      }
      pages.add(page.json());
      cursor = "&cursor=" + page.text("next_cursor");
    } while (!cursor.endsWith("=null"));
    return pages;
  }

  @Override
  public void close() {
    reader.close();
  }
}
