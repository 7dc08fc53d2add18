package dev.freshet.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
      for (String each : databaseStatements(database)) {
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
    Directories.once(data(), folder -> initialise(mysql, folder));
  }

  @Override
  ServerCommand command() {
    MySqlDistribution mysql = distribution();
    return new ServerCommand(name(), mysql.command(options()), config.directory(), log())
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
  void probe() throws SQLException {
    try (Connection connection = connectWithin(PROBE_MS);
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
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

  private void initialise(MySqlDistribution mysql, Path folder) throws IOException {
    Path accounts = config.directory().resolve("accounts.sql");
    Files.deleteIfExists(accounts);
    Files.createFile(
        accounts,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(accounts, String.join(";\n", accountStatements(mysql)) + ";\n");
      List<String> arguments =
          new ArrayList<>(
              mysql.command(
                  List.of(
                      "--initialize-insecure", "--init-file=" + accounts, "--datadir=" + folder)));
      String letters = config.settings().get(LETTERS);
      if (letters != null) {
        arguments.add("--" + LETTERS + "=" + letters);
      }
      ServerProcess.run(
          new ServerCommand(name() + ": making " + data(), arguments, config.directory(), log())
              .with(mysql.environment()),
          List.of(),
          INITIALISE);
    } finally {
      Files.deleteIfExists(accounts);
    }
  }

  private List<String> accountStatements(MySqlDistribution mysql) {
    List<String> statements = new ArrayList<>();
    statements.add(
        "ALTER USER 'root'@'localhost' IDENTIFIED BY '" + password(MySqlAccount.ROOT) + "'");
    // Host names are not resolved, so TCP connections match only '%'.
    statements.add("RENAME USER 'root'@'localhost' TO 'root'@'%'");
    for (MySqlAccount account : MySqlAccount.values()) {
      if (account != MySqlAccount.ROOT) {
        String user = "'" + account.user() + "'@'%'";
        statements.add("CREATE USER " + user + " IDENTIFIED BY '" + password(account) + "'");
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
    statements.addAll(databaseStatements(config.database()));
    return statements;
  }

  private static List<String> databaseStatements(String database) {
    List<String> statements = new ArrayList<>();
    statements.add("CREATE DATABASE `" + database + "` CHARACTER SET utf8mb4");
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
