package dev.freshet.sandbox;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Random transactions on all tables of a schema that foreign keys connect: rows come, go, change,
 * take another number, and point somewhere else, now and then at nothing. Values follow from the
 * column types of MySQL's catalogue alone.
 */
final class RandomChanges {
  /** What one statement does. */
  enum Kind {
    INSERT,
    REPLACE,
    UPDATE,
    POINT_ELSEWHERE,
    RENUMBER,
    DELETE
  }

  private record Reference(String table, String column) {}

  private record Field(String name, String type, boolean nullable, boolean primary) {
    boolean isLeftToMysql() {
      return type.equals("timestamp");
    }
  }

  private final Statement statement;
  private final Random random;
  private final Map<String, List<Field>> tables = new LinkedHashMap<>();
  private final Map<String, Reference> references = new LinkedHashMap<>();
  private final Map<String, Integer> effects = new TreeMap<>();

  /** Reads the catalogue; from then on the connection checks no foreign keys. */
  RandomChanges(Connection source, List<String> names, Random random) throws SQLException {
    this.statement = source.createStatement();
    this.random = random;
    String in = names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    String here = " WHERE table_schema = DATABASE() AND table_name IN (" + in + ")";
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT table_name, column_name, column_type, is_nullable, column_key"
                + " FROM information_schema.columns"
                + here
                + " ORDER BY table_name, ordinal_position")) {
      while (rows.next()) {
        tables
            .computeIfAbsent(rows.getString(1), name -> new ArrayList<>())
            .add(
                new Field(
                    rows.getString(2),
                    rows.getString(3),
                    rows.getString(4).equals("YES"),
                    rows.getString(5).equals("PRI")));
      }
    }
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT table_name, column_name, referenced_table_name, referenced_column_name"
                + " FROM information_schema.key_column_usage"
                + here
                + " AND referenced_table_name IS NOT NULL")) {
      while (rows.next()) {
        references.put(
            rows.getString(1) + "." + rows.getString(2),
            new Reference(rows.getString(3), rows.getString(4)));
      }
    }
    statement.execute("SET foreign_key_checks = 0");
    source.setAutoCommit(false);
  }

  /** One transaction, committed nine times of ten. */
  void transaction() throws SQLException {
    Map<String, Integer> done = new TreeMap<>();
    List<String> names = List.copyOf(tables.keySet());
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      String table = names.get(random.nextInt(names.size()));
      Kind kind = Kind.values()[random.nextInt(Kind.values().length)];
      String sql = sql(table, kind);
      if (!sql.isEmpty()) {
        done.merge(table + " " + kind, statement.executeUpdate(sql), Integer::sum);
      }
    }
    if (random.nextInt(10) == 0) {
      statement.getConnection().rollback();
    } else {
      statement.getConnection().commit();
      done.forEach((what, rows) -> effects.merge(what, rows, Integer::sum));
    }
  }

  /** Lets what points at nothing point at some row again, all in one transaction. */
  void reconnect() throws SQLException {
    for (Map.Entry<String, Reference> each : references.entrySet()) {
      String[] column = each.getKey().split("\\.", 2);
      Reference to = each.getValue();
      String known = "SELECT " + name(to.column()) + " FROM " + name(to.table());
      statement.executeUpdate(
          "UPDATE IGNORE %1$s SET %2$s = (SELECT * FROM (%3$s ORDER BY RAND() LIMIT 1) a_row)"
                  .formatted(name(column[0]), name(column[1]), known)
              + " WHERE %s NOT IN (SELECT * FROM (%s) all_rows)".formatted(name(column[1]), known));
    }
    statement.getConnection().commit();
  }

  /** Rows changed, by table and kind. */
  Map<String, Integer> effects() {
    return effects;
  }

  /** Whether the table has columns for it. */
  boolean isPossible(String table, Kind kind) {
    return switch (kind) {
      case UPDATE -> !plain(table).isEmpty();
      case POINT_ELSEWHERE -> !pointing(table).isEmpty();
      case INSERT, REPLACE, RENUMBER, DELETE -> true;
    };
  }

  private List<Field> plain(String table) {
    return tables.get(table).stream()
        .filter(field -> !field.primary() && !field.isLeftToMysql())
        .filter(field -> !references.containsKey(table + "." + field.name()))
        .toList();
  }

  private List<Field> pointing(String table) {
    return tables.get(table).stream()
        .filter(field -> references.containsKey(table + "." + field.name()))
        .toList();
  }

  private String sql(String table, Kind kind) throws SQLException {
    List<Field> fields = tables.get(table);
    String row = kind == Kind.INSERT || kind == Kind.REPLACE ? "" : someRow(table);
    return switch (kind) {
      case INSERT, REPLACE -> {
        List<Field> given = fields.stream().filter(field -> !field.isLeftToMysql()).toList();
        List<String> values = new ArrayList<>();
        for (Field field : given) {
          values.add(value(table, field));
        }
        yield (kind == Kind.INSERT ? "INSERT IGNORE INTO " : "REPLACE INTO ")
            + name(table)
            + " ("
            + given.stream().map(field -> name(field.name())).collect(Collectors.joining(", "))
            + ") VALUES ("
            + String.join(", ", values)
            + ")";
      }
      case UPDATE -> update(table, plain(table), row);
      case POINT_ELSEWHERE -> update(table, pointing(table), row);
      // These rarely, as every row that points there is left behind.
      case RENUMBER ->
          random.nextInt(4) == 0
              ? update(table, fields.stream().filter(Field::primary).toList(), row)
              : "";
      case DELETE -> random.nextInt(4) == 0 ? "DELETE FROM " + name(table) + row : "";
    };
  }

  private String update(String table, List<Field> choice, String row) throws SQLException {
    if (choice.isEmpty()) {
      return "";
    }
    Field field = choice.get(random.nextInt(choice.size()));
    return "UPDATE IGNORE "
        + name(table)
        + " SET "
        + name(field.name())
        + " = "
        + value(table, field)
        + row;
  }

  /** A condition that one row has. */
  private String someRow(String table) throws SQLException {
    List<String> keys = tables.get(table).stream().filter(Field::primary).map(Field::name).toList();
    String columns = keys.stream().map(RandomChanges::name).collect(Collectors.joining(", "));
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT " + columns + " FROM " + name(table) + " ORDER BY RAND() LIMIT 1")) {
      if (!rows.next()) {
        return " WHERE FALSE";
      }
      List<String> conditions = new ArrayList<>();
      for (int i = 0; i < keys.size(); i++) {
        conditions.add(name(keys.get(i)) + " = " + rows.getString(i + 1));
      }
      return " WHERE " + String.join(" AND ", conditions);
    }
  }

  private String value(String table, Field field) throws SQLException {
    if (field.nullable() && random.nextInt(6) == 0) {
      return "NULL";
    }
    Reference reference = references.get(table + "." + field.name());
    if (reference != null && random.nextInt(15) > 0) {
      String known = number(reference, "ORDER BY RAND() LIMIT 1");
      if (!known.isEmpty()) {
        return known;
      }
    }
    if (field.primary() && reference == null) {
      return number(table, field);
    }
    return literal(field.type());
  }

  /** A number for a row: one that is taken, one that was once, or the next. */
  private String number(String table, Field field) throws SQLException {
    String largest = number(new Reference(table, field.name()), "ORDER BY 1 DESC LIMIT 1");
    int next = largest.isEmpty() ? 1 : 1 + Integer.parseInt(largest);
    int most = field.type().startsWith("tinyint") ? 255 : 65_535;
    return ""
        + (random.nextBoolean() ? Math.min(most, next) : 1 + random.nextInt(Math.min(most, next)));
  }

  private String number(Reference from, String which) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            "SELECT " + name(from.column()) + " FROM " + name(from.table()) + " " + which)) {
      return rows.next() ? rows.getString(1) : "";
    }
  }

  private String literal(String type) {
    String base = type.replaceFirst("[^a-z].*", "");
    return switch (base) {
      case "tinyint" -> type.equals("tinyint(1)") ? "" + random.nextInt(2) : small();
      case "smallint", "mediumint", "int" -> small();
      case "decimal" -> random.nextInt(10) + "." + (random.nextBoolean() ? "99" : "50");
      case "year" -> "" + (1950 + random.nextInt(100));
      case "datetime" ->
          "'2005-%02d-%02d %02d:00:00'"
              .formatted(1 + random.nextInt(12), 1 + random.nextInt(28), random.nextInt(24));
      case "enum", "set" -> {
        String[] members = type.substring(base.length() + 1, type.length() - 1).split(",", -1);
        yield members[random.nextInt(members.length)];
      }
      case "geometry" -> "POINT(" + random.nextInt(90) + ", " + random.nextInt(90) + ")";
      default -> "'é" + Integer.toString(random.nextInt(100_000), 36) + "'";
    };
  }

  private String small() {
    return "" + (1 + random.nextInt(200));
  }

  private static String name(String identifier) {
    return "`" + identifier + "`";
  }
}
