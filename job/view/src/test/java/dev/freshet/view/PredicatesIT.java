package dev.freshet.view;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
import dev.freshet.view.sql.PlanCheck;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random views: what the plan's expressions say of the rows equals what MySQL says. */
class PredicatesIT {
  @Test
  void conditionsHaveMysqlsMeaning() throws Exception {
    long seed = TestSize.seed();
    int views = FULL ? 7000 : 700;
    Random random = new Random(seed);
    Predicates predicates = new Predicates(random);
    try (Source source = Source.create("predicates")) {
      source.execute(Predicates.TABLES);
      for (String insert : predicates.inserts(FULL ? 400 : 250)) {
        source.execute(insert);
      }
      Catalogue catalogue = source.catalogue(predicates.view());
      Map<String, List<Object[]>> tables = new HashMap<>();
      for (Table table : catalogue.tables()) {
        tables.put(table.name(), Rows.of(source, table));
      }
      long rows = 0;
      int refused = 0;
      for (int i = 0; i < views; i++) {
        String view = predicates.view();
        ViewPlan plan;
        try {
          plan = Planner.plan(view, catalogue);
        } catch (ViewException e) {
          refused++;
          continue;
        }
        assertThat(PlanCheck.problems(source.connection(), plan))
            .as("seed %d: %s", seed, view)
            .isEmpty();
        List<String> expected = printed(mysql(source, plan));
        rows += expected.size();
        List<String> actual = printed(new QueryModel(plan, catalogue, tables).everything());
        if (!actual.equals(expected)) {
          List<String> extra = new ArrayList<>(actual);
          extra.removeAll(expected);
          List<String> missing = new ArrayList<>(expected);
          missing.removeAll(actual);
          fail(
              "seed %d: %s%d not in MySQL's answer: %s%n%d only there: %s",
              seed, view, extra.size(), first(extra), missing.size(), first(missing));
        }
      }
      System.out.printf(
          "seed %d: %d views equal MySQL's own answers, %d rows in all; %d others refused%n",
          seed, views - refused, rows, refused);
      // Literals that the type of an expression does not hold, or CHAR mixed with VARCHAR.
      assertThat(refused).as("views that are refused").isLessThan(views / 3);
      assertThat(rows).as("rows that the conditions let through").isGreaterThan(views / 2);
    }
  }

  private static List<Object[]> mysql(Source source, ViewPlan plan) throws Exception {
    String sql = new MysqlQueries(plan, Duration.ZERO).everything();
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  private static List<String> first(List<String> rows) {
    return rows.subList(0, Math.min(3, rows.size()));
  }

  private static List<String> printed(List<Object[]> rows) {
    return rows.stream().map(Arrays::deepToString).toList();
  }
}
