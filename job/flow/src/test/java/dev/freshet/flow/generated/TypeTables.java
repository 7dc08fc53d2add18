package dev.freshet.flow.generated;

import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of a type. In the root every value {@code v} meets every value {@code w}, whose index
 * is {@code b}, twice: with {@code n = 0} and {@code n = 1}. What no answer can show has {@code n =
 * 2}. The dimension has the values once.
 */
final class TypeTables {
  private static final int SOUND = 2;

  private final TypeCase type;
  private final String root;
  private int lastId;

  TypeTables(TypeCase type, String root) {
    this.type = type;
    this.root = root;
  }

  String root() {
    return root;
  }

  String dimension() {
    return root + "_d";
  }

  void create(Statement mysql) throws SQLException {
    mysql.execute(
        "CREATE TABLE %s (id INT PRIMARY KEY, n INT NOT NULL, b INT NOT NULL, i INT NOT NULL, v %s NULL, w %2$s NULL, KEY (n))"
            .formatted(root, type.type()));
    String unique =
        switch (type.joined().replaceFirst("\\W.*", "")) {
          case "JSON" -> "KEY (label)";
          case "TEXT", "BLOB" -> "UNIQUE KEY (v(40))";
          default -> "UNIQUE KEY (v)";
        };
    mysql.execute(
        "CREATE TABLE %s (id INT PRIMARY KEY, v %s NOT NULL, label INT, %s)"
            .formatted(dimension(), type.joined(), unique));
  }

  /** Every value with every other, what no answer can show, and half of the dimension. */
  void fill(Statement mysql) throws SQLException {
    insertPairs(mysql, type.values().size());
    fillDimension(mysql, 0);
  }

  /**
   * Every value becomes another, rows come and go, and the dimension gets its other half; values
   * that no answer can show come anew.
   */
  void change(Statement mysql) throws SQLException {
    List<String> values = type.values();
    int size = values.size();
    for (int i = 0; i < size; i++) {
      String next = values.get((i + 1) % size);
      mysql.execute("UPDATE %s SET v = %s WHERE n < 2 AND i = %d".formatted(root, next, i));
      mysql.execute("UPDATE %s SET w = %s WHERE n < 2 AND b = %d".formatted(root, next, i));
    }
    mysql.execute("DELETE FROM %s WHERE id %% 7 = 3".formatted(root));
    insertPairs(mysql, 2);
    mysql.execute("DELETE FROM %s WHERE id %% 4 = 0".formatted(dimension()));
    mysql.execute("UPDATE %s SET label = -label".formatted(dimension()));
    fillDimension(mysql, 1);
  }

  /** What no answer can show becomes another value, or is deleted. */
  void correct(Statement mysql) throws SQLException {
    mysql.execute("DELETE FROM %s WHERE n = 2 AND id %% 2 = 0".formatted(root));
    mysql.execute("UPDATE %s SET v = %s WHERE n = 2".formatted(root, type.values().get(1)));
  }

  /** The pairs of all values with the first ones. */
  private void insertPairs(Statement mysql, int first) throws SQLException {
    List<String> rows = new ArrayList<>();
    for (int n = 0; n < SOUND; n++) {
      for (int b = 0; b < first; b++) {
        for (int i = 0; i < type.values().size(); i++) {
          rows.add(row(n, b, i, type.values().get(i), type.values().get(b)));
        }
      }
      for (String value : type.longest()) {
        rows.add(row(n, 0, -1, value, "NULL"));
      }
    }
    for (String value : type.odd()) {
      rows.add(row(2, 0, -1, value, "NULL"));
    }
    mysql.execute("INSERT INTO %s VALUES %s".formatted(root, String.join(", ", rows)));
  }

  private String row(int n, int b, int i, String v, String w) {
    lastId++;
    return "(%d, %d, %d, %d, %s, %s)".formatted(lastId, n, b, i, v, w);
  }

  /** Values that are equal to one of the dimension are left out. */
  private void fillDimension(Statement mysql, int first) throws SQLException {
    for (int i = first; i < type.constants().size(); i += 2) {
      mysql.execute(
          "INSERT IGNORE INTO %s VALUES (%d, %s, %d)"
              .formatted(dimension(), i, type.constants().get(i), i + 1));
    }
  }
}
