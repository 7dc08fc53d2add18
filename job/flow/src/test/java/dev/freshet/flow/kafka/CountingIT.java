package dev.freshet.flow.kafka;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.TestSize;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many changes, some of them poison: each ends in exactly one of applied, superseded, waiting and
 * dead; valid keys are MySQL's own answers, and those that are not valid hold poison in MySQL.
 */
class CountingIT {
  private static final int CHANGES = FULL ? 200_000 : 12_000;
  private static final int ONE_IS_POISON_OF = 20;
  private static final int OWNERS = 200;
  private static final int NOTES = 4_000;
  private static final int PER_TRANSACTION = 5;
  private static final String NUL = "CHAR(0 USING utf8mb4)";

  @TempDir private Path folder;

  @Test
  void everyChangeEndsInExactlyOneWay() throws Exception {
    long seed = TestSize.seed();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    try (NotesJob job = new NotesJob()) {
      fill(job.source());
      job.start(folder);
      long begin = System.nanoTime();
      int poison = 0;
      List<Long> heap = new ArrayList<>();
      Connection source = job.source().getConnection();
      source.setAutoCommit(false);
      for (int i = 1; i <= CHANGES; i++) {
        boolean bad = random.nextInt(ONE_IS_POISON_OF) == 0;
        poison += bad ? 1 : 0;
        String text = "CONCAT('" + i + "', " + (bad ? NUL : "'.'") + ")";
        job.source()
            .addBatch("UPDATE notes SET text = " + text + " WHERE id = " + random.nextInt(NOTES));
        if (i % PER_TRANSACTION == 0) {
          job.source().executeBatch();
          source.commit();
        }
        if (i % (CHANGES / 4) == 0) {
          job.awaitProgress();
          heap.add(usedHeap());
        }
      }
      source.setAutoCommit(true);
      job.awaitProgress();
      NotesJob.await("nothing waits", () -> job.counts().startsWith("0 waiting"));
      double seconds = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 1000.0;

      List<String> holding =
          NotesJob.column(
              job.source(),
              "SELECT DISTINCT owner FROM notes WHERE text LIKE CONCAT('%', "
                  + NUL
                  + ") ORDER BY 1");
      assertThat(holding).isNotEmpty().hasSizeLessThan(OWNERS);
      assertThat(job.stored("SELECT owner FROM %s.notes_of_g1_keys ORDER BY 1")).isEqualTo(holding);
      assertThat(valid(job)).isEqualTo(mysqls(job));
      String dead =
          NotesJob.column(
                  job.source(),
                  "SELECT count(*) FROM notes WHERE text LIKE CONCAT('%', " + NUL + ")")
              .get(0);
      NotesJob.await(
          "every row that holds poison is dead",
          () -> job.counts().equals("0 waiting, " + dead + " dead"));
      // The snapshot's rows count like changes.
      long expected = (long) CHANGES + NOTES + OWNERS;
      NotesJob.await("the counts add up to " + expected, () -> sum(job) == expected);
      System.out.printf(
          "%d changes, %d of them poison, in %.1f s; %s; %d of %d keys not valid at the end;"
              + " heap in use after each quarter %s MB%n",
          CHANGES, poison, seconds, counts(job), holding.size(), OWNERS, heap);
      assertThat(heap.get(3)).as("heap in use, in MB").isLessThan(heap.get(0) + 100);
    }
  }

  private static void fill(Statement source) throws SQLException {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < OWNERS; i++) {
      rows.add("(" + i + ", 'user " + i + "')");
    }
    source.execute("INSERT INTO users VALUES " + String.join(", ", rows));
    rows.clear();
    for (int i = 0; i < NOTES; i++) {
      // Most of the poison goes to few owners, so that some keys stay without.
      long owner = (long) (OWNERS * Math.pow((double) i / NOTES, 3));
      rows.add("(" + i + ", " + owner + ", " + owner + ", 'note')");
    }
    source.execute("INSERT INTO notes (id, owner, author, text) VALUES " + String.join(", ", rows));
  }

  private static List<String> valid(NotesJob job) throws SQLException {
    return job.stored(
        "SELECT owner || ' ' || id || ' ' || text || ' ' || name FROM %1$s.notes_of WHERE owner NOT IN"
            + " (SELECT owner FROM %1$s.notes_of_g1_keys) ORDER BY owner, id");
  }

  private static List<String> mysqls(NotesJob job) throws SQLException {
    return NotesJob.column(
        job.source(),
        "SELECT CONCAT(n.owner, ' ', n.id, ' ', n.text, ' ', u.name) FROM notes n JOIN users u"
            + " ON u.id = n.author WHERE n.owner NOT IN (SELECT owner FROM notes WHERE text LIKE"
            + " CONCAT('%', "
            + NUL
            + ")) ORDER BY n.owner, n.id");
  }

  private static String counts(NotesJob job) throws SQLException {
    return job.stored(
            "SELECT sum(applied) || ' applied, ' || sum(superseded) || ' superseded, ' ||"
                + " sum(waiting) || ' waiting, ' || sum(dead) || ' dead' FROM %s.counts")
        .get(0);
  }

  private static long sum(NotesJob job) throws SQLException {
    return Long.parseLong(
        job.stored("SELECT sum(applied + superseded + waiting + dead) FROM %s.counts").get(0));
  }

  private static long usedHeap() {
    ManagementFactory.getMemoryMXBean().gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() >> 20;
  }
}
