package dev.freshet.view.sql;

import dev.freshet.view.Column;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.MysqlTypes;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lets MySQL prepare the queries of a plan, and compares the columns of MySQL's result with the
 * plan's outputs. Executes none of the queries.
 */
public final class PlanCheck {
  private PlanCheck() {}

  /**
   * The differences between MySQL and the plan, one line each; empty if there are none.
   *
   * @param mysql a connection with {@link MysqlSession}'s settings and the source's database
   */
  public static List<String> problems(Connection mysql, ViewPlan plan) {
    List<String> problems = new ArrayList<>();
    MysqlQueries queries = new MysqlQueries(plan, Duration.ofSeconds(1));
    for (String sql : queries.all()) {
      try (PreparedStatement statement = mysql.prepareStatement(sql)) {
        int parameters = statement.getParameterMetaData().getParameterCount();
        long expected = sql.chars().filter(c -> c == '?').count();
        long own = plan.query().chars().filter(c -> c == '?').count();
        if (parameters != expected - own) {
          problems.add(
              subject(plan)
                  + "MySQL reads "
                  + parameters
                  + " parameters, not "
                  + (expected - own)
                  + "; leave '?' out of the query");
        }
        if (!sql.equals(queries.counted())) {
          compare(plan, statement.getMetaData(), problems);
        }
      } catch (SQLException e) {
        problems.add(
            subject(plan)
                + "MySQL does not accept the query: "
                + String.valueOf(e.getMessage()).replaceAll("\\s+", " ")
                + "; correct the view");
      }
      if (!problems.isEmpty()) {
        // The other statements contain the same query and would fail in the same way.
        return problems;
      }
    }
    return problems;
  }

  private static void compare(ViewPlan plan, ResultSetMetaData result, List<String> problems)
      throws SQLException {
    if (result.getColumnCount() != plan.outputs().size()) {
      problems.add(
          subject(plan)
              + "MySQL returns "
              + result.getColumnCount()
              + " columns, the plan has "
              + plan.outputs().size()
              + "; name each column of the SELECT list");
      return;
    }
    for (int i = 1; i <= result.getColumnCount(); i++) {
      Column column = plan.outputs().get(i - 1).column();
      if (!result.getColumnLabel(i).equalsIgnoreCase(column.name())) {
        problems.add(
            column(plan, column)
                + "is named "
                + result.getColumnLabel(i)
                + " by MySQL; give it a name with AS");
      }
      String type = result.getColumnTypeName(i).toLowerCase(Locale.ROOT);
      boolean sameScale =
          column.type() != ValueType.DECIMAL || result.getScale(i) == MysqlTypes.scale(column);
      if (!agree(column, type) || !sameScale) {
        problems.add(
            column(plan, column)
                + "is "
                + column.mysqlType()
                + " in the catalogue and "
                + type
                + " in MySQL's result; submit again if the table was changed just now");
      }
      // A TIME is cast to text, which MySQL declares nullable.
      if (!column.nullable()
          && column.type() != ValueType.TIME
          && result.isNullable(i) != ResultSetMetaData.columnNoNulls) {
        problems.add(
            column(plan, column)
                + "may be NULL in MySQL's result; submit again if the table was changed just now");
      }
    }
  }

  /**
   * Whether a result's type fits. ENUM and SET arrive as CHAR, TIME is cast to CHAR, and the types
   * of text are interchangeable.
   */
  private static boolean agree(Column column, String type) {
    ValueType ofResult =
        switch (type) {
          case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set" ->
              ValueType.STRING;
          default -> MysqlTypes.valueType(type);
        };
    return ofResult == (column.type() == ValueType.TIME ? ValueType.STRING : column.type());
  }

  private static String subject(ViewPlan plan) {
    return "View " + plan.view() + ": ";
  }

  private static String column(ViewPlan plan, Column column) {
    return subject(plan) + "column " + column.name() + " ";
  }
}
