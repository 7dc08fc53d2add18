package dev.freshet.cli.explain;

import dev.freshet.cli.Failure;
import dev.freshet.servers.Directories;
import dev.freshet.servers.Home;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlConfig;
import dev.freshet.servers.MySqlServer;
import dev.freshet.view.sql.MysqlSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A temporary MySQL server for one check, which has only the tables that a script creates. {@link
 * #close} stops it and deletes its folder.
 */
public final class ScratchSource implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(2);

  private final Path folder;
  private final MySqlServer server;
  private final SourceScript script;
  private String database;
  private final Thread hook = new Thread(this::remove, "explain-end");

  private ScratchSource(Path folder, MySqlServer server, SourceScript script) {
    this.folder = folder;
    this.server = server;
    this.script = script;
    this.database = server.config().database();
    // Cleans up after Ctrl-C, too.
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a server and runs a script in it.
   *
   * @param home the folder in which the server's temporary folder is created
   * @param distributions the folder of unpacked servers
   * @param script the SQL script to run
   * @throws Failure if the script fails; the server is stopped then
   */
  public static ScratchSource start(Path home, Home distributions, Path script) {
    SourceScript read = SourceScript.read(script);
    Path folder;
    try {
      Files.createDirectories(home);
      folder = Files.createTempDirectory(home, "explain-");
    } catch (IOException e) {
      throw new Failure("Folder " + home + " cannot be created; check space and rights", e);
    }
    MySqlServer server = new MySqlServer(distributions, MySqlConfig.in(folder));
    ScratchSource source = new ScratchSource(folder, server, read);
    boolean started = false;
    try {
      server.start(READY);
      source.database = read.run(server);
      started = true;
      return source;
    } finally {
      if (!started) {
        source.close();
      }
    }
  }

  /**
   * Returns the database of names without one: that which the script used last, as the tables of
   * {@code USE shop} are found by {@code items} and by {@code shop.items}.
   */
  public String database() {
    return database;
  }

  /** Returns what the user should know of how the script was run, one line each. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    script.note().ifPresent(notes::add);
    if (script.databases().size() > 1) {
      notes.add(
          "Source script: it has the databases %s; a table without a database in front is one of '%s'"
              .formatted(String.join(", ", script.databases()), database));
    }
    return notes;
  }

  /** Connects with the account of a job. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(
        MysqlSession.url(server.host(), server.port(), database()),
        MysqlSession.properties(MySqlAccount.JOB.user(), server.password(MySqlAccount.JOB)));
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends, and the hook cleans up.
      return;
    }
    remove();
  }

  private void remove() {
    server.close();
    try {
      Directories.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Folder " + folder + " was not deleted", e);
    }
  }
}
