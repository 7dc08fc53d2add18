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
 * Servers for the tests of one JVM: one MySQL and one Postgres shared by all of them, started when
 * first asked for, and more for tests that kill theirs. All are killed and their folder is removed
 * when the JVM ends.
 *
 * <p>Tests that share a server take a database of their own each: {@link
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

  /** Started by the first who asks, while others may be started beside it. */
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

  /** The shared MySQL, serving. */
  public static MySqlServer mysql() {
    return MYSQL.get();
  }

  /** The shared Postgres, serving. */
  public static PostgresServer postgres() {
    return POSTGRES.get();
  }

  /** The shared Kafka, serving. */
  public static KafkaServer kafka() {
    return KAFKA.get();
  }

  /** A MySQL of the caller's own, serving. */
  public static MySqlServer newMySql() {
    return newMySql(UnaryOperator.identity());
  }

  /**
   * The same, set up otherwise.
   *
   * @param change what is other than in {@link MySqlConfig#in}
   */
  public static MySqlServer newMySql(UnaryOperator<MySqlConfig> change) {
    return started(new MySqlServer(HOME, change.apply(MySqlConfig.in(newFolder("mysql")))));
  }

  private static MySqlServer sharedMySql() {
    MySqlServer server = newMySql();
    System.err.println("Tests run on MySQL " + server.version());
    return server;
  }

  /** A Postgres of the caller's own, serving. */
  public static PostgresServer newPostgres() {
    return started(new PostgresServer(HOME, PostgresConfig.in(newFolder("postgres"))));
  }

  /** Where distributions are unpacked. */
  public static Home home() {
    return HOME;
  }

  /** A folder that is removed when the JVM ends; it does not exist yet. */
  public static Path newFolder(String name) {
    return FOLDER.resolve(name + "-" + COUNT.incrementAndGet());
  }

  /** Starts a server, waits until it serves, and sees to its end. */
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

  /** JVMs that were killed could not remove theirs. */
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
