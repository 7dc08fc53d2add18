package dev.freshet.flow.kafka;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.flow.node.Probe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Poison of every kind while others are written a hundred times a second, as those see it who ask
 * the reader: the keys that need the row are answered by MySQL, all others by the projection as
 * before, and a good value makes all of them valid. The job is not restarted when it fails.
 */
class PoisonUnderLoadIT {
  private static final Duration MEASURED = Duration.ofSeconds(FULL ? 12 : 2);
  private static final int ROUNDS = FULL ? 3 : 1;
  private static final Duration FRESHNESS = Duration.ofSeconds(5);
  private static final Duration VALID_WITHIN = Duration.ofSeconds(2);
  private static final double LEAST_RATE = 95;

  /** Needs the date and does not show it. */
  private static final String DATED =
      """
      CREATE MATERIALIZED TABLE dated_notes (PRIMARY KEY (owner, id) NOT ENFORCED)
      PARTITIONED BY (owner) WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND
      AS SELECT n.owner, n.id FROM notes n WHERE n.written > '2020-01-01' ORDER BY id
      """;

  /** Each shows a note of the first author, and two of the second. */
  private static final List<Long> TOUCHED = List.of(1L, 2L, 3L, 4L, 5L);

  /** Each shows three notes of the second author. */
  private static final List<Long> OTHERS = List.of(11L, 12L, 13L, 14L, 15L, 16L, 17L, 18L, 19L);

  @TempDir private static Path folder;
  private static NotesJob job;
  private static ReaderUnderTest reader;
  private static final List<Long> ALL_WITHOUT = new ArrayList<>();
  private static final List<Long> ALL_WITH = new ArrayList<>();
  private static long commits;
  private static long nanos;

  /** What is written; of those without a reason of their own each names a stage that throws. */
  private enum Poison {
    DATE_IN_NO_CALENDAR(
        "unreadable-value",
        "UPDATE notes SET written = '2024-00-10' WHERE author = 1",
        "UPDATE notes SET written = '2024-01-10' WHERE author = 1"),
    TEXT_OF_TEN_MEGABYTES(
        "too-large",
        "UPDATE notes SET body = REPEAT('x', 10 * 1024 * 1024) WHERE id = 10",
        "UPDATE notes SET body = 'short' WHERE id = 10"),
    NAME_WITH_NUL(
        "unstorable-value",
        "UPDATE users SET name = CONCAT('a', CHAR(0 USING utf8mb4), 'b') WHERE id = 1",
        "UPDATE users SET name = 'Ada' WHERE id = 1"),
    DECODE(
        "handling-failed",
        "UPDATE users SET name = 'hard' WHERE id = 1",
        "UPDATE users SET name = 'Bea' WHERE id = 1"),
    PART(
        "handling-failed",
        "UPDATE users SET name = 'hard' WHERE id = 1",
        "UPDATE users SET name = 'Eva' WHERE id = 1"),
    EXPRESSION(
        "handling-failed",
        "UPDATE notes SET text = 'hard' WHERE author = 1",
        "UPDATE notes SET text = 'soft' WHERE author = 1"),
    ENTRY(
        "handling-failed",
        "UPDATE notes SET text = 'hard' WHERE author = 1",
        "UPDATE notes SET text = 'softer' WHERE author = 1");

    private final String reason;
    private final String bad;
    private final String good;

    Poison(String reason, String bad, String good) {
      this.reason = reason;
      this.bad = bad;
      this.good = good;
    }

    boolean isThrown() {
      return reason.equals("handling-failed");
    }

    List<Long> touched() {
      return this == TEXT_OF_TEN_MEGABYTES ? TOUCHED.subList(0, 1) : TOUCHED;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    job = new NotesJob(DATED);
    Statement source = job.source();
    source.execute("SET SESSION sql_mode = ''");
    source.execute("INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob')");
    List<String> notes = new ArrayList<>();
    for (long owner : TOUCHED) {
      notes.add(
          "(%d0, %1$d, 1, 'a'), (%1$d1, %1$d, 2, 'b'), (%1$d2, %1$d, 2, 'c')".formatted(owner));
    }
    for (NotesLoad.Note note : othersNotes()) {
      notes.add("(%d, %d, 2, 'd')".formatted(note.id(), note.owner()));
    }
    source.execute(
        "INSERT INTO notes (id, owner, author, text) VALUES " + String.join(", ", notes));
    job.start(folder);
    reader = new ReaderUnderTest(job.name());
    try (NotesLoad load = new NotesLoad(job, reader, othersNotes())) {
      pass(MEASURED.multipliedBy(ROUNDS));
      NotesLoad.p99("while everything warms up", load.takeLags());
    }
  }

  @AfterAll
  static void stop() throws Exception {
    if (reader != null) {
      reader.close();
    }
    if (job != null) {
      job.close();
    }
    System.out.printf(
        "all: p99 of the others %.2f of what it is without%n",
        NotesLoad.p99("all, with poison", ALL_WITH) / NotesLoad.p99("all, without", ALL_WITHOUT));
    System.out.printf("%.1f transactions/s on average%n", rate(commits, nanos));
    assertThat(rate(commits, nanos)).as("a second").isGreaterThanOrEqualTo(LEAST_RATE);
  }

  private static double rate(long transactions, long elapsed) {
    return transactions * 1e9 / elapsed;
  }

  private static List<NotesLoad.Note> othersNotes() {
    List<NotesLoad.Note> notes = new ArrayList<>();
    for (long owner : OTHERS) {
      for (long i = 0; i < 3; i++) {
        notes.add(new NotesLoad.Note(10 * owner + i, owner));
      }
    }
    return notes;
  }

  @ParameterizedTest
  @EnumSource
  void costsTheKeysThatNeedItAndNoOthers(Poison poison) throws Exception {
    try (NotesLoad load = new NotesLoad(job, reader, othersNotes())) {
      List<Long> without = new ArrayList<>();
      List<Long> with = new ArrayList<>();
      long valid = 0;
      // In turns, so that both see the same machine.
      for (int round = 0; round < ROUNDS; round++) {
        load.takeLags();
        pass(MEASURED);
        without.addAll(load.takeLags());
        if (poison.isThrown()) {
          NotesJob.fail(Probe.Stage.valueOf(poison.name()), "hard");
        }
        job.source().execute(poison.bad);
        pass(MEASURED);
        with.addAll(load.takeLags());
        job.awaitProgress();
        assertPoisoned(poison);

        NotesJob.succeed();
        job.source().execute(poison.good);
        valid = Math.max(valid, millisUntilValid(poison, System.nanoTime()));
      }
      double before = NotesLoad.p99(poison + ", without", without);
      double after = NotesLoad.p99(poison + ", with poison", with);
      ALL_WITHOUT.addAll(without);
      ALL_WITH.addAll(with);
      assertThat(after).isLessThan((double) FRESHNESS.toMillis());
      long done = load.commits();
      long elapsed = load.elapsed();
      commits += done;
      nanos += elapsed;
      System.out.printf(
          "%s: p99 of the others %.2f of what it is without; %d keys valid at most %d ms after the good value;"
              + " %.1f transactions/s%n",
          poison, after / before, poison.touched().size(), valid, rate(done, elapsed));
      assertThat(valid).as("ms until all are valid").isLessThan(VALID_WITHIN.toMillis());
    } finally {
      NotesJob.succeed();
      job.source().execute(poison.good);
    }
    job.awaitProgress();
    assertThat(job.invalidKeys()).isEmpty();
    for (List<Long> keys : List.of(TOUCHED, OTHERS)) {
      for (long key : keys) {
        ReaderUnderTest.Answer answer = reader.ask("notes_of", key);
        assertThat(answer.isValid()).as("%s", answer).isTrue();
        assertThat(rows(answer)).as("key %s", key).isEqualTo(mysqlsRows(key));
        ReaderUnderTest.Answer dated = reader.ask("dated_notes", key);
        assertThat(dated.isValid()).as("%s", dated).isTrue();
        assertThat(ids(dated)).as("key %s", key).isEqualTo(mysqlsDated(key));
      }
    }
    NotesJob.await("nothing is counted", () -> job.counts().equals("0 waiting, 0 dead"));
  }

  /** MySQL answers for the keys that are touched, the projection for all others. */
  private static void assertPoisoned(Poison poison) throws Exception {
    assertThat(job.invalidKeys())
        .isEqualTo(poison.touched().stream().map(key -> key + " " + poison.reason).toList());
    for (long key : poison.touched()) {
      if (poison == Poison.DATE_IN_NO_CALENDAR) {
        // No answer can hold the date itself; an answer that only needs it is MySQL's.
        ReaderUnderTest.Answer refusal = reader.insist("notes_of", key);
        assertThat(refusal.status()).as("%s", refusal).isEqualTo(502);
        assertThat(refusal.text("type")).isEqualTo("urn:freshet:problem:source-refused");
        assertThat(refusal.text("detail"))
            .contains("column written (date) holds a date that is in no calendar");
        ReaderUnderTest.Answer dated = reader.insist("dated_notes", key);
        assertInvalid(dated, poison);
        assertThat(ids(dated)).as("key %s", key).isEqualTo(mysqlsDated(key));
      } else {
        ReaderUnderTest.Answer answer = reader.insist("notes_of", key);
        assertInvalid(answer, poison);
        assertThat(rows(answer)).as("key %s", key).isEqualTo(mysqlsRows(key));
      }
    }
    for (long key : OTHERS) {
      ReaderUnderTest.Answer answer = reader.ask("notes_of", key);
      assertThat(answer.isValid()).as("%s", answer).isTrue();
    }
  }

  private static void assertInvalid(ReaderUnderTest.Answer answer, Poison poison) {
    String shown = answer.status() == 200 ? "an answer" : answer.toString();
    assertThat(answer.status()).as(shown).isEqualTo(200);
    assertThat(answer.text("source")).isEqualTo("mysql");
    assertThat(answer.text("state")).isEqualTo("INVALID");
    assertThat(answer.text("reason")).isEqualTo(poison.reason);
  }

  /** Waits until the projection answers for all touched keys, and right. */
  private static long millisUntilValid(Poison poison, long committed) throws Exception {
    for (long key : poison.touched()) {
      List<String> expected = mysqlsRows(key);
      NotesJob.await(
          "key " + key + " is valid",
          () -> {
            ReaderUnderTest.Answer answer = reader.ask("notes_of", key);
            return answer.isValid() && rows(answer).equals(expected);
          });
    }
    return Duration.ofNanos(System.nanoTime() - committed).toMillis();
  }

  private static List<String> rows(ReaderUnderTest.Answer answer) throws Exception {
    List<String> rows = new ArrayList<>();
    for (JsonNode item : answer.json().path("items")) {
      rows.add(
          String.join(
              " ",
              item.path("id").asText(),
              item.path("text").asText(),
              HexFormat.of().withUpperCase().formatHex(bytes(item.path("name"))),
              item.path("written").asText(),
              item.path("body").isNull() ? "NULL" : md5(bytes(item.path("body")))));
    }
    return rows;
  }

  private static byte[] bytes(JsonNode text) {
    return text.textValue().getBytes(StandardCharsets.UTF_8);
  }

  private static String md5(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(bytes));
  }

  private static List<String> mysqlsRows(long key) throws SQLException {
    return NotesJob.column(
        job.source(),
        "SELECT CONCAT_WS(' ', n.id, n.text, HEX(u.name), n.written, COALESCE(MD5(n.body), 'NULL'))"
            + " FROM notes n JOIN users u ON u.id = n.author WHERE n.owner = "
            + key
            + " ORDER BY n.id");
  }

  private static List<String> ids(ReaderUnderTest.Answer answer) {
    return answer.json().path("items").findValuesAsText("id");
  }

  private static List<String> mysqlsDated(long key) throws SQLException {
    return NotesJob.column(
        job.source(),
        "SELECT id FROM notes WHERE written > '2020-01-01' AND owner = " + key + " ORDER BY id");
  }

  private static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
