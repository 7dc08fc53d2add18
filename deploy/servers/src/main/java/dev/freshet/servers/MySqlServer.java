package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A MySQL server, configured as a source must be: GTIDs, full row images and metadata, a binlog
 * that is as durable as InnoDB, UTC.
 */
public final class MySqlServer extends Server {
  private static final Duration INITIALISE = Duration.ofMinutes(2);
  private static final int PROBE_MS = 5_000;
  private static final int END_MS = 1_000;

  /** The only setting that must be given when the data folder is initialised. */
  private static final String LETTERS = "lower_case_table_names";

  private final Home home;
  private final MySqlConfig config;

  public MySqlServer(Home home, MySqlConfig config) {
    super("MySQL");
    this.home = home;
    this.config = config;
  }

  public MySqlConfig config() {
    return config;
  }

  public String host() {
    return Ports.HOST;
  }

  public int port() {
    return config.port();
  }

  /** The JDBC URL of the configured database. */
  public String jdbcUrl() {
    return jdbcUrl(config.database());
  }

  /** The JDBC URL of a database; the empty name means none. */
  public String jdbcUrl(String database) {
    return "jdbc:mysql://"
        + host()
        + ":"
        + port()
        + "/"
        + database
        + "?allowPublicKeyRetrieval=true&sslMode=DISABLED&connectionTimeZone=UTC";
  }

  public String password(MySqlAccount account) {
    return config.passwords().of(account);
  }

  /** Opens a connection to the configured database. */
  public Connection connect(MySqlAccount account) throws SQLException {
    return connect(account, config.database());
  }

  /** Opens a connection to a database; the empty name means none. */
  public Connection connect(MySqlAccount account, String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), account.user(), password(account));
  }

  /**
   * Creates another database. Every account gets the same rights on it as on the configured
   * database.
   */
  public void createDatabase(String database) throws SQLException {
    try (Connection root = connect(MySqlAccount.ROOT, "");
        Statement statement = root.createStatement()) {
      statement.execute("CREATE DATABASE " + described(database));
      for (String each : databaseGrants(database)) {
        statement.execute(each);
      }
    }
  }

  @Override
  public Path log() {
    return config.directory().resolve("mysql.log");
  }

  @Override
  void prepare() {
    Ports.requireFree(name(), config.port());
    MySqlDistribution mysql = distribution();
    if (!Files.isDirectory(data())) {
      writeAccounts(mysql);
    }
    Directories.once(data(), folder -> Directories.copy(initialised(mysql), folder));
  }

  @Override
  ServerCommand command() {
    MySqlDistribution mysql = distribution();
    List<String> options = options();
    if (Files.exists(accounts())) {
      options.add("--init-file=" + accounts());
    }
    return new ServerCommand(name(), mysql.command(options), config.directory(), log())
        .with(mysql.environment());
  }

  /** The server's version, such as {@code 8.0.33}; available also while the server is stopped. */
  public String version() {
    return distribution().version();
  }

  /** Whether the server supports GTIDs with tags, as MySQL does since 8.3. */
  public boolean knowsTags() {
    return distribution().knowsTags();
  }

  private MySqlDistribution distribution() {
    return MySqlDistribution.of(home, config.distribution());
  }

  @Override
  void probe() throws SQLException, IOException {
    try (Connection connection = connectWithin(PROBE_MS);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
    Files.deleteIfExists(accounts());
  }

  /**
   * Ends the threads that send the binlog to clients, for which MySQL would wait eight seconds: a
   * thread notices only later that its client has left.
   */
  @Override
  void beforeEnd() {
    try (Connection root = connectWithin(END_MS);
        Statement statement = root.createStatement()) {
      List<Long> senders = new ArrayList<>();
      try (ResultSet row =
          statement.executeQuery(
              "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'")) {
        while (row.next()) {
          senders.add(row.getLong(1));
        }
      }
      for (long sender : senders) {
        statement.execute("KILL " + sender);
      }
    } catch (SQLException e) {
      // The server's end takes longer then, or it is frozen and is killed.
    }
  }

  /** Connects to a server that may accept connections and then not answer. */
  private Connection connectWithin(int millis) throws SQLException {
    return DriverManager.getConnection(
        jdbcUrl() + "&connectTimeout=" + millis + "&socketTimeout=" + millis,
        MySqlAccount.ROOT.user(),
        password(MySqlAccount.ROOT));
  }

  private Path data() {
    return config.directory().resolve("data");
  }

  /** The statements that create the accounts at the first start; deleted when it has served. */
  private Path accounts() {
    return config.directory().resolve("accounts.sql");
  }

  private void writeAccounts(MySqlDistribution mysql) {
    try {
      Files.createDirectories(config.directory());
      PrivateFile.write(accounts(), String.join(";\n", accountStatements(mysql)) + ";\n");
    } catch (IOException e) {
      throw new ServerException(
          "MySQL: " + accounts() + " cannot be written (" + e + "); check space and rights", e);
    }
  }

  /**
   * A data folder in which nobody can log in. MySQL needs seconds to make one, so each is made once
   * and then copied.
   */
  private Path initialised(MySqlDistribution mysql) {
    String letters = config.settings().getOrDefault(LETTERS, "0");
    return Directories.once(
        home.distributions().resolve("mysql-data-" + mysql.fileNamePart() + "-" + letters),
        folder -> initialise(mysql, letters, folder));
  }

  private void initialise(MySqlDistribution mysql, String letters, Path folder) throws IOException {
    Path locked = Files.createTempFile(home.distributions(), "locked", ".sql");
    try {
      // Host names are not resolved, so TCP connections match only '%'.
      Files.writeString(
          locked,
          """
          RENAME USER 'root'@'localhost' TO 'root'@'%';
          ALTER USER 'root'@'%' ACCOUNT LOCK;
          """);
      ServerProcess.run(
          new ServerCommand(
                  name() + ": making " + folder,
                  mysql.command(
                      List.of(
                          "--initialize-insecure",
                          "--init-file=" + locked,
                          "--datadir=" + folder,
                          "--" + LETTERS + "=" + letters)),
                  config.directory(),
                  log())
              .with(mysql.environment()),
          List.of(),
          INITIALISE);
    } finally {
      Files.deleteIfExists(locked);
    }
    // Each server makes its own identity and its own keys.
    Files.deleteIfExists(folder.resolve("auto.cnf"));
    try (DirectoryStream<Path> keys = Files.newDirectoryStream(folder, "*.pem")) {
      for (Path key : keys) {
        Files.delete(key);
      }
    }
  }

  /** Statements that may run again, because a server can be killed while it executes them. */
  private List<String> accountStatements(MySqlDistribution mysql) {
    List<String> statements = new ArrayList<>();
    // As at an initialisation, the binlog begins after the accounts.
    statements.add("SET sql_log_bin = 0");
    for (MySqlAccount account : MySqlAccount.values()) {
      String user = "'" + account.user() + "'@'%'";
      String password = " IDENTIFIED BY '" + password(account) + "'";
      if (account == MySqlAccount.ROOT) {
        statements.add("ALTER USER " + user + password + " ACCOUNT UNLOCK");
      } else {
        statements.add("CREATE USER IF NOT EXISTS " + user + password);
        if (!account.onServer().isEmpty()) {
          statements.add("GRANT " + account.onServer() + " ON *.* TO " + user);
        }
      }
    }
    if (mysql.knowsTags()) {
      // Allows tests to commit transactions with tagged GTIDs.
      statements.add(
          "GRANT TRANSACTION_GTID_TAG ON *.* TO '" + MySqlAccount.APPLICATION.user() + "'@'%'");
    }
    statements.add("CREATE DATABASE IF NOT EXISTS " + described(config.database()));
    statements.addAll(databaseGrants(config.database()));
    return statements;
  }

  private static String described(String database) {
    return "`" + database + "` CHARACTER SET utf8mb4";
  }

  private static List<String> databaseGrants(String database) {
    List<String> statements = new ArrayList<>();
    for (MySqlAccount account : MySqlAccount.values()) {
      if (!account.onDatabase().isEmpty()) {
        statements.add(
            "GRANT "
                + account.onDatabase()
                + " ON `"
                + database
                + "`.* TO '"
                + account.user()
                + "'@'%'");
      }
    }
    return statements;
  }

  private List<String> options() {
    List<String> options = new ArrayList<>();
    settings()
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .forEach(line -> options.add("--" + line));
    // If an option occurs twice, the last one counts.
    config.settings().forEach((name, value) -> options.add("--" + name + "=" + value));
    return options;
  }

  private String settings() {
    return """
    datadir=%s
    bind-address=%s
    port=%d
    skip-name-resolve
    mysqlx=OFF
    # Relative to the data folder: the path of a socket may not be longer than 107 bytes.
    socket=mysql.sock
    pid-file=mysqld.pid
    server-id=%d
    log-bin=binlog
    gtid_mode=ON
    enforce_gtid_consistency=ON
    binlog_format=ROW
    binlog_row_image=FULL
    binlog_row_metadata=FULL
    sync_binlog=1
    innodb_flush_log_at_trx_commit=1
    innodb_buffer_pool_size=%dM
    performance_schema=OFF
    max_connections=200
    table_open_cache=400
    character-set-server=utf8mb4
    default-time-zone=+00:00
    log-timestamps=UTC
    """
        .formatted(data(), Ports.HOST, config.port(), config.serverId(), config.bufferPoolMb());
  }
}
