package dev.freshet.sandbox.sample;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Random;

/**
 * The photos of the sample source: ten for each user. The same size and seed produce the same rows.
 */
final class PhotoData {
  private static final int PER_USER = 10;
  private static final String[] GENDERS = {"female", "male", "other"};
  private static final String[] HAIR = {"black", "brown", "blond", "red", "grey", null};
  private static final String[] MOTIFS = {"Harbour", "Heron", "Night train", "Orchard", "Snow"};

  private final Connection connection;

  PhotoData(Connection connection) {
    this.connection = connection;
  }

  /** Fills the empty tables in one transaction. Returns the number of photos. */
  long fill(int users, long seed) throws SQLException {
    Random random = new Random(seed);
    boolean before = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try (InsertBatch people =
            new InsertBatch(
                connection, "INSERT INTO users2 (id, gender, hair_color) VALUES (?, ?, ?)");
        InsertBatch photos =
            new InsertBatch(
                connection,
                "INSERT INTO photos (id, user_id, title, popularity) VALUES (?, ?, ?, ?)")) {
      for (long user = 1; user <= users; user++) {
        people.add(
            user, GENDERS[random.nextInt(GENDERS.length)], HAIR[random.nextInt(HAIR.length)]);
        for (int i = 0; i < PER_USER; i++) {
          long id = (user - 1) * PER_USER + i + 1;
          photos.add(
              id, user, MOTIFS[random.nextInt(MOTIFS.length)] + " " + id, random.nextInt(1_000));
        }
      }
    }
    connection.commit();
    connection.setAutoCommit(before);
    return (long) users * PER_USER;
  }
}
