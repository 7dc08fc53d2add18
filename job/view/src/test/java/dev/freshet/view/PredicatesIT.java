package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.freshet.view.declare.Planner;
import dev.freshet.view.sql.JdbcValues;
import dev.freshet.view.sql.MysqlQueries;
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
  void conditionsMeanWhatTheyMeanToMysql() throws Exception {
    boolean full = "full".equals(System.getProperty("freshet.size"));
    long seed = Long.getLong("freshet.seed", new Random().nextLong());
    int views = full ? 7000 : 700;
    Random random = new Random(seed);
    Predicates predicates = new Predicates(random);
    try (Source source = Source.create("predicates")) {
      source.execute(Predicates.TABLES);
      for (String insert : predicates.inserts(full ? 400 : 250)) {
        source.execute(insert);
      }
      Catalogue catalogue = source.catalogue(predicates.view());
      Map<String, List<Object[]>> tables = new HashMap<>();
      for (Table table : catalogue.tables()) {
        tables.put(table.name(), Rows.of(source, table));
      }
      long rows = 0;
      for (int i = 0; i < views; i++) {
        String view = predicates.view();
        ViewPlan plan = Planner.plan(view, catalogue);
        List<String> expected = printed(mysql(source, plan));
        rows += expected.size();
        List<String> actual = printed(new QueryModel(plan, catalogue, tables).everything());
        if (!actual.equals(expected)) {
          List<String> extra = new ArrayList<>(actual);
          extra.removeAll(expected);
          List<String> missing = new ArrayList<>(expected);
          missing.removeAll(actual);
          fail("seed %d: %snot in MySQL's answer: %s%nonly there: %s", seed, view, extra, missing);
        }
      }
      System.out.printf(
          "seed %d: %d views equal MySQL's own answers, %d rows in all%n", seed, views, rows);
      assertThat(rows).as("rows that the conditions let through").isGreaterThan(views);
    }
  }

  private static List<Object[]> mysql(Source source, ViewPlan plan) throws Exception {
    String sql = new MysqlQueries(plan, Duration.ZERO).everything();
    try (PreparedStatement statement = source.connection().prepareStatement(sql)) {
      return Rows.of(JdbcValues.MYSQL, statement, Rows.outputs(plan), 1);
    }
  }

  private static List<String> printed(List<Object[]> rows) {
    return rows.stream().map(Arrays::deepToString).toList();
  }
}
