package dev.freshet.servers;

import java.io.IOException;
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

/** A Postgres server: durable, in UTC, reachable only over TCP with a password. */
public final class PostgresServer extends Server {
  /** The superuser's name. */
  public static final String USER = "freshet";

  private static final Duration INITIALISE = Duration.ofMinutes(2);
  private static final int PROBE_SECONDS = 5;

  private final Home home;
  private final PostgresConfig config;

  public PostgresServer(Home home, PostgresConfig config) {
    super("Postgres");
    this.home = home;
    this.config = config;
  }

  public PostgresConfig config() {
    return config;
  }

  public String host() {
    return Ports.HOST;
  }

  public int port() {
    return config.port();
  }

  public String user() {
    return USER;
  }

  public String password() {
    return config.password();
  }

  /** The JDBC URL of the configured database. */
  public String jdbcUrl() {
    return jdbcUrl(config.database());
  }

  public String jdbcUrl(String database) {
    return "jdbc:postgresql://" + host() + ":" + port() + "/" + database;
  }

  /** Opens a connection to the configured database. */
  public Connection connect() throws SQLException {
    return connect(config.database());
  }

  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(database), USER, config.password());
  }

  /** Creates another database. */
  public void createDatabase(String database) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE \"" + database + "\"");
    }
  }

  @Override
  public Path log() {
    return config.directory().resolve("postgres.log");
  }

  @Override
  void prepare() {
    Ports.requireFree(name(), config.port());
    Path base = Distributions.postgres(home);
    Directories.once(data(), folder -> initialise(base, folder));
    forgetDeadProcess();
  }

  @Override
  List<String> identity() {
    return Identity.withoutRoot(config.directory());
  }

  @Override
  ServerCommand command() {
    List<String> arguments = new ArrayList<>();
    arguments.add(program(Distributions.postgres(home), "postgres"));
    arguments.addAll(List.of("-D", data().toString()));
    for (String setting :
        List.of(
            "listen_addresses=" + Ports.HOST,
            "port=" + config.port(),
            "unix_socket_directories=",
            "shared_buffers=" + config.sharedBuffersMb() + "MB",
            "max_connections=100",
            "fsync=on",
            "huge_pages=off",
            "timezone=UTC",
            "log_timezone=UTC")) {
      arguments.addAll(List.of("-c", setting));
    }
    return command(name(), arguments);
  }

  /** Postgres's fast shutdown, which does not wait for clients. */
  @Override
  Signal endSignal() {
    return Signal.INT;
  }

  @Override
  void probe() throws SQLException {
    // The timeouts bound the probe of a server that accepts connections but does not answer.
    String bounded =
        jdbcUrl(config.database())
            + "?connectTimeout="
            + PROBE_SECONDS
            + "&socketTimeout="
            + PROBE_SECONDS;
    try (Connection connection = DriverManager.getConnection(bounded, USER, config.password());
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
  }

  private Path data() {
    return config.directory().resolve("data");
  }

  private ServerCommand command(String what, List<String> arguments) {
    return new ServerCommand(what, arguments, config.directory(), log())
        .with(Map.of("LC_ALL", "C", "TZ", "UTC"));
  }

  private void initialise(Path base, Path folder) throws IOException {
    Path password = config.directory().resolve("password");
    Path statements = config.directory().resolve("database.sql");
    Files.deleteIfExists(password);
    Files.createFile(
        password,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(password, config.password() + "\n");
      Files.writeString(statements, "CREATE DATABASE \"" + config.database() + "\";\n");
      make(
          program(base, "initdb"),
          "--pgdata=" + folder,
          "--username=" + USER,
          "--pwfile=" + password,
          "--auth=scram-sha-256",
          "--encoding=UTF8",
          "--locale=C",
          "--no-instructions");
      make(
          "/bin/sh",
          "-c",
          "exec \"$0\" --single -D \"$1\" postgres < \"$2\"",
          program(base, "postgres"),
          folder.toString(),
          statements.toString());
    } finally {
      Files.deleteIfExists(password);
      Files.deleteIfExists(statements);
    }
  }

  private void make(String... arguments) {
    ServerProcess.run(
        command(name() + ": making " + data(), List.of(arguments)),
        Identity.withoutRoot(config.directory()),
        INITIALISE);
  }

  /**
   * Removes a stale lock file. Postgres refuses to start while its lock file names an existing
   * process, but after a crash another program may have this process id. The file is kept if that
   * process works in this data folder.
   */
  private void forgetDeadProcess() {
    Path lock = data().resolve("postmaster.pid");
    try {
      if (!Files.exists(lock)) {
        return;
      }
      String pid = Files.readAllLines(lock).get(0).trim();
      Path works = Path.of("/proc", pid, "cwd");
      if (Files.exists(works) && works.toRealPath().equals(data().toRealPath())) {
        throw new ServerException(
            "Postgres: process "
                + pid
                + " still runs on "
                + data()
                + "; stop it: kill -INT "
                + pid);
      }
      Files.delete(lock);
    } catch (IOException e) {
      throw new ServerException(lock + " cannot be read (" + e + ")", e);
    }
  }

  private static String program(Path base, String name) {
    return base.resolve("bin").resolve(name).toString();
  }
}
