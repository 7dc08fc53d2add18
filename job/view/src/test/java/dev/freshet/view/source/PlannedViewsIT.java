package dev.freshet.view.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.MySqlAccount;
import dev.freshet.view.Source;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class PlannedViewsIT {
  private static final String DATABASE = "planned_views";
  private static Source source;

  @BeforeAll
  static void createTables() throws Exception {
    source = Source.create(DATABASE);
    source.execute(
        """
        CREATE TABLE users (id INT NOT NULL PRIMARY KEY, team INT NOT NULL, name VARCHAR(9));
        CREATE TABLE notes (id INT NOT NULL PRIMARY KEY, team INT NOT NULL, user_id INT NOT NULL,
          CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
        CREATE TABLE badges (nick VARCHAR(9) COLLATE utf8mb4_0900_bin NOT NULL, code INT NOT NULL,
          team INT NOT NULL, id INT NOT NULL, spare INT, UNIQUE KEY c (spare),
          UNIQUE KEY d (nick (3)), UNIQUE KEY b (id, team), UNIQUE KEY a (code));
        CREATE TABLE doubly (id INT NOT NULL PRIMARY KEY, team INT NOT NULL UNIQUE, UNIQUE KEY a (id))
        """);
  }

  @AfterAll
  static void close() throws Exception {
    source.close();
  }

  @Test
  void viewsThatFitAreAcceptedWithTheirTables() throws Exception {
    PlannedViews planned =
        check(view("names", "u.name", "users"), view("again", "u.name", "users"));

    assertThat(planned.problems()).isEmpty();
    assertThat(planned.plans()).extracting(ViewPlan::view).containsExactly("names", "again");
    assertThat(planned.catalogue().tables()).extracting(Table::name).containsExactly("users");
  }

  @Test
  void everyViewThatDoesNotFitIsAProblemAndTheOthersAreAccepted() throws Exception {
    PlannedViews planned =
        check(
            view("lost", "u.name", "usrs"),
            view("names", "u.name", "users"),
            view("wrong", "u.colour", "users"),
            view("noted", "u.user_id", "notes"));

    assertThat(planned.plans()).extracting(ViewPlan::view).containsExactly("names", "noted");
    assertThat(planned.problems())
        .satisfiesExactly(
            lost -> assertThat(lost).startsWith("View lost: ").contains("did you mean 'users'?"),
            wrong -> assertThat(wrong).startsWith("View wrong: ").contains("'colour'"));
  }

  @Test
  void aTableThatAForeignKeyReferencesBelongsToTheView() throws Exception {
    PlannedViews planned = check(view("noted", "u.user_id", "notes"));

    assertThat(planned.problems()).isEmpty();
    assertThat(planned.tables()).extracting(Table::name).containsExactly("notes", "users");
  }

  @Test
  void theFirstUniqueKeyStandsInForAPrimaryKey() throws Exception {
    PlannedViews planned = check(view("badges", "u.nick", "badges"));

    assertThat(planned.problems()).isEmpty();
    Table badges = planned.catalogue().tables().get(0);
    assertThat(badges.primaryKey()).containsExactly(3, 2);
    assertThat(badges.hasStandIn()).isTrue();
    assertThat(badges.uniqueKeys()).extracting(Table.UniqueKey::name).containsExactly("a", "b");
    assertThat(planned.plans().get(0).root().table().uniqueKeys())
        .extracting(Table.UniqueKey::name)
        .containsExactly("b");

    Table doubly = check(view("doubly", "u.team + 1", "doubly")).catalogue().tables().get(0);
    assertThat(doubly.primaryKey()).containsExactly(0);
    assertThat(doubly.hasStandIn()).isFalse();
  }

  @Test
  void textsInDoubleQuotesAreRefusedWhereTheyAreNames() throws Exception {
    String view =
        view("quoted", "u.name", "users").replace("FROM", ", IF(u.id = 1, \"a\", 'b') AS x FROM");
    assertThat(check(view).problems()).isEmpty();

    source.execute("SET GLOBAL sql_mode = 'ANSI_QUOTES'");
    try {
      assertThat(check(view).problems())
          .containsExactly(
              "View quoted: double quotes are around a name, as the server's sql_mode has"
                  + " ANSI_QUOTES (line 3); write 'text' in single quotes, `names` in back-ticks");
    } finally {
      source.execute("SET GLOBAL sql_mode = DEFAULT");
    }
  }

  private static PlannedViews check(String... views) throws Exception {
    List<Declaration> declared = Stream.of(views).map(Declaration::parse).toList();
    try (Connection mysql = source.connect(MySqlAccount.JOB)) {
      return PlannedViews.check(mysql, DATABASE, declared);
    }
  }

  private static String view(String name, String column, String table) {
    return """
        CREATE MATERIALIZED TABLE %s (PRIMARY KEY (team, id) NOT ENFORCED)
        PARTITIONED BY (team) FRESHNESS = INTERVAL '5' SECOND
        AS SELECT u.team, u.id, %s AS shown FROM %s u
        """
        .formatted(name, column, table);
  }
}
