package dev.freshet.view;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.expr.Evaluator;
import dev.freshet.view.expr.Value;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.PlanCheck;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Random trees of calculations and functions: what a plan computes from each row is what MySQL
 * selects, and where MySQL has an error, the plan has one.
 *
 * <p>{@code -Dfreshet.seed=N} runs one seed.
 */
class ExpressionsIT {
  private static final long EVALUATIONS = FULL ? 2_000_000 : 60_000;
  private static final int ROWS = FULL ? 500 : 250;
  private static final int AT_ONCE = 20;

  /** What stands before a bracket, and the operators. */
  private static final Pattern FUNCTION =
      Pattern.compile("\\b([A-Z_0-9]+)\\(| (LIKE|DIV|[-+] INTERVAL|[-+*/%]) ");

  private final long seed = TestSize.seed();
  private final RandomTrees trees = new RandomTrees(new Random(seed));
  private final Map<String, Long> refusals = new TreeMap<>();
  private final Map<String, Long> functions = new TreeMap<>();
  private long evaluations;
  private long errors;

  /** The rows by their primary key. */
  private final Map<Object, Object[]> rows = new HashMap<>();

  private Catalogue catalogue;
  private Table table;

  @Test
  void valuesAreMysqls() throws Exception {
    try (Source source = Source.create("trees")) {
      source.execute(RandomTrees.table());
      // The separator of statements may be in a text.
      for (int id = 1; id <= ROWS; id++) {
        try (PreparedStatement insert =
            source.connection().prepareStatement("INSERT INTO trees VALUES " + trees.row(id))) {
          insert.execute();
        }
      }
      catalogue = source.catalogue(RandomTrees.view(List.of("num")));
      table = catalogue.tables().get(0);
      for (Object[] row : Rows.of(source, table)) {
        rows.put(row[table.indexOf("id")], row);
      }
      List<String> batch = new ArrayList<>();
      while (evaluations < EVALUATIONS) {
        String value = trees.value();
        if (isTaken(value)) {
          batch.add(value);
        }
        if (batch.size() == AT_ONCE) {
          compare(source, batch);
          batch.clear();
        }
      }
    }
    System.out.printf(
        "seed %d: %,d evaluations equal MySQL's, %,d errors among them; %s; refused: %s%n",
        seed, evaluations, errors, functions, refusals);
    assertThat(errors).as("values beyond their range").isPositive();
  }

  private boolean isTaken(String value) {
    try {
      Planner.plan(RandomTrees.view(List.of(value)), catalogue);
      return true;
    } catch (ViewException e) {
      String reason = e.getMessage().replaceFirst("View v: ", "").replaceAll("'[^ ]*'|\\d+", "…");
      refusals.merge(reason.replaceFirst(" \\(line.*", ""), 1L, Long::sum);
      return false;
    }
  }

  private void compare(Source source, List<String> values) throws SQLException {
    ViewPlan plan = Planner.plan(RandomTrees.view(values), catalogue);
    assertThat(PlanCheck.problems(source.connection(), plan))
        .as("seed %d: %s", seed, values)
        .isEmpty();
    List<Object[]> expected;
    try {
      expected = mysql(source, plan, "");
    } catch (SQLException e) {
      if (values.size() > 1) {
        for (String value : values) {
          compare(source, List.of(value));
        }
      } else {
        compareErrors(source, plan, values.get(0), e);
      }
      return;
    }
    assertThat(expected).hasSize(ROWS);
    equal(plan, values, expected);
  }

  /** Compares the rows without errors, and sees that MySQL has an error for some of the others. */
  private void compareErrors(Source source, ViewPlan plan, String value, SQLException error)
      throws SQLException {
    Value computed = Evaluator.value(plan.outputs().get(2).value());
    List<Object> failing = new ArrayList<>();
    for (Map.Entry<Object, Object[]> row : rows.entrySet()) {
      try {
        computed.of(narrow(plan, row.getValue()));
      } catch (ArithmeticException e) {
        if (!isDamaged(e)) {
          failing.add(row.getKey());
        }
      }
    }
    assertThat(failing)
        .as("seed %d: %s has an error in MySQL: %s", seed, value, error)
        .isNotEmpty();
    String ids = failing.toString().replace("[", "(").replace("]", ")");
    equal(plan, List.of(value), mysql(source, plan, " WHERE v.id NOT IN " + ids));
    Collections.shuffle(failing, new Random(seed));
    for (Object id : failing.subList(0, Math.min(5, failing.size()))) {
      String described = "seed %d: %s of %s".formatted(seed, value, described(id));
      try {
        List<Object[]> answer = mysql(source, plan, " WHERE v.id = " + id);
        assertThat(answer.get(0)[2]).as(described).isEqualTo("an error");
      } catch (SQLException e) {
        errors++;
        evaluations++;
      }
    }
  }

  private void equal(ViewPlan plan, List<String> values, List<Object[]> expected) {
    List<Value> computed =
        plan.outputs().stream().map(output -> Evaluator.value(output.value())).toList();
    for (Object[] row : expected) {
      Object[][] narrow = narrow(plan, rows.get(row[1]));
      for (int i = 0; i < values.size(); i++) {
        Object actual;
        try {
          actual = computed.get(2 + i).of(narrow);
        } catch (ArithmeticException e) {
          actual = e;
        }
        boolean damaged = actual instanceof ArithmeticException e && isDamaged(e);
        if (!damaged && !Arrays.deepEquals(new Object[] {actual}, new Object[] {row[2 + i]})) {
          assertThat(printed(actual))
              .as("seed %d: %s of %s", seed, values.get(i), described(row[1]))
              .isEqualTo(printed(row[2 + i]));
        }
        evaluations++;
      }
    }
    for (String value : values) {
      Matcher function = FUNCTION.matcher(value);
      while (function.find()) {
        String name = function.group(1) == null ? function.group(2) : function.group(1);
        functions.merge(name, (long) expected.size(), Long::sum);
      }
    }
  }

  /** Whether MySQL has no error but damages a text, which a view does not do. */
  private static boolean isDamaged(ArithmeticException e) {
    return String.valueOf(e.getMessage()).contains("MySQL damages the text");
  }

  private String described(Object id) {
    Object[] row = rows.get(id);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      all.append(table.columns().get(i).name()).append(" ").append(printed(row[i])).append(", ");
    }
    return all.toString();
  }

  private static String printed(Object value) {
    return value instanceof String text
        ? "'" + text + "' " + text.codePoints().mapToObj(Integer::toHexString).toList()
        : value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value);
  }

  private Object[][] narrow(ViewPlan plan, Object[] row) {
    return new Object[][] {
      plan.root().table().columns().stream()
          .map(column -> row[table.indexOf(column.name())])
          .toArray()
    };
  }

  private static List<Object[]> mysql(Source source, ViewPlan plan, String where)
      throws SQLException {
    String sql = new MysqlQueries(plan, Duration.ZERO).everything();
    if (!where.isEmpty()) {
      sql = sql.replaceFirst("\n\\) v(?= ORDER BY)", "\n) v" + where);
    }
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }
}
