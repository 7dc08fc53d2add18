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
 * A MySQL server for one check, with the tables that a script creates and nothing else. {@link
 * #close} ends it and deletes its folder.
 */
public final class ScratchSource implements AutoCloseable {
  private static final Duration READY = Duration.ofMinutes(2);

  private final Path folder;
  private final MySqlServer server;
  private final Thread hook = new Thread(this::remove, "explain-end");

  private ScratchSource(Path folder, MySqlServer server) {
    this.folder = folder;
    this.server = server;
    // After Ctrl-C, too, nothing is left.
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /**
   * Starts a server and runs a script in it.
   *
   * @param home the folder of everything that runs; the server gets a folder of its own in it
   * @param distributions where unpacked servers are kept
   * @throws Failure when the script cannot be run; nothing is left then
   */
  public static ScratchSource start(Path home, Path distributions, Path script) {
    if (!Files.isReadable(script)) {
      throw new Failure(
          "Source script " + script + ": it cannot be read; name another by --source-sql");
    }
    Path folder;
    try {
      Files.createDirectories(home);
      folder = Files.createTempDirectory(home, "explain-");
    } catch (IOException e) {
      throw new Failure("Folder " + home + " cannot be made; check space and rights", e);
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

  /** The database that the script ran in. */
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
      // The process ends; the hook does it.
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
