package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.cli.Endpoints;
import dev.freshet.sandbox.traffic.Traffic;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P8: what differs from MySQL is found while both are written to, and nothing else is. */
@Tag(SharedSystem.TAG)
class VerifyIT {
  private static final int RATE = 200;
  private static final int PASSES = FULL ? 30 : 2;
  private static final String VIEW = "unread_conversations";
  private static final Pattern SUMMARY =
      Pattern.compile(
          " verified ([\\d,]+), inconclusive ([\\d,]+), mismatched ([\\d,]+), not served from the projection ([\\d,]+)");
  private static final Pattern MISMATCH = Pattern.compile("MISMATCH key (\\S+):");

  @Test
  void nothingDiffersUnderLoad() throws Exception {
    try (Traffic traffic =
        new Traffic(SharedSystem.endpoints(), RATE, 0, Long.getLong("freshet.seed", 1))) {
      long transactions = traffic.transactions();
      long start = System.nanoTime();
      long all = 0;
      long inconclusive = 0;
      for (int pass = 0; pass < PASSES; pass++) {
        SharedSystem.Executed done = SharedSystem.execute("verify", VIEW, "--all");
        System.out.println(done.out());
        assertThat(done.code()).as("%s", done).isZero();
        assertThat(keys(done)).isEmpty();
        assertThat(done.out()).containsPattern("MySQL: [0-9,]+ queries, [0-9,]+ rows read");
        assertThat(count(done, 1)).isGreaterThan(500);
        all += count(done, 1) + count(done, 2);
        inconclusive += count(done, 2);
      }
      assertThat(inconclusive).as("of %d keys", all).isLessThan(all / 100);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%,d keys in %.1f s, %d inconclusive, at %.0f transactions/s%n",
          all, seconds, inconclusive, (traffic.transactions() - transactions) / seconds);
      assertThat(traffic.trouble()).isEmpty();

      for (String view :
          List.of(
              "films_of_actor", "payments_of_store", "photos_by_gender", "rentals_of_customer")) {
        SharedSystem.Executed done = SharedSystem.execute("verify", view, "--sample=40");
        assertThat(done.code()).as("%s", done).isZero();
        assertThat(count(done, 1)).as("%s", done).isPositive();
      }
    }
  }

  @Test
  void onlyTheDamagedKeysAreFound() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement store = sides.store().createStatement()) {
      sides.awaitApplied(sides.position());
      List<String> victims = victims(store);
      String table = VIEW + "_g1";
      store.execute("DROP TABLE IF EXISTS verify_saved");
      store.execute("CREATE TABLE verify_saved AS SELECT * FROM " + table);
      try {
        store.execute(
            "UPDATE %s SET name = 'x' || coalesce(name, '') WHERE %s"
                .formatted(table, one(table, victims.get(0))));
        store.execute("DELETE FROM %s WHERE %s".formatted(table, one(table, victims.get(1))));
        store.execute(
            ("INSERT INTO %s SELECT user_id, site_id, -1, last_message_at, name, image_url, _key_group"
                    + " FROM %s WHERE %s")
                .formatted(table, table, one(table, victims.get(2))));
        store.execute("DELETE FROM %s WHERE %s".formatted(table, of(victims.get(3))));
        store.execute(
            ("INSERT INTO %s SELECT -7, site_id, conversation_id, last_message_at, name, image_url, _key_group"
                    + " FROM %s WHERE %s")
                .formatted(table, table, one(table, victims.get(4))));
        String onlyHere = "-7/" + victims.get(4).replaceFirst(".*/", "");

        SharedSystem.Executed found = SharedSystem.execute("verify", VIEW, "--all");
        System.out.println(found.out());
        assertThat(found.code()).as("%s", found).isEqualTo(1);
        assertThat(keys(found))
            .isEqualTo(
                new TreeSet<>(
                    List.of(
                        victims.get(0), victims.get(1), victims.get(2), victims.get(3), onlyHere)));
        assertThat(found.out())
            .contains("    store: no row", "    MySQL: no row", "    store: name=x");
        assertThat(count(found, 3)).isEqualTo(5);

        SharedSystem.Executed key = SharedSystem.execute("verify", VIEW, "--key=" + victims.get(0));
        assertThat(key.code()).as("%s", key).isEqualTo(1);
        assertThat(keys(key)).containsExactly(victims.get(0));
        assertThat(SharedSystem.execute("status").out())
            .contains("! View " + VIEW + ": 5 keys differ from MySQL");
        assertThat(Launcher.await(Duration.ofSeconds(60), () -> mismatches() == 5)).isTrue();
      } finally {
        store.execute(
            "BEGIN; DELETE FROM %s; INSERT INTO %s SELECT * FROM verify_saved; COMMIT"
                .formatted(table, table));
        store.execute("DROP TABLE verify_saved");
      }
      assertClean();
      assertThat(Launcher.await(Duration.ofSeconds(60), () -> mismatches() == 0)).isTrue();
    }
  }

  @Test
  void aChangeMissingInTheBinlogIsFound() throws Exception {
    try (Sides sides = new Sides(SharedSystem.endpoints());
        Statement store = sides.store().createStatement();
        Statement source = sides.source().createStatement()) {
      sides.awaitApplied(sides.position());
      String key = victims(store).get(0);
      String row;
      try (ResultSet rows =
          store.executeQuery(
              "SELECT conversation_id FROM %s_g1 WHERE %s LIMIT 1".formatted(VIEW, of(key)))) {
        rows.next();
        row =
            "conversation_id = %s AND user_id = %s"
                .formatted(rows.getString(1), key.replaceFirst("/.*", ""));
      }
      String read = "UPDATE participants SET last_read_at = last_read_at + INTERVAL %s YEAR WHERE ";
      source.execute("SET sql_log_bin = 0");
      try {
        source.execute(read.formatted("100") + row);
        SharedSystem.Executed found = SharedSystem.execute("verify", VIEW, "--key", key);
        assertThat(found.code()).as("%s", found).isEqualTo(1);
        assertThat(keys(found)).containsExactly(key);
        assertThat(found.out()).contains("    MySQL: no row");
      } finally {
        source.execute(read.formatted("-100") + row);
        source.execute("SET sql_log_bin = 1");
      }
      assertClean();
    }
  }

  @Test
  void unknownArgumentsAreReported() {
    SharedSystem.Executed key = SharedSystem.execute("verify", VIEW, "--key=42");
    assertThat(key.code()).as("%s", key).isEqualTo(2);
    assertThat(key.err()).contains("user_id, site_id");
    SharedSystem.Executed view = SharedSystem.execute("verify", "unread_conversation");
    assertThat(view.code()).isEqualTo(1);
    assertThat(view.err()).contains("unread_conversation", VIEW);
    assertThat(SharedSystem.execute("verify", VIEW, "--all", "--sample=1").code()).isEqualTo(2);
    assertThat(SharedSystem.execute("verify", VIEW, "--continuous=0").code()).isEqualTo(2);
  }

  @Test
  void continuousVerificationGoesOnUntilItIsStopped() throws Exception {
    try (Traffic traffic = new Traffic(SharedSystem.endpoints(), 50, 0, 2)) {
      Launcher.Started running = SharedSystem.launcher().start("verify", VIEW, "--continuous=40");
      assertThat(Launcher.await(Duration.ofSeconds(60), () -> running.says("keys/s"))).isTrue();
      assertThat(
              new ProcessBuilder("kill", "-TERM", "" + running.process().pid()).start().waitFor())
          .isZero();
      Launcher.Result ended = running.end(Duration.ofSeconds(30));
      assertThat(ended.output()).as("%s", ended).anyMatch(line -> line.contains("MySQL: "));
      String last = ended.output().get(ended.output().size() - 1);
      assertThat(last).containsPattern("verified [1-9].* mismatched 0,");
      assertThat(traffic.trouble()).isEmpty();
    }
  }

  private static void assertClean() {
    SharedSystem.Executed clean = SharedSystem.execute("verify", VIEW, "--all");
    assertThat(clean.code()).as("%s", clean).isZero();
    assertThat(SharedSystem.execute("status").out()).doesNotContain("differ from MySQL");
  }

  /** Keys with some rows each. */
  private static List<String> victims(Statement store) throws SQLException {
    List<String> keys = new ArrayList<>();
    try (ResultSet rows =
        store.executeQuery(
            ("SELECT user_id, site_id FROM %s_g1 GROUP BY 1, 2 HAVING count(*) > 1"
                    + " ORDER BY 1 DESC, 2 LIMIT 5")
                .formatted(VIEW))) {
      while (rows.next()) {
        keys.add(rows.getLong(1) + "/" + rows.getLong(2));
      }
    }
    assertThat(keys).hasSize(5);
    return keys;
  }

  private static String of(String key) {
    return "(user_id, site_id) = (%s)".formatted(key.replace('/', ','));
  }

  private static String one(String table, String key) {
    return of(key)
        + " AND conversation_id = (SELECT min(conversation_id) FROM %s WHERE %s)"
            .formatted(table, of(key));
  }

  private static Set<String> keys(SharedSystem.Executed done) {
    Set<String> keys = new TreeSet<>();
    Matcher matcher = MISMATCH.matcher(done.out());
    while (matcher.find()) {
      keys.add(matcher.group(1));
    }
    return keys;
  }

  /** A figure of the last summary. */
  private static long count(SharedSystem.Executed done, int figure) {
    Matcher matcher = SUMMARY.matcher(done.out());
    long count = -1;
    while (matcher.find()) {
      count = Long.parseLong(matcher.group(figure).replace(",", ""));
    }
    assertThat(count).as("%s", done).isNotNegative();
    return count;
  }

  private static long mismatches() throws Exception {
    Endpoints endpoints = SharedSystem.endpoints();
    String gauge = "freshet_store_mismatched_keys{view=\"%s\"} ".formatted(VIEW);
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(endpoints.get("READER_URL") + "/metrics")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(gauge))
        .map(line -> (long) Double.parseDouble(line.substring(gauge.length())))
        .findFirst()
        .orElse(-1L);
  }
}
