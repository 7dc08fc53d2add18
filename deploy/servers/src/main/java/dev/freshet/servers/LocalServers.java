package dev.freshet.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

  private static MySqlServer sharedMySql;
  private static PostgresServer sharedPostgres;
  private static KafkaServer sharedKafka;

  static {
    removeLeftovers();
    Runtime.getRuntime().addShutdownHook(new Thread(LocalServers::end, "freshet-servers-end"));
  }

  private LocalServers() {}

  /** The shared MySQL, serving. */
  public static synchronized MySqlServer mysql() {
    if (sharedMySql == null) {
      sharedMySql = newMySql();
    }
    return sharedMySql;
  }

  /** The shared Postgres, serving. */
  public static synchronized PostgresServer postgres() {
    if (sharedPostgres == null) {
      sharedPostgres = newPostgres();
    }
    return sharedPostgres;
  }

  /** The shared Kafka, serving. */
  public static synchronized KafkaServer kafka() {
    if (sharedKafka == null) {
      sharedKafka = started(new KafkaServer(KafkaConfig.in(newFolder("kafka"))));
    }
    return sharedKafka;
  }

  /** A MySQL of the caller's own, serving. */
  public static MySqlServer newMySql() {
    return started(new MySqlServer(HOME, MySqlConfig.in(newFolder("mysql"))));
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
