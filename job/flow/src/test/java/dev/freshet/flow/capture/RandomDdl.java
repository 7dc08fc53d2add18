package dev.freshet.flow.capture;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** Random statements over a table of which a view uses six columns: id, a, b, e, c, u. */
public final class RandomDdl {
  /** The columns in use: id, a, b, e, c, u, as they are at first. */
  private static final List<String> USED =
      List.of(
          "id INT NOT NULL PRIMARY KEY",
          "a INT NOT NULL",
          "b INT NOT NULL",
          "e ENUM('x','y') CHARACTER SET latin1",
          "c VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
          "u BIGINT UNSIGNED");

  /** Columns that no view uses, of the same types and others. */
  private static final List<String> OTHERS =
      List.of(
          "grp INT",
          "Spare INT",
          "note VARCHAR(40)",
          "o ENUM('p','q') CHARACTER SET utf8mb4",
          "s SET('r','t') CHARACTER SET latin1",
          "more BIGINT UNSIGNED INVISIBLE",
          "y YEAR");

  private static final List<String> STATEMENTS = read();

  /** What may change a column in use, of the statements that are read. */
  private static final Pattern TOUCHES =
      Pattern.compile(
          "CONVERT TO|(MODIFY|CHANGE|RENAME COLUMN|DROP)( COLUMN)? `?(id|a|b)\\b",
          Pattern.CASE_INSENSITIVE);

  private final Random random;
  private final String database;
  private final String table;

  /**
   * A statement.
   *
   * @param touches whether it may be the end of the view
   */
  public record Step(String sql, boolean touches) {}

  public RandomDdl(Random random, String database, String table) {
    this.random = random;
    this.database = database;
    this.table = table;
  }

  private static List<String> read() {
    List<String> statements = new ArrayList<>();
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                RandomDdl.class.getResourceAsStream("/ddl/statements.sql"),
                StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (!line.startsWith("-- ") && !line.contains("TEMPORARY")) {
          statements.add(line);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return statements;
  }

  /** How the table is made: its columns in any order. */
  public String create() {
    List<String> columns = new ArrayList<>(USED);
    columns.addAll(OTHERS);
    Collections.shuffle(columns, random);
    return "CREATE TABLE `"
        + table
        + "` ("
        + String.join(", ", columns)
        + ", KEY k1 (a)) DEFAULT CHARSET utf8mb4";
  }

  /** The next statement; MySQL may refuse it. */
  public Step next() {
    int kind = random.nextInt(100);
    if (kind < 65) {
      String sql = STATEMENTS.get(random.nextInt(STATEMENTS.size()));
      return new Step(named(sql), TOUCHES.matcher(sql).find());
    }
    if (kind < 83) {
      return new Step("ALTER TABLE " + spelled() + " " + harmless(), false);
    }
    if (kind < 92) {
      return new Step(twin(), false);
    }
    return new Step(touching(), true);
  }

  private String named(String sql) {
    return sql.replaceAll("(?i)\\bd\\b(`?\\s*\\.)", database + "$1")
        .replaceAll("`d`", "`" + database + "`")
        .replaceAll("\\bt\\b(?!\\()", table)
        .replaceAll("\\bo\\b(?= *$)", table + "_like")
        .replaceAll("\\bo2\\b", table + "_else");
  }

  private String spelled() {
    return random.nextBoolean() ? "`" + table + "`" : "`" + database + "` . " + table;
  }

  private String harmless() {
    return pick(
        "ADD COLUMN x%1$d INT FIRST",
        "ADD COLUMN x%1$d INT AFTER a",
        "ADD COLUMN X%1$d BIGINT UNSIGNED AFTER B",
        "ADD (x%1$d ENUM('x','y') CHARACTER SET latin1, z%1$d VARCHAR(20) CHARACTER SET latin1)",
        "ADD COLUMN loc%1$d POINT SRID 4326",
        "RENAME COLUMN Spare TO spare%1$d",
        "CHANGE grp Grp%1$d INT FIRST",
        "DROP COLUMN note, ADD COLUMN note INT FIRST",
        "DROP COLUMN o",
        "MODIFY s SET('r','t','v') CHARACTER SET latin1 AFTER id",
        "ADD INDEX i%1$d (b), COMMENT 'DROP COLUMN a; it''s'",
        "RENAME INDEX k1 TO a",
        "/*!99999 DROP COLUMN a, */ ADD w%1$d INT",
        "ALTER COLUMN a SET INVISIBLE",
        "ALTER COLUMN a SET VISIBLE",
        "ADD COLUMN v%1$d INT AS (a + REPEAT('1', 1)) VIRTUAL FIRST",
        "ENGINE = InnoDB, FORCE");
  }

  private String twin() {
    String name = "`" + table.toUpperCase(java.util.Locale.ROOT) + "`";
    return pick(
        "CREATE TABLE " + name + " (b INT, a INT, id INT NOT NULL PRIMARY KEY)",
        "ALTER TABLE " + name + " DROP COLUMN a",
        "INSERT INTO " + name + " (id) VALUES (%1$d)",
        "TRUNCATE TABLE " + name,
        "CREATE TABLE IF NOT EXISTS `" + table + "` LIKE " + name,
        "DROP TABLE " + name);
  }

  private String touching() {
    String alter = "ALTER TABLE " + spelled() + " ";
    return pick(
        alter + "MODIFY a INT NOT NULL FIRST",
        alter + "MODIFY a BIGINT NOT NULL",
        alter + "MODIFY b INT NOT NULL AFTER id, MODIFY a INT NOT NULL AFTER id",
        alter + "MODIFY a TINYINT NOT NULL",
        alter + "MODIFY c VARCHAR(40) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        alter + "MODIFY c VARCHAR(2) CHARACTER SET latin1 COLLATE latin1_swedish_ci",
        alter + "MODIFY c VARCHAR(20)",
        alter + "MODIFY e ENUM('x','y','z') CHARACTER SET latin1",
        alter + "MODIFY e ENUM('y','x') CHARACTER SET latin1",
        alter + "CHANGE e E ENUM('x','y','it''s','back\\\\slash')",
        alter + "RENAME COLUMN a TO b, RENAME COLUMN b TO a",
        alter + "DROP COLUMN b, ADD COLUMN b INT NOT NULL DEFAULT 7",
        alter + "CHANGE u u DECIMAL(20,0)",
        alter + "MODIFY u BIGINT UNSIGNED FIRST",
        alter + "CONVERT TO CHARACTER SET utf8mb4",
        alter + "DROP PRIMARY KEY, ADD PRIMARY KEY (id)",
        "TRUNCATE TABLE " + spelled(),
        "RENAME TABLE " + spelled() + " TO `" + table + "_away`",
        "RENAME TABLE `" + table + "_away` TO " + spelled());
  }

  private String pick(String... of) {
    return of[random.nextInt(of.length)].replace("%1$d", Integer.toString(random.nextInt(1000)));
  }

  /** A write to columns in use; MySQL may refuse it. */
  public String write(int row) {
    String values =
        row
            + ", "
            + random.nextInt(100)
            + ", "
            + (1000 + random.nextInt(100))
            + ", "
            + (random.nextBoolean() ? "'x'" : "'y'")
            + ", "
            + (random.nextBoolean() ? "'Ã©'" : "'plain'")
            + ", "
            + (random.nextBoolean() ? "18446744073709551615" : "3");
    return switch (random.nextInt(4)) {
      case 0 -> "UPDATE `" + table + "` SET a = a + 1 WHERE id % 2 = " + random.nextInt(2);
      case 1 -> "DELETE FROM `" + table + "` WHERE id = " + random.nextInt(row);
      default -> "INSERT INTO `" + table + "` (id, a, b, e, c, u) VALUES (" + values + ")";
    };
  }
}
