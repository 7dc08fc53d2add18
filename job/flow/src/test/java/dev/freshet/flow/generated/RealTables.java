package dev.freshet.flow.generated;

import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tables of a query as {@code information_schema} describes them, and what is known of their
 * values: which columns point at which others, and which constants the query compares them with.
 */
final class RealTables {
  private static final String COLUMNS =
      "SELECT column_name, data_type, column_type, character_maximum_length, numeric_precision,"
          + " numeric_scale, datetime_precision, is_nullable, generation_expression, column_key"
          + " FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?"
          + " ORDER BY ordinal_position";
  private static final String PRIMARY_KEY =
      "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE()"
          + " AND table_name = ? AND index_name = 'PRIMARY' ORDER BY seq_in_index";
  private static final String REFERENCES =
      "SELECT k.column_name, k.referenced_table_name, k.referenced_column_name, r.update_rule"
          + " FROM information_schema.key_column_usage k"
          + " JOIN information_schema.referential_constraints r"
          + " ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name"
          + " WHERE k.table_schema = DATABASE() AND k.table_name = ?";

  private final List<Table> tables = new ArrayList<>();
  private final Map<Place, Place> references = new HashMap<>();
  private final Set<Place> referenced = new HashSet<>();
  private final Set<Place> fixed = new HashSet<>();
  private final Map<Place, Set<String>> constants = new LinkedHashMap<>();
  private boolean foreignKeys;

  /** A column of a table. */
  record Place(String table, String column) {}

  /**
   * A column that is written.
   *
   * @param type MySQL's {@code DATA_TYPE}
   * @param definition MySQL's {@code COLUMN_TYPE}
   * @param length in characters, or in bytes; 0 for other types
   * @param unique whether it is a unique key by itself
   */
  record Column(
      Place place,
      String type,
      String definition,
      int length,
      int precision,
      int scale,
      boolean nullable,
      boolean unique) {
    String name() {
      return "`" + place.column() + "`";
    }

    boolean isUnsigned() {
      return definition.contains("unsigned");
    }
  }

  /** A table with the columns that are written. */
  record Table(String name, List<Column> columns, List<Column> key) {}

  /** Reads the tables; the plan says how the query uses them. */
  RealTables(Connection mysql, List<String> names, ViewPlan plan) throws SQLException {
    for (String name : names) {
      tables.add(table(mysql, name));
      readReferences(mysql, name);
    }
    for (PlanNode node : plan.nodes()) {
      if (node.isShown()) {
        use(node, plan);
      }
    }
    collect(plan.where(), plan);
  }

  List<Table> tables() {
    return tables;
  }

  /** Whether MySQL has foreign keys between the tables. */
  boolean haveForeignKeys() {
    return foreignKeys;
  }

  /** The column whose values a column shares: the one it points at in the end, or itself. */
  Place origin(Place place) {
    Place origin = place;
    for (int i = 0; i < 10 && references.containsKey(origin); i++) {
      origin = references.get(origin);
    }
    return origin;
  }

  /** Whether another column points at a column. */
  boolean isReferenced(Place place) {
    return referenced.contains(place);
  }

  /** Whether a foreign key would carry a new value on, which ends the view. */
  boolean isFixed(Column column) {
    return fixed.contains(column.place());
  }

  /** What the query compares a column with, as SQL. */
  List<String> constants(Column column) {
    return List.copyOf(constants.getOrDefault(column.place(), Set.of()));
  }

  private static Table table(Connection mysql, String name) throws SQLException {
    List<Column> columns = new ArrayList<>();
    try (PreparedStatement statement = mysql.prepareStatement(COLUMNS)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          boolean isWritten = row.getString(9).isEmpty();
          if (isWritten) {
            columns.add(
                new Column(
                    new Place(name, row.getString(1)),
                    row.getString(2),
                    row.getString(3),
                    (int) Math.min(row.getLong(4), 1 << 20),
                    row.getInt(5),
                    row.getInt(6) + row.getInt(7),
                    row.getString(8).equals("YES"),
                    row.getString(10).equals("UNI")));
          }
        }
      }
    }
    List<Column> key = new ArrayList<>();
    try (PreparedStatement statement = mysql.prepareStatement(PRIMARY_KEY)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Place place = new Place(name, row.getString(1));
          columns.stream().filter(c -> c.place().equals(place)).forEach(key::add);
        }
      }
    }
    return new Table(name, List.copyOf(columns), List.copyOf(key));
  }

  private void readReferences(Connection mysql, String name) throws SQLException {
    try (PreparedStatement statement = mysql.prepareStatement(REFERENCES)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          foreignKeys = true;
          Place target = new Place(row.getString(2), row.getString(3));
          point(new Place(name, row.getString(1)), target);
          if (row.getString(4).equals("CASCADE") || row.getString(4).equals("SET NULL")) {
            fixed.add(target);
          }
        }
      }
    }
  }

  private void point(Place from, Place to) {
    if (!origin(to).equals(from)) {
      references.putIfAbsent(from, to);
      referenced.add(to);
    }
  }

  private void use(PlanNode node, ViewPlan plan) {
    for (int i = 0; i < node.foreignKey().size(); i++) {
      point(
          place(plan.nodes().get(node.parent()), node.foreignKey().get(i)),
          place(node, node.key().get(i)));
    }
    for (PlanNode.Fixed each : node.fixed()) {
      ValueType type = node.table().columns().get(each.column()).type();
      add(place(node, each.column()), type, each.value());
    }
    collect(node.on(), plan);
  }

  private void collect(Expr condition, ViewPlan plan) {
    if (condition instanceof Expr.And and) {
      and.operands().forEach(operand -> collect(operand, plan));
    } else if (condition instanceof Expr.Or or) {
      or.operands().forEach(operand -> collect(operand, plan));
    } else if (condition instanceof Expr.Not not) {
      collect(not.operand(), plan);
    } else if (condition instanceof Expr.NotZero number
        && number.operand() instanceof Expr.ColumnRef ref) {
      add(place(plan.nodes().get(ref.node()), ref.column()), ValueType.INTEGER, 1L);
    } else if (condition instanceof Expr.Comparison comparison) {
      compared(comparison, comparison.left(), comparison.right(), plan);
      compared(comparison, comparison.right(), comparison.left(), plan);
    }
  }

  private void compared(Expr.Comparison comparison, Expr left, Expr right, ViewPlan plan) {
    if (left instanceof Expr.ColumnRef ref && right instanceof Expr.Literal literal) {
      Place place = place(plan.nodes().get(ref.node()), ref.column());
      add(place, literal.type(), literal.value());
      boolean equality =
          comparison.comparator() == Expr.Comparator.EQUAL
              || comparison.comparator() == Expr.Comparator.NOT_EQUAL;
      if (!equality && literal.value() instanceof Long number) {
        add(place, literal.type(), number - 1);
        add(place, literal.type(), number + 1);
      }
    }
  }

  private void add(Place place, ValueType type, Object value) {
    constants
        .computeIfAbsent(place, key -> new LinkedHashSet<>())
        .add(RandomValues.literal(type, value));
  }

  private static Place place(PlanNode node, int column) {
    return new Place(node.table().name(), node.table().columns().get(column).name());
  }
}
