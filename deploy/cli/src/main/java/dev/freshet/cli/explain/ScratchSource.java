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

/**
 * A temporary MySQL server for one check, which has only the tables that a script creates. {@link
 * #close} stops it and deletes its folder.
 */
public final class ScratchSource implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(2);

  private final Path folder;
  private final MySqlServer server;
  private final Thread hook = new Thread(this::remove, "explain-end");

  private ScratchSource(Path folder, MySqlServer server) {
    this.folder = folder;
    this.server = server;
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
  public static ScratchSource start(Path home, Path distributions, Path script) {
    if (!Files.isReadable(script)) {
      throw new Failure(
          "Source script " + script + ": it cannot be read; give another with --source-sql");
    }
    Path folder;
    try {
      Files.createDirectories(home);
      folder = Files.createTempDirectory(home, "explain-");
    } catch (IOException e) {
      throw new Failure("Folder " + home + " cannot be created; check space and rights", e);
    }
    MySqlServer server = new MySqlServer(Home.at(distributions), MySqlConfig.in(folder));
    ScratchSource source = new ScratchSource(folder, server);
    boolean started = false;
    try {
      server.start(READY);
      SourceScript.run(server, script, "the script creates it twice; correct the script");
      started = true;
      return source;
    } finally {
      if (!started) {
        source.close();
      }
    }
  }

  /** Returns the database in which the script was run. */
  public String database() {
    return server.config().database();
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
