package dev.freshet.view.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Source;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Sources;
import dev.freshet.view.declare.ViewException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PlanCheckIT {
  private static Source source;

  @BeforeAll
  static void createSample() throws Exception {
    source = Source.create("plan_check");
    source.execute(Sources.sampleTables());
    source.execute(
        "CREATE TABLE things (id INT NOT NULL PRIMARY KEY, k INT NOT NULL, `zerofill` INT)");
  }

  @AfterAll
  static void close() throws Exception {
    source.close();
  }

  private static ViewPlan things(String query) throws Exception {
    return source.plan(
        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)"
            + " FRESHNESS = INTERVAL '5' SECOND AS "
            + query);
  }

  @Test
  void mysqlAgreesWithThePlans() throws Exception {
    for (String view : new String[] {Sources.unreadConversations(), Sources.messagesOfSites()}) {
      assertThat(PlanCheck.problems(source.connection(), source.plan(view))).isEmpty();
    }
    assertThat(
            PlanCheck.problems(
                source.connection(),
                things(
                    "SELECT k, t.ID, t.`zerofill` AS x /* ? */ FROM things t WHERE k <> 5 -- ?\n")))
        .isEmpty();
  }

  @Test
  void theCatalogueEqualsTheSample() throws Exception {
    assertThat(source.catalogue(Sources.messagesOfSites()).tables())
        .usingRecursiveComparison()
        .ignoringCollectionOrder()
        .ignoringFieldsMatchingRegexes(".*database")
        .isEqualTo(Sources.sample().tables());
  }

  @Test
  void unknownTablesAreRefusedWithTheNearestName() {
    assertThatThrownBy(() -> things("SELECT k, id FROM thing"))
        .isInstanceOf(ViewException.class)
        .hasMessage(
            "View v: the table 'thing' is not in the database 'plan_check' (line 1); did you mean"
                + " 'things'?");
  }

  @Test
  void mysqlMayRefuseWhatTheParserAccepts() throws Exception {
    ViewPlan plan = things("SELECT k, id, zerofill FROM things");

    assertThat(PlanCheck.problems(source.connection(), plan))
        .singleElement()
        .asString()
        .startsWith("View v: MySQL does not accept the query: You have an error in your SQL syntax")
        .endsWith("; correct the view");
  }

  @Test
  void tablesThatChangedMeanwhileAreDetected() throws Exception {
    source.execute(
        "CREATE TABLE moving (id INT NOT NULL PRIMARY KEY, k INT NOT NULL, x INT NOT NULL)");
    ViewPlan plan = things("SELECT k, id, x FROM moving");
    source.execute("ALTER TABLE moving MODIFY x VARCHAR(10)");

    assertThat(PlanCheck.problems(source.connection(), plan))
        .containsExactly(
            "View v: column x is int in the catalogue and varchar in MySQL's result; submit again if"
                + " the table was changed just now",
            "View v: column x may be NULL in MySQL's result; submit again if the table was changed"
                + " just now");
  }
}
