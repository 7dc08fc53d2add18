package dev.freshet.flow.generated;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.view.Catalogue;
import dev.freshet.view.TestSize;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Foreign keys that act: chains, several keys of one row, a table that references itself, deletions
 * without foreign key checks, and rows that come back under the same keys. MySQL logs none of the
 * changes that the keys make; the projections equal its answers nevertheless.
 *
 * <p>{@code -Dfreshet.seed=N} repeats a run.
 */
class CascadesIT {
  private static final int STATEMENTS = FULL ? 12_000 : 600;

  /** How many statements are between two comparisons. */
  private static final int MOST_BETWEEN = 8;

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE regions (id INT PRIMARY KEY, name VARCHAR(20))",
          "CREATE TABLE sites (id INT PRIMARY KEY, region_id INT, name VARCHAR(20),"
              + " FOREIGN KEY (region_id) REFERENCES regions (id) ON DELETE CASCADE)",
          "CREATE TABLE users (site_id INT NOT NULL, id INT NOT NULL, name VARCHAR(20),"
              + " PRIMARY KEY (site_id, id),"
              + " FOREIGN KEY (site_id) REFERENCES sites (id) ON DELETE CASCADE)",
          "CREATE TABLE threads (id INT PRIMARY KEY, site_id INT, owner INT, title VARCHAR(20),"
              + " FOREIGN KEY (site_id) REFERENCES sites (id) ON DELETE CASCADE)",
          "CREATE TABLE posts (id INT PRIMARY KEY, thread_id INT NOT NULL, site_id INT, author INT,"
              + " reply_to INT, text VARCHAR(20),"
              + " FOREIGN KEY (thread_id) REFERENCES threads (id) ON DELETE CASCADE,"
              + " FOREIGN KEY (site_id, author) REFERENCES users (site_id, id) ON DELETE SET NULL,"
              + " FOREIGN KEY (reply_to) REFERENCES posts (id) ON DELETE SET NULL)");

  private static final String VIEW =
      "CREATE MATERIALIZED TABLE %s (PRIMARY KEY (%s) NOT ENFORCED) PARTITIONED BY (%s)"
          + " WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND AS %s";

  private static final List<String> VIEWS =
      List.of(
          VIEW.formatted(
              "posts_of_thread",
              "thread_id, id",
              "thread_id",
              "SELECT p.thread_id, p.id, p.author, p.reply_to, u.name FROM posts p"
                  + " LEFT JOIN users u ON u.site_id = p.site_id AND u.id = p.author"),
          VIEW.formatted(
              "posts_of_author",
              "site_id, author, id",
              "site_id, author",
              "SELECT p.site_id, p.author, p.id, p.text, t.title FROM posts p"
                  + " JOIN threads t ON t.id = p.thread_id"),
          VIEW.formatted(
              "threads_of_region",
              "region_id, id",
              "region_id",
              "SELECT s.region_id, t.id, t.title, s.name FROM threads t"
                  + " JOIN sites s ON s.id = t.site_id"));

  private static MiniFlink flink;

  @TempDir private Path folder;

  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);
  private int deleted;
  private int refused;

  @BeforeAll
  static void start() throws Exception {
    flink = new MiniFlink(2);
  }

  @AfterAll
  static void stop() {
    flink.close();
  }

  @Test
  void projectionsFollowTheForeignKeys() throws Exception {
    try (JobUnderTest job = new JobUnderTest("cascades_" + System.nanoTime());
        Statement source = job.source().createStatement()) {
      for (String table : TABLES) {
        source.execute(table);
      }
      for (int i = 0; i < 600; i++) {
        attempt(source, insert());
      }
      List<Declaration> declarations = VIEWS.stream().map(Declaration::parse).toList();
      Catalogue catalogue = CatalogueReader.read(job.source(), job.name(), declarations);
      List<ViewPlan> plans =
          declarations.stream().map(view -> Planner.plan(view, catalogue)).toList();
      job.start(folder, VIEWS, 2, 20);
      compare(job, plans, "the snapshot");
      int rows = 0;
      List<String> last = new ArrayList<>();
      for (int i = 0; i < STATEMENTS; i++) {
        last.add(write(job, source));
        if (i == STATEMENTS / 2) {
          job.resume(job.stop(folder));
        }
        if (random.nextInt(MOST_BETWEEN) == 0) {
          rows += compare(job, plans, last.toString());
          last.clear();
        }
      }
      System.out.printf(
          "seed %d: %d statements, %d deletions, %d refused by MySQL; %d rows compared%n",
          seed, STATEMENTS, deleted, refused, rows);
      assertThat(rows).isGreaterThan(STATEMENTS);
      assertThat(deleted).as("rows that MySQL logged as deleted").isGreaterThan(STATEMENTS / 10);
    }
  }

  private int compare(JobUnderTest job, List<ViewPlan> plans, String after) throws Exception {
    job.awaitProgress();
    int rows = 0;
    List<String> differences = new ArrayList<>();
    for (ViewPlan plan : plans) {
      rows += Scenario.compare(plan, job.source(), job.store(), job.name(), differences::add);
    }
    assertThat(differences).as("seed %d, after %s", seed, after).isEmpty();
    return rows;
  }

  /** Executes some statements in one transaction; returns what was executed. */
  private String write(JobUnderTest job, Statement source) throws SQLException {
    if (random.nextInt(4) != 0) {
      String sql = statement();
      attempt(source, sql);
      return sql;
    }
    List<String> all = new ArrayList<>();
    job.source().setAutoCommit(false);
    try {
      for (int i = 2 + random.nextInt(4); i > 0; i--) {
        all.add(statement());
        attempt(source, all.get(all.size() - 1));
      }
      if (random.nextInt(8) == 0) {
        job.source().rollback();
      } else {
        job.source().commit();
      }
    } finally {
      job.source().setAutoCommit(true);
    }
    return all.toString();
  }

  private void attempt(Statement source, String sql) throws SQLException {
    boolean unchecked = sql.startsWith("DELETE") && random.nextInt(8) == 0;
    if (unchecked) {
      source.execute("SET foreign_key_checks = 0");
    }
    try {
      int count = source.executeUpdate(sql);
      deleted += sql.startsWith("DELETE") ? count : 0;
    } catch (SQLException e) {
      // MySQL 9.6 and later follow a key through 30 tables at most, a table that repeats counts.
      boolean refusal =
          e instanceof SQLIntegrityConstraintViolationException
              || e.getMessage().startsWith("Foreign key cascade delete/update exceeds");
      if (!refusal) {
        throw e;
      }
      refused++;
    } finally {
      if (unchecked) {
        source.execute("SET foreign_key_checks = 1");
      }
    }
  }

  private String statement() {
    return switch (random.nextInt(10)) {
      case 0, 1 -> delete();
      case 2 -> update();
      case 3 -> insert().replaceFirst("INSERT", "REPLACE");
      default -> insert();
    };
  }

  /** Inserts rows that mostly reference rows that exist. */
  private String insert() {
    return switch (random.nextInt(10)) {
      case 0 -> "INSERT INTO regions VALUES (%d, 'r%d')".formatted(id(4), id(9));
      case 1 ->
          "INSERT INTO sites SELECT %d, MIN(id), 's%d' FROM regions WHERE id >= %d"
              .formatted(id(8), id(9), id(5));
      case 2, 3 ->
          "INSERT INTO users SELECT id, %d, 'u%d' FROM sites WHERE id = %d"
              .formatted(id(4), id(9), id(8));
      case 4, 5, 6 ->
          "INSERT INTO threads SELECT %d, MIN(id), %d, 't%d' FROM sites WHERE id >= %d"
              .formatted(id(40), id(4), id(9), id(9));
      default ->
          ("INSERT INTO posts SELECT %d, t.id, u.site_id, u.id,"
                  + " (SELECT MIN(id) FROM posts WHERE id >= %d), 'p%d'"
                  + " FROM threads t LEFT JOIN users u ON u.site_id = %d AND u.id <= 3"
                  + " WHERE t.id >= %d LIMIT 1")
              .formatted(id(150), id(170), id(9), id(8), id(40));
    };
  }

  private String delete() {
    return switch (random.nextInt(12)) {
      case 0 -> "DELETE FROM regions WHERE id = " + id(12);
      case 1 -> "DELETE FROM sites WHERE id = " + id(16);
      case 2, 3 -> "DELETE FROM users WHERE id = %d AND site_id > %d".formatted(id(4), id(6));
      case 4, 5, 6 -> "DELETE FROM threads WHERE id = " + id(40);
      default -> "DELETE FROM posts WHERE id BETWEEN %d AND %1$d + 4".formatted(id(150));
    };
  }

  private String update() {
    return switch (random.nextInt(4)) {
      case 0 -> "UPDATE sites SET region_id = %s WHERE id = %d".formatted(some(4), id(8));
      case 1 ->
          "UPDATE threads SET site_id = %s, title = 't%d' WHERE id = %d"
              .formatted(some(8), id(9), id(40));
      case 2 -> "UPDATE users SET name = 'u%d' WHERE id = %d".formatted(id(9), id(4));
      default ->
          "UPDATE posts SET thread_id = %d, author = %s, reply_to = %s WHERE id = %d"
              .formatted(id(40), some(4), some(150), id(150));
    };
  }

  private int id(int bound) {
    return 1 + random.nextInt(bound);
  }

  /** An id, or sometimes NULL. */
  private String some(int bound) {
    return random.nextInt(5) == 0 ? "NULL" : Integer.toString(id(bound));
  }
}
