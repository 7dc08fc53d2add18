package dev.freshet.sandbox.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** The complete sample source: an inbox, photos, and film rental shops. */
public final class SampleSource {
  /**
   * The number of the inbox's users for each user with photos, and for each customer of the shops.
   */
  private static final int PER_PHOTOGRAPHER = 5;

  private static final int PER_CUSTOMER = 8;

  private final Connection connection;

  /** Uses a connection with {@code rewriteBatchedStatements}; the caller closes it. */
  public SampleSource(Connection connection) {
    this.connection = connection;
  }

  /**
   * Creates missing tables.
   *
   * @param folder the folder {@code sql/source}
   */
  public void createTables(Path folder) throws IOException, SQLException {
    List<Path> sources;
    try (Stream<Path> files = Files.list(folder)) {
      sources = files.filter(file -> file.toString().endsWith(".sql")).sorted().toList();
    }
    for (Path source : sources) {
      new SampleData(connection).createTables(Files.readString(source));
    }
  }

  /**
   * Fills the empty tables; the sizes of photos and shops are proportional to the inbox's users.
   *
   * @return a description of the inserted rows
   */
  public String fill(int users, int conversations, int sites, long seed) throws SQLException {
    SampleData.Rows inbox = new SampleData(connection).fill(users, conversations, sites, seed);
    long photos = new PhotoData(connection).fill(Math.max(2, users / PER_PHOTOGRAPHER), seed);
    long rentals = new SakilaData(connection).fill(Math.max(2, users / PER_CUSTOMER), seed);
    return "%d users, %d conversations, %d participants; %d photos; %d rentals"
        .formatted(inbox.users(), inbox.conversations(), inbox.participants(), photos, rentals);
  }
}
