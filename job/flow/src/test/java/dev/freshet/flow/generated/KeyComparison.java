package dev.freshet.flow.generated;

import dev.freshet.store.KeyQueries;
import dev.freshet.store.PageQuery;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Reason;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlKeyQueries;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.Names;
import dev.freshet.view.sql.StoreLimits;
import java.sql.Connection;
import java.sql.DataTruncation;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Compares all keys of a view, one by one and in the order of their entries: what the reader would
 * get of the store, and MySQL's answer; likewise a range of the entries, if the view has bounds. A
 * key must be INVALID exactly if it needs a row that holds what no answer can hold, or if MySQL
 * itself has no answer. It may be INVALID if a row lacks the row that it joins: a condition that
 * fails on such a row fails in MySQL too, but only if MySQL evaluates it before the join. For the
 * same reason an error of MySQL proves nothing if the key is a column of a joined table: it may
 * come from a row of another key.
 */
final class KeyComparison {
  /** More than there are keys, or entries of a key. */
  private static final int MOST = 100_000;

  private static final List<Optional<Object>> NOT_GIVEN = List.of();

  private static final Set<Reason> OF_KEYS =
      EnumSet.of(Reason.UNREADABLE, Reason.UNSTORABLE, Reason.FAILED);

  private final ViewPlan plan;
  private final String job;
  private final int keyGroups;
  private final MysqlQueries mysqlQueries;
  private final StoreLimits limits;

  /** What was found: how many keys are VALID and INVALID, and how many rows the VALID have. */
  record Found(int valid, int invalid, int rows) {
    static final Found NOTHING = new Found(0, 0, 0);
    static final Found INVALID = new Found(0, 1, 0);

    @Override
    public String toString() {
      return "%d VALID keys with %d rows, %d INVALID keys".formatted(valid, rows, invalid);
    }

    Found plus(Found other) {
      return new Found(valid + other.valid, invalid + other.invalid, rows + other.rows);
    }
  }

  /**
   * MySQL's answer to a key.
   *
   * @param rows its rows as text, in their order
   * @param problem why the store cannot hold it, or why there is none
   * @param failed whether there is none
   */
  private record Answer(List<String> rows, Optional<String> problem, boolean failed) {}

  /**
   * Of a view that is populated eagerly.
   *
   * @param job the job's name, which is that of the store's schema
   */
  KeyComparison(ViewPlan plan, String job, int keyGroups) {
    this.plan = plan;
    this.job = job;
    this.keyGroups = keyGroups;
    this.mysqlQueries = new MysqlQueries(plan, Duration.ZERO);
    this.limits = new StoreLimits(plan);
  }

  /**
   * Compares; nothing may write meanwhile.
   *
   * @param differences gets a text for each key that differs
   */
  Found compare(Connection mysql, Connection postgres, Consumer<String> differences)
      throws SQLException {
    KeyQueries stored = new KeyQueries(plan, job, 1);
    String asked = new MysqlKeyQueries(plan, Duration.ZERO).keys();
    Set<Key> keys = new TreeSet<>();
    try {
      keys.addAll(keys(mysql, JdbcValues.MYSQL, asked));
    } catch (SQLDataException | DataTruncation e) {
      // WHERE itself has an error for some row.
      keys.addAll(keys(mysql, JdbcValues.MYSQL, keysOfRows("TRUE")));
    }
    keys.addAll(keys(postgres, JdbcValues.POSTGRES, stored.firstKeys(), MOST));
    keys.addAll(keys(postgres, JdbcValues.POSTGRES, stored.invalid()));
    Set<Key> poisoned = poisoned(mysql);
    keys.addAll(poisoned);
    Set<Key> incomplete = incomplete(mysql);
    Found found = Found.NOTHING;
    for (Key key : keys) {
      List<Object> values = Arrays.asList(key.values()).subList(1, key.values().length);
      if (!StoreLimits.hasKey(plan, values)) {
        found = found.plus(Found.INVALID);
        continue;
      }
      Answer answer = answer(mysql, values, NOT_GIVEN);
      PageQuery.Page actual = page(postgres, key, values, NOT_GIVEN);
      if (answer.failed() && !isKeyOfRoot()) {
        continue;
      }
      boolean mustFail = poisoned.contains(key) || answer.problem().isPresent();
      boolean mayFail = mustFail || incomplete.contains(key);
      Optional<String> difference = difference(answer, actual, mustFail, mayFail);
      boolean isValid = actual.invalid().isEmpty();
      if (difference.isEmpty() && isValid && !plan.bounds().isEmpty()) {
        List<Optional<Object>> bounds = bounds(actual.entries());
        difference =
            difference(
                answer(mysql, values, bounds),
                page(postgres, key, values, bounds),
                mustFail,
                mayFail);
      }
      difference.ifPresent(
          text ->
              differences.accept("  %s: %s".formatted(Arrays.deepToString(key.values()), text)));
      found = found.plus(isValid ? new Found(1, 0, answer.rows().size()) : Found.INVALID);
    }
    return found;
  }

  private boolean isKeyOfRoot() {
    return plan.key().stream()
        .map(index -> (Expr.ColumnRef) plan.outputs().get(index).value())
        .allMatch(column -> column.node() == 0);
  }

  /** The values of the plan's bounds that leave the middle of a key's entries. */
  private List<Optional<Object>> bounds(List<Object[]> entries) {
    List<Optional<Object>> bounds = new ArrayList<>();
    for (ViewPlan.Bound bound : plan.bounds()) {
      List<Object> values =
          new ArrayList<>(
              entries.stream().map(e -> e[bound.output()]).filter(Objects::nonNull).toList());
      boolean descending =
          plan.order().stream().anyMatch(o -> o.output() == bound.output() && o.descending());
      if (descending) {
        Collections.reverse(values);
      }
      int third = values.size() / 3;
      bounds.add(
          values.isEmpty()
              ? Optional.empty()
              : Optional.of(
                  values.get(
                      bound.end() == ViewPlan.End.FROM ? third : values.size() - 1 - third)));
    }
    return bounds;
  }

  private Optional<String> difference(
      Answer answer, PageQuery.Page actual, boolean mustFail, boolean mayFail) {
    List<String> rows = actual.entries().stream().map(Arrays::deepToString).toList();
    if (actual.progress().isEmpty() || actual.absent()) {
      return Optional.of("the store does not have it");
    }
    if (actual.invalid().isPresent()) {
      Reason reason = actual.invalid().get();
      return mayFail && OF_KEYS.contains(reason)
          ? Optional.empty()
          : Optional.of("is INVALID without need: " + reason.wireName());
    }
    if (mustFail) {
      return Optional.of(
          "is VALID, but " + answer.problem().orElse("needs a row that no answer can hold"));
    }
    return rows.equals(answer.rows())
        ? Optional.empty()
        : Optional.of("%n    MySQL %s%n    store %s".formatted(answer.rows(), rows));
  }

  private Answer answer(Connection mysql, List<Object> key, List<Optional<Object>> bounds)
      throws SQLException {
    List<String> rows = new ArrayList<>();
    Optional<String> problem = Optional.empty();
    String sql = mysqlQueries.page(given(bounds), Optional.empty());
    try (PreparedStatement statement = mysql.prepareStatement(sql)) {
      int index = 1;
      for (Object value : key) {
        JdbcValues.MYSQL.bindKey(statement, index, plan.keyColumnList().get(index - 1), value);
        index++;
      }
      for (int i = 0; i < bounds.size(); i++) {
        if (bounds.get(i).isPresent()) {
          ValueType type = plan.outputs().get(plan.bounds().get(i).output()).column().type();
          JdbcValues.MYSQL.bind(statement, index++, type, bounds.get(i).get());
        }
      }
      statement.setInt(index, MOST);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          Object[] row = new Object[plan.outputs().size()];
          for (int i = 0; i < row.length; i++) {
            row[i] = JdbcValues.MYSQL.read(result, i + 1, plan.outputs().get(i).column());
          }
          rows.add(Arrays.deepToString(row));
          problem = problem.or(() -> limits.problem(row));
        }
      }
    } catch (SQLDataException | DataTruncation e) {
      return new Answer(List.of(), Optional.of("MySQL has no answer: " + e.getMessage()), true);
    }
    return new Answer(rows, problem, false);
  }

  private PageQuery.Page page(
      Connection postgres, Key key, List<Object> values, List<Optional<Object>> bounds)
      throws SQLException {
    PageQuery query = new PageQuery(plan, job, 1, given(bounds), Optional.empty(), false, true);
    int group = KeyGroups.of(key, keyGroups);
    try (PreparedStatement statement = postgres.prepareStatement(query.sql())) {
      query.bind(
          statement,
          1,
          new PageQuery.Request(values, bounds, Optional.empty(), MOST, job, group, 0));
      try (ResultSet rows = statement.executeQuery()) {
        return query.read(rows);
      }
    }
  }

  /** Which of the plan's bounds are given. */
  private List<Boolean> given(List<Optional<Object>> bounds) {
    return IntStream.range(0, plan.bounds().size())
        .mapToObj(i -> i < bounds.size() && bounds.get(i).isPresent())
        .toList();
  }

  private Set<Key> keys(Connection connection, JdbcValues database, String sql, int... parameters)
      throws SQLException {
    Set<Key> keys = new HashSet<>();
    List<Column> columns = plan.keyColumnList();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setInt(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          key(row, database, columns).ifPresent(keys::add);
        }
      }
    }
    return keys;
  }

  /**
   * The key of the current row; none if it has a NULL, or a date that no key can be asked for by.
   */
  private Optional<Key> key(ResultSet row, JdbcValues database, List<Column> columns)
      throws SQLException {
    Object[] values = new Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      try {
        values[i] = database.read(row, i + 1, columns.get(i));
      } catch (SQLDataException e) {
        return Optional.empty();
      }
    }
    return Arrays.asList(values).contains(null)
        ? Optional.empty()
        : Optional.of(plan.viewKeyOf(values));
  }

  /** The keys of rows, whether WHERE takes them or not, of which one cannot be read or stored. */
  private Set<Key> poisoned(Connection mysql) throws SQLException {
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < plan.nodes().size(); i++) {
      PlanNode node = plan.nodes().get(i);
      for (int j = 0; node.isShown() && j < node.table().columns().size(); j++) {
        poison(node.table().columns().get(j), column(i, j)).ifPresent(conditions::add);
      }
    }
    return conditions.isEmpty()
        ? Set.of()
        : keys(mysql, JdbcValues.MYSQL, keysOfRows(String.join(" OR ", conditions)));
  }

  /** The keys of rows that lack a row that they join. */
  private Set<Key> incomplete(Connection mysql) throws SQLException {
    List<String> conditions = new ArrayList<>();
    for (int i = 1; i < plan.nodes().size(); i++) {
      PlanNode node = plan.nodes().get(i);
      if (node.isShown() && node.inner()) {
        conditions.add(column(i, node.key().get(0)) + " IS NULL");
      }
    }
    return conditions.isEmpty()
        ? Set.of()
        : keys(
            mysql,
            JdbcValues.MYSQL,
            keysOfRows(String.join(" OR ", conditions))
                .replaceAll("(?<!LEFT) JOIN ", " LEFT JOIN "));
  }

  /** The query for the keys of rows, whether WHERE takes them or not, that fulfil a condition. */
  private String keysOfRows(String condition) {
    StringBuilder from = new StringBuilder();
    String ofRoot = "";
    for (int i = 0; i < plan.nodes().size(); i++) {
      PlanNode node = plan.nodes().get(i);
      if (!node.isShown()) {
        continue;
      }
      from.append(i == 0 ? "" : node.inner() ? " JOIN " : " LEFT JOIN ")
          .append(Names.MYSQL.quoted(node.table().name()))
          .append(" n")
          .append(i);
      List<String> on = new ArrayList<>();
      for (int j = 0; j < node.foreignKey().size(); j++) {
        on.add(
            column(i, node.key().get(j)) + " = " + column(node.parent(), node.foreignKey().get(j)));
      }
      for (PlanNode.Fixed fixed : node.fixed()) {
        ValueType type = node.table().columns().get(fixed.column()).type();
        on.add(column(i, fixed.column()) + " = " + RandomValues.literal(type, fixed.value()));
      }
      String joined = String.join(" AND ", on);
      if (i == 0) {
        ofRoot = on.isEmpty() ? "" : joined + " AND ";
      } else {
        from.append(" ON ").append(joined);
      }
    }
    String key =
        plan.key().stream()
            .map(index -> (Expr.ColumnRef) plan.outputs().get(index).value())
            .map(ref -> column(ref.node(), ref.column()))
            .collect(Collectors.joining(", "));
    return "SELECT %s FROM %s WHERE %s(%s)".formatted(key, from, ofRoot, condition);
  }

  /** The condition that a value is a date in no calendar, or a text with a NUL. */
  private static Optional<String> poison(Column column, String name) {
    return switch (column.type()) {
      case DATE, DATETIME, TIMESTAMP ->
          Optional.of(
              "CAST(%s AS CHAR) LIKE '0000-%%' OR CAST(%1$s AS CHAR) LIKE '%%-00%%'"
                  .formatted(name));
      case STRING ->
          column.mysqlType().equals("json")
              ? Optional.empty()
              : Optional.of("LOCATE(X'00', CAST(%s AS BINARY)) > 0".formatted(name));
      case INTEGER, DECIMAL, DOUBLE, BYTES, TIME -> Optional.empty();
    };
  }

  private String column(int node, int column) {
    return "n"
        + node
        + "."
        + Names.MYSQL.quoted(plan.nodes().get(node).table().columns().get(column).name());
  }
}
