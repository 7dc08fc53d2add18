package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.view.Version;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A user's gender is the key of their photos: when it changes, all of them leave one answer and
 * come to another at once. Two keys in one statement are compared with each other, which holds
 * where one writer has both: the system runs at parallelism 1. Beyond, each key's own answers hold,
 * which the reader's answers show here.
 */
@Tag(SharedSystem.TAG)
class PhotosIT {
  private static final int PHOTOS = 2_000;
  private static final int MOVES = FULL ? 100 : 10;
  private static final long USER = 1_000_000;
  private static final String HERE = "here";
  private static final String THERE = "there";

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicLong lastSeen = new AtomicLong();

  /** Both keys as one statement saw them. */
  private record Seen(long version, int here, int there) {}

  /** One key as the reader answered. */
  private record Answered(long version, String key, boolean any, String total) {}

  @Test
  void allPhotosOfAUserChangeTheirKeyInOneStep() throws Exception {
    List<Seen> seen = new ArrayList<>();
    List<Answered> answered = Collections.synchronizedList(new ArrayList<>());
    NavigableMap<Long, String> moves = new TreeMap<>();
    Executor threads = task -> new Thread(task, "photos").start();
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement()) {
      fill(source);
      moves.put(sides.position(), HERE);
      sides.awaitApplied(moves.lastKey());
      List<CompletableFuture<Void>> pollers =
          List.of(
              CompletableFuture.runAsync(() -> look(sides, seen), threads),
              CompletableFuture.runAsync(() -> ask(sides, HERE, answered), threads),
              CompletableFuture.runAsync(() -> ask(sides, THERE, answered), threads));
      try {
        long first = moves.lastKey();
        assertThat(Launcher.await(Duration.ofSeconds(60), () -> lastSeen.get() >= first))
            .as("the place before the moves is looked at")
            .isTrue();
        for (int move = 0; move < MOVES; move++) {
          String gender = move % 2 == 0 ? THERE : HERE;
          source.executeUpdate("UPDATE users2 SET gender = '" + gender + "' WHERE id = " + USER);
          moves.put(sides.position(), gender);
          sides.awaitApplied(moves.lastKey());
          long place = moves.lastKey();
          assertThat(Launcher.await(Duration.ofSeconds(60), () -> lastSeen.get() >= place))
              .as("move %d is looked at", move)
              .isTrue();
        }
      } finally {
        over.set(true);
      }
      pollers.forEach(CompletableFuture::join);
      remove(source);
    }
    long changes = 0;
    for (int i = 0; i < seen.size(); i++) {
      boolean here = moves.floorEntry(seen.get(i).version()).getValue().equals(HERE);
      assertThat(seen.get(i).here()).as("%s", seen.get(i)).isEqualTo(here ? PHOTOS : 0);
      assertThat(seen.get(i).there()).as("%s", seen.get(i)).isEqualTo(here ? 0 : PHOTOS);
      changes += i > 0 && seen.get(i).here() != seen.get(i - 1).here() ? 1 : 0;
    }
    assertThat(changes).as("changes seen in %d looks", seen.size()).isEqualTo(MOVES);
    for (Answered answer : answered) {
      boolean here = moves.floorEntry(answer.version()).getValue().equals(answer.key());
      assertThat(answer.any()).as("%s", answer).isEqualTo(here);
      assertThat(answer.total()).as("%s", answer).isEqualTo(here ? "1000+" : "0");
    }
    assertThat(answered).filteredOn(Answered::any).hasSizeGreaterThan(MOVES);
    assertThat(answered).filteredOn(answer -> !answer.any()).hasSizeGreaterThan(MOVES);
    System.out.printf(
        "%d moves of %d photos, %d looks at both keys, %d answers%n",
        MOVES, PHOTOS, seen.size(), answered.size());
  }

  private static void fill(Statement source) throws SQLException {
    source.executeUpdate("INSERT INTO users2 VALUES (" + USER + ", '" + HERE + "', 'brown')");
    List<String> rows = new ArrayList<>();
    for (long i = 0; i < PHOTOS; i++) {
      rows.add("(%d, %d, 'Photo %d', %d)".formatted(USER + i, USER, i, i % 777));
    }
    source.executeUpdate("INSERT INTO photos VALUES " + String.join(", ", rows));
  }

  private static void remove(Statement source) throws SQLException {
    source.executeUpdate("DELETE FROM photos WHERE user_id = " + USER);
    source.executeUpdate("DELETE FROM users2 WHERE id = " + USER);
  }

  private void look(Sides sides, List<Seen> seen) {
    String sql =
        "SELECT p.version,"
            + " (SELECT count(*) FROM photos_by_gender WHERE gender = ? AND user_id = ?),"
            + " (SELECT count(*) FROM photos_by_gender WHERE gender = ? AND user_id = ?)"
            + " FROM progress p";
    try (Connection store = sides.openStore();
        PreparedStatement statement = store.prepareStatement(sql)) {
      statement.setString(1, HERE);
      statement.setLong(2, USER);
      statement.setString(3, THERE);
      statement.setLong(4, USER);
      while (!over.get()) {
        try (ResultSet row = statement.executeQuery()) {
          row.next();
          seen.add(new Seen(row.getLong(1), row.getInt(2), row.getInt(3)));
          lastSeen.set(row.getLong(1));
          assertThat(row.next()).as("one writer has all keys").isFalse();
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void ask(Sides sides, String key, List<Answered> answered) {
    try {
      while (!over.get()) {
        JsonNode answer = sides.ask("photos_by_gender", key, 1);
        if (answer.path("source").asText().equals("projection")) {
          answered.add(
              new Answered(
                  Version.parse(answer.path("version").asText()),
                  key,
                  !answer.path("items").isEmpty(),
                  answer.path("total").asText()));
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
