package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.Statement;
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
  void theFlinkSessionFindsItsTablesAndNoDifference() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement source = sides.source().createStatement();
        Statement store = sides.store().createStatement()) {
      sides.awaitApplied(sides.position());
      Launcher.Result session =
          SharedSystem.launcher().run("sql", "-f", EXPLORE.resolve("session.sql").toString());

      assertThat(session.code()).as("%s", session.output()).isZero();
      assertThat(cells(session, "progress")).hasSize(1);
      assertThat(cells(session, "rentals_of_customer")).hasSize(1);
      assertThat(cells(session, "users2")).hasSize(1);
      assertThat(cells(session, "missing")).containsExactly("missing|0");
      assertThat(cells(session, "too many")).containsExactly("too many|0");
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
    }
  }

  @Test
  void aStatementThatFailsEndsTheScriptWithOne() throws Exception {
    Path script = folder.resolve("wrong.sql");
    Files.writeString(script, "SELECT COUNT(*) FROM projection.no_such_view;\n");
    SharedSystem.endpoints();

    Launcher.Result wrong = SharedSystem.launcher().run("sql", "-f", script.toString());

    assertThat(wrong.code()).isEqualTo(1);
    assertThat(wrong.output()).anyMatch(line -> line.contains("no_such_view"));
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

  /** The printed rows that begin so, without blanks. */
  private static List<String> cells(Launcher.Result session, String begin) {
    return session.output().stream()
        .filter(line -> line.startsWith("|"))
        .map(line -> line.replaceAll(" *\\| *", "|").replaceAll("^\\||\\|$", ""))
        .filter(row -> row.equals(begin) || row.startsWith(begin))
        .toList();
  }
}
