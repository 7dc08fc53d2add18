package dev.freshet.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * MySQL 8.0 as a source has to be: GTIDs, full row images and metadata, a binlog that survives what
 * InnoDB survives; UTC.
 */
public final class MySqlServer extends Server {
  private static final Duration INITIALISE = Duration.ofMinutes(2);
  private static final int PROBE_MS = 5_000;

  /** The one setting that a data folder is made with. */
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

  /** The JDBC address of the configured database. */
  public String jdbcUrl() {
    return jdbcUrl(config.database());
  }

  /** The JDBC address of a database; empty for none. */
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

  /** A new connection to the configured database. */
  public Connection connect(MySqlAccount account) throws SQLException {
    return connect(account, config.database());
  }

  /** A new connection to a database; empty for none. */
  public Connection connect(MySqlAccount account, String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), account.user(), password(account));
  }

  /** Makes one more database on which every account has the rights it has on the first. */
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
    Path base = Distributions.mysql(home);
    Map<String, String> libraries = MySqlLibraries.environment(home, base);
    Directories.once(data(), folder -> initialise(base, libraries, folder));
    try {
      Files.writeString(configuration(), settings(base), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new ServerException(configuration() + " cannot be written (" + e + ")", e);
    }
  }

  @Override
  ServerCommand command() {
    Path base = Distributions.mysql(home);
    return new ServerCommand(
            name(),
            List.of(base.resolve("bin/mysqld").toString(), "--defaults-file=" + configuration()),
            config.directory(),
            log())
        .with(MySqlLibraries.environment(home, base));
  }

  @Override
  void probe() throws SQLException {
    // Whatever accepts and says nothing must not hold up the start for ever.
    String bounded = jdbcUrl() + "&connectTimeout=" + PROBE_MS + "&socketTimeout=" + PROBE_MS;
    try (Connection connection =
            DriverManager.getConnection(
                bounded, MySqlAccount.ROOT.user(), password(MySqlAccount.ROOT));
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }

  private Path data() {
    return config.directory().resolve("data");
  }

  private Path configuration() {
    return config.directory().resolve("my.cnf");
  }

  private void initialise(Path base, Map<String, String> libraries, Path folder)
      throws IOException {
    Path accounts = config.directory().resolve("accounts.sql");
    Files.deleteIfExists(accounts);
    Files.createFile(
        accounts,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(accounts, String.join(";\n", accountStatements()) + ";\n");
      List<String> arguments =
          new ArrayList<>(
              List.of(
                  base.resolve("bin/mysqld").toString(),
                  "--no-defaults",
                  "--initialize-insecure",
                  "--init-file=" + accounts,
                  "--basedir=" + base,
                  "--datadir=" + folder));
      if (Identity.isRoot()) {
        arguments.add("--user=root");
      }
      String letters = config.settings().get(LETTERS);
      if (letters != null) {
        arguments.add("--" + LETTERS + "=" + letters);
      }
      ServerProcess.run(
          new ServerCommand(name() + ": making " + data(), arguments, config.directory(), log())
              .with(libraries),
          List.of(),
          INITIALISE);
    } finally {
      Files.deleteIfExists(accounts);
    }
  }

  private List<String> accountStatements() {
    List<String> statements = new ArrayList<>();
    statements.add(
        "ALTER USER 'root'@'localhost' IDENTIFIED BY '" + password(MySqlAccount.ROOT) + "'");
    // Names are not resolved, so that whoever comes over TCP matches '%' alone.
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

  private String settings(Path base) {
    String settings =
        """
        [mysqld]
        basedir=%s
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
            .formatted(
                base, data(), Ports.HOST, config.port(), config.serverId(), config.bufferPoolMb());
    StringBuilder all = new StringBuilder(settings);
    // The last line of a name counts.
    new TreeMap<>(config.settings())
        .forEach((name, value) -> all.append(name).append('=').append(value).append('\n'));
    return Identity.isRoot() ? all.append("user=root\n").toString() : all.toString();
  }
}
