package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.cli.Endpoints;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A view that is populated on read, from an empty store, while transactions are written: who asks
 * brings a key into the store, nobody else's keys are there, and those that nobody reads leave.
 */
class OnReadIT {
  private static final String VIEW = "unread_conversations";
  private static final int CONVERSATIONS = FULL ? 20_000 : 150;
  private static final int EVICT_AFTER = FULL ? 30 : 8;
  private static final int AT_ONCE = 1000;
  private static final int KEYS = FULL ? 500 : 40;
  private static final int SECONDS = FULL ? 30 : 4;
  private static final int KILLS = FULL ? 3 : 1;

  private final Launcher launcher = new Launcher("on-read");

  @AfterEach
  void down() throws Exception {
    launcher.run("down");
  }

  @Test
  void theStoreHasOnlyTheKeysThatWereRead() throws Exception {
    up();
    Endpoints endpoints = Endpoints.read(launcher.layout().endpoints());
    Faults faults = new Faults(launcher);
    try (Sides sides = new Sides(endpoints)) {
      assertThat(
              number(
                  sides,
                  "SELECT count(*) FROM unread_conversations_g1 WHERE (user_id, site_id) <> (1, 1)"))
          .as("entries but of the key that up itself asked for")
          .isZero();
      aCrowdMakesOneQuery(endpoints, sides);

      CheckPlan plan =
          CheckPlan.standard()
              .transactions(1_000_000)
              .rate(FULL ? 100 : 25)
              .polls(FULL ? 100 : 40)
              .seed(System.nanoTime())
              .patience(Duration.ofMinutes(FULL ? 6 : 2));
      try (Check check = new Check(endpoints.values(), plan)) {
        CompletableFuture<CheckReport> running = check.transactionsBeside();
        theHitRatioGrows(endpoints, sides);
        for (int kill = 0; kill < KILLS; kill++) {
          Instant killed = Instant.now();
          faults.kill("FLINK_TASKMANAGER");
          Duration recovery = faults.awaitFresh(killed, running);
          System.out.println("task manager killed: fresh after " + recovery.toMillis() + " ms");
        }
        check.endAfter(FULL ? 3_000 : 60);
        awaitEnd(check);
        // Every key is read now; to populate them takes places in the binlog, which a silent source
        // does not give.
        ScheduledExecutorService others = Executors.newSingleThreadScheduledExecutor();
        var unused =
            others.scheduleWithFixedDelay(
                () -> execute(sides, "INSERT INTO messages (body) VALUES ('of no view')"),
                0,
                20,
                TimeUnit.MILLISECONDS);
        CheckReport report;
        try {
          report = running.join();
        } finally {
          others.shutdownNow();
        }
        System.out.println("seed " + plan.seed() + "\n" + report.print());
        assertThat(report.passed()).as("seed %d%n%s", plan.seed(), report.print()).isTrue();
        assertThat(report.different()).isZero();
      }
      keysLeaveThatNobodyReads(endpoints, sides);
      if (FULL) {
        itBecomesEagerAndOnReadAgain(endpoints, sides);
      }
    }
  }

  private void itBecomesEagerAndOnReadAgain(Endpoints endpoints, Sides sides) throws Exception {
    ReaderClient reader = new ReaderClient(endpoints);
    List<String> keys = keys(sides, 3);
    declare("eager");
    good("savepoint", "--stop");
    Launcher.Result resume = launcher.run("resume");
    assertThat(resume.code()).as("%s", resume.output()).isEqualTo(1);
    assertThat(String.join(" ", resume.output()))
        .contains("without a savepoint", "populated on read");
    launcher.run("cancel");

    good("submit");
    assertThat(Launcher.await(Duration.ofMinutes(2), () -> isFromStore(reader, keys.get(1))))
        .as("every key is there")
        .isTrue();
    // Each range of key groups becomes eager for itself.
    assertThat(
            Launcher.await(
                Duration.ofMinutes(1),
                () -> number(sides, "SELECT count(*) FROM unread_conversations_g1_keys") == 0))
        .isTrue();
    long entries = number(sides, "SELECT count(*) FROM unread_conversations_g1");
    assertThat(entries).isPositive();

    declare("on-read', 'evict-after' = '1 h");
    good("savepoint", "--stop");
    good("resume");
    assertThat(
            Launcher.await(
                Duration.ofMinutes(2),
                () -> {
                  JsonNode first = reader.ask(VIEW, keys.get(2), 50);
                  return first.path("reason").asText().equals("absent");
                }))
        .isTrue();
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> isFromStore(reader, keys.get(2))))
        .isTrue();
    assertThat(number(sides, "SELECT count(*) FROM unread_conversations_g1")).isLessThan(entries);
  }

  private void good(String... command) throws Exception {
    Launcher.Result result = launcher.run(command);
    assertThat(result.code()).as("%s", result.output()).isZero();
  }

  private void up() throws Exception {
    Path views = declare("on-read', 'evict-after' = '" + EVICT_AFTER + " s");
    good(
        "up",
        "--sample=small",
        "--sample-conversations=" + CONVERSATIONS,
        "--views=" + views,
        "--parallelism=2");
  }

  /** Puts the view into a folder of its own, kept in another way. */
  private Path declare(String populate) throws IOException {
    Path views = Files.createDirectories(launcher.layout().home().resolveSibling("on-read-views"));
    launcher.copyInbox(views);
    Path inbox = views.resolve(VIEW + ".sql");
    String eager = "'populate' = 'eager'";
    String declared = Files.readString(inbox);
    assertThat(declared).contains(eager);
    Files.writeString(inbox, declared.replace(eager, "'populate' = '" + populate + "'"));
    return views;
  }

  /** Until no transaction came for a while. */
  private static void awaitEnd(Check check) {
    long[] seen = {-1};
    assertThat(
            Launcher.await(
                Duration.ofMinutes(2),
                () -> {
                  long before = seen[0];
                  seen[0] = check.transactionsSoFar();
                  Faults.pass(Duration.ofSeconds(1));
                  return before == check.transactionsSoFar();
                }))
        .isTrue();
  }

  private static void execute(Sides sides, String sql) {
    try (Statement statement = sides.source().createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void aCrowdMakesOneQuery(Endpoints endpoints, Sides sides) throws Exception {
    ReaderClient reader = new ReaderClient(endpoints);
    Iterator<String> keys = keys(sides, KEYS + 50).listIterator(KEYS);
    int crowds = 0;
    do {
      assertThat(crowds++).as("crowds whose key came late").isLessThan(3);
      // Nobody waits for keys while they come late, as the first of a job that has just begun do.
      assertThat(Launcher.await(Duration.ofSeconds(60), () -> comesInTime(reader, keys.next())))
          .as("a key is populated in time")
          .isTrue();
    } while (!crowdMakesOneQuery(endpoints, reader, keys.next()));
  }

  /**
   * Whether the key came in time, and Postgres had a connection for each read in time. Reads that
   * wait in vain for either share further queries.
   */
  private static boolean crowdMakesOneQuery(Endpoints endpoints, ReaderClient reader, String key)
      throws Exception {
    double requests = metric(endpoints, "freshet_reader_requests_total", "type=\"populate\"");
    double shared = metric(endpoints, "freshet_reader_fallbacks_shared_total", "");
    double late = metric(endpoints, "freshet_reader_wait_seconds_count", "outcome=\"behind\"");
    Instant begun = Instant.now();
    List<CompletableFuture<ReaderClient.Response>> reads =
        Stream.generate(() -> reader.responseLater(VIEW, key, 50)).limit(AT_ONCE).toList();
    Set<String> answers = new HashSet<>();
    Map<String, Integer> reasons = new TreeMap<>();
    for (CompletableFuture<ReaderClient.Response> read : reads) {
      assertThat(read.get().status()).as("%s", read.get()).isEqualTo(200);
      JsonNode answer = read.get().body();
      answers.add(answer.path("items").toString());
      if (answer.path("source").asText().equals("mysql")) {
        reasons.merge(answer.path("reason").asText(), 1, Integer::sum);
      }
    }
    Duration took = Duration.between(begun, Instant.now());
    assertThat(answers).as("nothing is written yet").hasSize(1);
    assertThat(metric(endpoints, "freshet_reader_requests_total", "type=\"populate\""))
        .isEqualTo(requests + 1);
    int fromMysql = reasons.values().stream().mapToInt(count -> count).sum();
    double queries =
        fromMysql - (metric(endpoints, "freshet_reader_fallbacks_shared_total", "") - shared);
    double inVain =
        metric(endpoints, "freshet_reader_wait_seconds_count", "outcome=\"behind\"") - late;
    System.out.printf(
        "%d first reads of a key at once, in %d ms: %.0f queries to MySQL, 1 request; %.0f waited"
            + " in vain; answered by MySQL: %s%n",
        AT_ONCE, took.toMillis(), queries, inVain, reasons);
    assertThat(reasons).containsKey("absent");
    assertThat(reasons.keySet()).isSubsetOf("absent", "store-unavailable");
    boolean inTime = inVain == 0 && reasons.size() == 1;
    assertThat(queries).as("%s", reasons).isBetween(1.0, inTime ? 1.0 : 20.0);
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> isFromStore(reader, key))).isTrue();
    assertThat(reader.ask(VIEW, key, 50).path("items").toString()).isIn(answers);
    return inTime;
  }

  private static boolean comesInTime(ReaderClient reader, String key) {
    assertThat(isFromStore(reader, key)).isFalse();
    return Launcher.await(Duration.ofMillis(900), () -> isFromStore(reader, key));
  }

  private static void theHitRatioGrows(Endpoints endpoints, Sides sides) throws Exception {
    ReaderClient reader = new ReaderClient(endpoints);
    List<String> keys = keys(sides, KEYS);
    Random random = new Random(1);
    Set<String> asked = new HashSet<>();
    List<String> ratios = new ArrayList<>();
    long reads = 0;
    long hits = 0;
    long again = 0;
    long hitAgain = 0;
    Instant end = Instant.now().plusSeconds(SECONDS);
    Instant second = Instant.now().plusSeconds(1);
    while (Instant.now().isBefore(end)) {
      String key = keys.get((int) Math.pow(keys.size(), random.nextDouble()) - 1);
      boolean first = asked.add(key);
      boolean hit = isFromStore(reader, key);
      reads++;
      hits += hit ? 1 : 0;
      again += first ? 0 : 1;
      hitAgain += !first && hit ? 1 : 0;
      if (Instant.now().isAfter(second)) {
        ratios.add("%.1f".formatted(100.0 * hits / reads));
        reads = 0;
        hits = 0;
        second = second.plusSeconds(1);
      }
    }
    // The first pass is over: every key was asked for.
    for (String key : keys) {
      isFromStore(reader, key);
    }
    Instant passed = Instant.now();
    assertThat(
            Launcher.await(
                Duration.ofSeconds(60),
                () ->
                    keys.stream().filter(key -> isFromStore(reader, key)).count()
                        >= keys.size() * 99L / 100))
        .as("99 %% of the reads are hits once every key was read")
        .isTrue();
    System.out.printf(
        "hits of each second %s %%; of keys asked before %.1f %% of %d; 99 %% within %d ms of the"
            + " first pass%n",
        ratios,
        100.0 * hitAgain / again,
        again,
        Duration.between(passed, Instant.now()).toMillis());
    assertThat(
            number(
                sides,
                "SELECT count(*) FROM (SELECT DISTINCT user_id, site_id FROM"
                    + " unread_conversations_g1) e LEFT JOIN unread_conversations_g1_keys k"
                    + " USING (user_id, site_id) WHERE k.version IS NULL"))
        .as("keys in the store that nobody asked for")
        .isZero();
  }

  private static void keysLeaveThatNobodyReads(Endpoints endpoints, Sides sides) throws Exception {
    Instant begun = Instant.now();
    assertThat(
            Launcher.await(
                Duration.ofSeconds(3L * EVICT_AFTER + 30),
                () -> number(sides, "SELECT count(*) FROM unread_conversations_g1_keys") == 0))
        .as("keys that nobody reads leave")
        .isTrue();
    System.out.printf(
        "the last key left %.1f s after the last read%n",
        Duration.between(begun, Instant.now()).toMillis() / 1000.0);
    assertThat(number(sides, "SELECT count(*) FROM unread_conversations_g1")).isZero();

    ReaderClient reader = new ReaderClient(endpoints);
    String key = keys(sides, 1).get(0);
    JsonNode first = reader.ask(VIEW, key, 50);
    assertThat(first.path("state").asText()).isEqualTo("ABSENT");
    assertThat(first.path("reason").asText()).isEqualTo("absent");
    assertThat(Launcher.await(Duration.ofSeconds(60), () -> isFromStore(reader, key))).isTrue();
    assertThat(reader.ask(VIEW, key, 50).path("items")).isEqualTo(first.path("items"));
  }

  /** Also who is turned away, because enough ask MySQL already, is no hit. */
  private static boolean isFromStore(ReaderClient reader, String key) {
    try {
      ReaderClient.Response response = reader.response(VIEW, key, 50);
      if (response.status() != 200) {
        assertThat(response.body().path("type").asText())
            .as("%s", response)
            .isEqualTo("urn:freshet:problem:overload");
      }
      return response.body().path("source").asText().equals("projection");
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> keys(Sides sides, int count) throws SQLException {
    List<String> keys = new ArrayList<>();
    try (Statement statement = sides.source().createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT DISTINCT p.user_id, c.site_id FROM participants p JOIN conversations c"
                    + " ON c.id = p.conversation_id ORDER BY 1, 2 LIMIT "
                    + count)) {
      while (row.next()) {
        keys.add(row.getLong(1) + "/" + row.getLong(2));
      }
    }
    return keys;
  }

  private static long number(Sides sides, String sql) {
    try (Statement statement = sides.store().createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The sum of a metric's values with a label. */
  private static double metric(Endpoints endpoints, String name, String label) throws Exception {
    String text =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(endpoints.get("READER_URL") + "/metrics"))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return text.lines()
        .filter(line -> line.startsWith(name) && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
