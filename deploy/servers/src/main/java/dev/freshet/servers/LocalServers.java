package dev.freshet.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Servers for the tests of a JVM: a shared MySQL, Postgres and Kafka, which start on first use, and
 * further servers for tests that kill theirs. When the JVM ends, all servers are killed and their
 * folder is removed.
 *
 * <p>Each test that shares a server should create its own database: {@link
 * MySqlServer#createDatabase}, {@link PostgresServer#createDatabase}.
 */
public final class LocalServers {
  private static final String PREFIX = "test-";
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final Home HOME = Home.find();
  private static final Path FOLDER =
      HOME.directory().resolve(PREFIX + ProcessHandle.current().pid());
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final List<Server> STARTED = new ArrayList<>();

  private static final Shared<MySqlServer> MYSQL = new Shared<>(LocalServers::sharedMySql);
  private static final Shared<PostgresServer> POSTGRES = new Shared<>(LocalServers::newPostgres);
  private static final Shared<KafkaServer> KAFKA =
      new Shared<>(() -> started(new KafkaServer(KafkaConfig.in(newFolder("kafka")))));

  static {
    removeLeftovers();
    Runtime.getRuntime().addShutdownHook(new Thread(LocalServers::end, "freshet-servers-end"));
  }

  private LocalServers() {}

  /** A server that starts on first use. Different servers can start concurrently. */
  private static final class Shared<S extends Server> {
    private final Supplier<S> make;
    private S server;

    private Shared(Supplier<S> make) {
      this.make = make;
    }

    private synchronized S get() {
      if (server == null) {
        server = make.get();
      }
      return server;
    }
  }

  /** The shared MySQL; waits until it serves. */
  public static MySqlServer mysql() {
    return MYSQL.get();
  }

  /** The shared Postgres; waits until it serves. */
  public static PostgresServer postgres() {
    return POSTGRES.get();
  }

  /** The shared Kafka; waits until it serves. */
  public static KafkaServer kafka() {
    return KAFKA.get();
  }

  /** Starts a new MySQL for the caller, and waits until it serves. */
  public static MySqlServer newMySql() {
    return newMySql(UnaryOperator.identity());
  }

  /**
   * Starts a new MySQL with a changed configuration, and waits until it serves.
   *
   * @param change changes the configuration of {@link MySqlConfig#in}
   */
  public static MySqlServer newMySql(UnaryOperator<MySqlConfig> change) {
    return started(new MySqlServer(HOME, change.apply(MySqlConfig.in(newFolder("mysql")))));
  }

  private static MySqlServer sharedMySql() {
    MySqlServer server = newMySql();
    System.err.println("Tests run on MySQL " + server.version());
    return server;
  }

  /** Starts a new Postgres for the caller, and waits until it serves. */
  public static PostgresServer newPostgres() {
    return started(new PostgresServer(HOME, PostgresConfig.in(newFolder("postgres"))));
  }

  /** The folder of the unpacked distributions. */
  public static Home home() {
    return HOME;
  }

  /** The path of a new folder, which does not exist yet and is removed when the JVM ends. */
  public static Path newFolder(String name) {
    return FOLDER.resolve(name + "-" + COUNT.incrementAndGet());
  }

  /** Starts a server, waits until it serves, and kills it when the JVM ends. */
  public static <S extends Server> S started(S server) {
    synchronized (STARTED) {
      STARTED.add(server);
    }
    server.start(DEADLINE);
    return server;
  }

  private static void end() {
    List<Server> servers;
    synchronized (STARTED) {
      servers = List.copyOf(STARTED);
    }
    for (Server server : servers) {
      if (server.isAlive()) {
        server.kill();
      }
    }
    try {
      Directories.delete(FOLDER);
    } catch (IOException e) {
      System.err.println("Folder " + FOLDER + " is left behind: " + e);
    }
  }

  /** Removes the folders of JVMs that were killed. */
  private static void removeLeftovers() {
    try (Stream<Path> folders = Files.list(HOME.directory())) {
      for (Path folder : folders.toList()) {
        String name = String.valueOf(folder.getFileName());
        if (name.matches(PREFIX + "\\d+")
            && ProcessHandle.of(Long.parseLong(name.substring(PREFIX.length()))).isEmpty()) {
          Directories.delete(folder);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("Folders of former tests are left behind: " + e);
    }
  }
}
