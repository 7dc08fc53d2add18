package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sessions in {@code sql/explore} do what they say. */
@Tag(SharedSystem.TAG)
class SqlIT {
  private static final Path EXPLORE = Path.of("../../sql/explore").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void theSessionsFindTheirTablesAndNoDifferenceAndCapturedChanges() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement();
        Statement store = sides.store().createStatement()) {
      sides.awaitApplied(sides.position());
      Launcher.Result session = session("session.sql", "same.sql");

      assertThat(cells(session, "progress")).hasSize(1);
      assertThat(cells(session, "rentals_of_customer")).hasSize(1);
      assertThat(cells(session, "users2")).hasSize(1);
      assertThat(cells(session, "missing")).containsExactly("missing|0", "missing|0");
      assertThat(cells(session, "too many")).containsExactly("too many|0", "too many|0");
      assertThat(session.output()).anyMatch(line -> line.contains("| binlog.00"));
      try (ResultSet row =
          store.executeQuery(
              "SELECT user_id, site_id, count(*), max(last_message_at)"
                  + " FROM unread_conversations GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 1")) {
        row.next();
        assertThat(
                cells(
                    session,
                    row.getString(1) + "|" + row.getString(2) + "|" + row.getString(3) + "|"))
            .hasSize(1);
      }
      try (ResultSet rows =
          source.executeQuery(
              "SELECT l.name, COUNT(*), COUNT(DISTINCT c.customer_id) FROM rental r"
                  + " JOIN inventory i USING (inventory_id) JOIN film f USING (film_id)"
                  + " JOIN language l USING (language_id)"
                  + " JOIN customer c ON c.customer_id = r.customer_id"
                  + " JOIN address a USING (address_id) JOIN city USING (city_id)"
                  + " WHERE c.active GROUP BY l.language_id")) {
        while (rows.next()) {
          assertThat(
                  cells(
                      session,
                      rows.getString(1) + "|" + rows.getString(2) + "|" + rows.getString(3)))
              .as("%s", rows.getString(1))
              .hasSize(1);
        }
      }
      String photos =
          first(
              source,
              "SELECT CONCAT(gender, '|', COUNT(*)) FROM photos p JOIN users2 u"
                  + " ON u.id = p.user_id GROUP BY gender ORDER BY COUNT(*) DESC LIMIT 1");
      assertThat(session.output())
          .map(line -> line.replaceAll(" *\\| *", "|"))
          .anyMatch(line -> line.matches("\\|\\+[IU]\\|" + photos.replace("|", "\\|") + "\\|"));
    }
  }

  @Test
  void theSessionsSayWhoWaitsAndWhatWasInvalid() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement()) {
      String user =
          first(
              source,
              "SELECT counterpart_id FROM participants p JOIN conversations c"
                  + " ON c.id = p.conversation_id JOIN users u ON u.id = p.counterpart_id"
                  + " WHERE archived = 0 AND last_message_at > last_read_at ORDER BY 1 LIMIT 1");
      String row = "sample.users|{\"id\":" + user + "}|";
      String name = first(source, "SELECT name FROM users WHERE id = " + user);
      try {
        source.executeUpdate(
            "UPDATE users SET name = CONCAT('a', CHAR(0 USING utf8mb4)) WHERE id = " + user);
        sides.awaitApplied(sides.position());
        assertThat(Launcher.await(Duration.ofSeconds(60), () -> isDead(user)))
            .as("the row is a dead letter")
            .isTrue();

        Launcher.Result waiting = session("waiting.sql");

        assertThat(cells(waiting, row + "unread_conversations|unstorable-value|")).hasSize(1);
        assertThat(rowsWith(waiting, "|unstorable-value|2"))
            .anyMatch(line -> line.startsWith("unread_conversations|{\"user_id\":"));
        assertThat(cells(waiting, "freshet|")).isNotEmpty();
      } finally {
        source.executeUpdate("UPDATE users SET name = '" + name + "' WHERE id = " + user);
      }
      sides.awaitApplied(sides.position());
      assertThat(Launcher.await(Duration.ofSeconds(60), () -> !isDead(user)))
          .as("the dead letter is withdrawn")
          .isTrue();

      Launcher.Result over = session("waiting.sql", "invalid.sql");
      // A dead letter names the view after the row; a failure of the past names the reason.
      assertThat(cells(over, row + "unread_conversations|")).isEmpty();
      assertThat(cells(over, "unread_conversations|unstorable-value|")).hasSize(1);
      assertThat(cells(over, row + "unstorable-value|")).hasSize(1);
    }
  }

  @Test
  void theHottestKeysAreThoseThatChangedMostAndAFailureEndsTheScript() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement store = sides.store().createStatement()) {
      sides.awaitApplied(sides.position());

      Path wrong = folder.resolve("wrong.sql");
      Files.writeString(wrong, "SELECT COUNT(*) FROM projection.no_such_view;\n");

      Launcher.Result hot = run("hot.sql", wrong.toString());

      assertThat(hot.code()).isEqualTo(1);
      assertThat(hot.output()).anyMatch(line -> line.contains("no_such_view"));
      assertThat(
              cells(
                  hot,
                  first(
                      store,
                      "SELECT concat(user_id, '|', site_id, '|', count(*), '|')"
                          + " FROM unread_conversations WHERE last_message_at >"
                          + " (SELECT max(last_message_at) FROM unread_conversations)"
                          + " - interval '1 day' GROUP BY user_id, site_id"
                          + " ORDER BY count(*) DESC, user_id, site_id LIMIT 1")))
          .hasSize(1);
    }
  }

  /** Executes files one after the other in one client, because a client takes long to start. */
  private Launcher.Result session(String... files) throws Exception {
    Launcher.Result session = run(files);
    assertThat(session.code()).as("%s", session.output()).isZero();
    return session;
  }

  private Launcher.Result run(String... files) throws Exception {
    StringBuilder all = new StringBuilder();
    for (String file : files) {
      all.append(Files.readString(EXPLORE.resolve(file))).append('\n');
    }
    Path script = Files.writeString(folder.resolve("sessions.sql"), all);
    return SharedSystem.launcher().run("sql", "-f", script.toString());
  }

  private static boolean isDead(String user) throws Exception {
    String letters = SharedSystem.execute("dead-letters", "list", "--json").out();
    return letters.replaceAll("\\s", "").contains("\"id\":" + user + "}");
  }

  private static String first(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      assertThat(row.next()).as(sql).isTrue();
      return row.getString(1);
    }
  }

  @Test
  void everyStatementOfThePostgresSessionFindsSomething() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement store = sides.store().createStatement()) {
      String text = Files.readString(EXPLORE.resolve("projection.sql"));
      int statements = 0;
      for (String sql : text.replaceAll("(?m)^--.*$", "").split(";", -1)) {
        if (!sql.isBlank()) {
          statements++;
          try (ResultSet rows = store.executeQuery(sql)) {
            assertThat(rows.next()).as(sql).isTrue();
          }
        }
      }
      assertThat(statements).isEqualTo(3);
    }
  }

  private static List<String> rowsWith(Launcher.Result session, String part) {
    return cells(session, "").stream().filter(row -> row.contains(part)).toList();
  }

  /** The printed rows that begin so, without blanks. */
  private static List<String> cells(Launcher.Result session, String begin) {
    return session.output().stream()
        .filter(line -> line.startsWith("|"))
        .map(line -> line.replaceAll(" *\\| *", "|").replaceAll("^\\||\\|$", ""))
        .filter(row -> row.equals(begin) || row.startsWith(begin))
        .toList();
  }
}
