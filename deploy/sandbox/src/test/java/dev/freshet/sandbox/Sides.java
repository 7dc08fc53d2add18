package dev.freshet.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Endpoints;
import dev.freshet.view.Version;
import dev.freshet.view.source.BinlogEnd;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What runs, from both sides: the source, the store, and the reader. */
final class Sides implements AutoCloseable {
  private final ReaderClient reader;
  private final Endpoints endpoints;
  private final Connection source;
  private final Connection store;

  Sides(Endpoints endpoints) throws SQLException {
    this.endpoints = endpoints;
    this.reader = new ReaderClient(endpoints);
    this.source = endpoints.source();
    this.store = openStore();
  }

  Connection source() {
    return source;
  }

  Connection store() {
    return store;
  }

  /** Another connection to the store. */
  Connection openStore() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%s/%s?currentSchema=freshet"
            .formatted(
                endpoints.get("POSTGRES_HOST"),
                endpoints.get("POSTGRES_PORT"),
                endpoints.get("POSTGRES_DATABASE")),
        endpoints.get("POSTGRES_USER"),
        endpoints.get("POSTGRES_PASSWORD"));
  }

  /** Where the binlog ends now. */
  long position() throws SQLException {
    try (Statement statement = source.createStatement()) {
      return BinlogEnd.ask(statement).version();
    }
  }

  /** Waits until the store holds everything up to a place. */
  void awaitApplied(long position) throws SQLException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
    try (Statement statement = store.createStatement()) {
      while (true) {
        try (ResultSet row = statement.executeQuery("SELECT min(version) FROM progress")) {
          row.next();
          if (row.getLong(1) >= position) {
            return;
          }
          if (System.nanoTime() > deadline) {
            throw new AssertionError(
                "the store is at "
                    + Version.print(row.getLong(1))
                    + ", not at "
                    + Version.print(position));
          }
        }
        LockSupport.parkNanos(5_000_000);
      }
    }
  }

  /** The reader's answer for a key, of any number of columns. */
  JsonNode ask(String view, String key, int limit) throws IOException, InterruptedException {
    return reader.ask(view, key, limit);
  }

  @Override
  public void close() throws SQLException {
    source.close();
    store.close();
  }
}
