package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.view.Catalogue;
import dev.freshet.view.ForeignKey.OnDelete;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import java.util.List;
import org.junit.jupiter.api.Test;

class CascadesTest {
  private static final Table SITES =
      TableBuilder.table("sites").notNull("id", "int").notNull("code", "int").keyed("id");

  private static Table posts(String... foreignKeys) {
    return with(
        TableBuilder.table("posts")
            .notNull("id", "int")
            .nullable("site", "int")
            .nullable("parent", "int")
            .keyed("id"),
        foreignKeys);
  }

  private static Table with(Table table, String... foreignKeys) {
    return new Table(
        table.database(),
        table.name(),
        table.columns(),
        table.primaryKey(),
        List.of(),
        ForeignKeys.of(table, String.join(",\n", foreignKeys)));
  }

  private static ViewPlan plan(String columns, Table... tables) {
    return Planner.plan(
        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (id) NOT ENFORCED) PARTITIONED BY (id)"
            + " FRESHNESS = INTERVAL '1' SECOND AS SELECT "
            + columns
            + " FROM posts",
        new Catalogue("inbox", List.of(tables)));
  }

  private static String key(String name, String column, String table, String actions) {
    return "  CONSTRAINT `%s` FOREIGN KEY (`%s`) REFERENCES `%s` (`id`) %s"
        .formatted(name, column, table, actions);
  }

  @Test
  void aKeyThatDeletesRowsIsFollowed() {
    ViewPlan plan = plan("id", posts(key("fk", "site", "sites", "ON DELETE CASCADE")), SITES);

    PlanNode site = plan.nodes().get(1);
    assertThat(site.isShown()).isFalse();
    assertThat(site.action()).isEqualTo(new PlanNode.Action("fk", OnDelete.CASCADE, false));
    assertThat(site.table().columns()).extracting("name").containsExactly("id");
    assertThat(plan.root().table().columns()).extracting("name").containsExactly("id", "site");
  }

  @Test
  void keysThatOnlyChangeUnusedColumnsAreNot() {
    Table posts =
        posts(
            key("a", "site", "sites", "ON DELETE SET NULL"),
            key("b", "parent", "posts", "ON DELETE SET NULL ON UPDATE CASCADE"));

    assertThat(plan("id", posts, SITES).nodes()).hasSize(1);
    assertThat(plan("id, site", posts, SITES).nodes()).hasSize(2);
    assertThat(plan("id, parent", posts, SITES).nodes().get(1).action())
        .isEqualTo(new PlanNode.Action("b", OnDelete.SET_NULL, true));
  }

  @Test
  void aKeyThatUsesAColumnMakesItUsedForOthers() {
    Table posts =
        posts(
            key("b", "site", "sites", "ON DELETE SET NULL"),
            key("a", "site", "sites", "ON DELETE CASCADE"));

    assertThat(plan("id", posts, SITES).nodes())
        .extracting(node -> node.isShown() ? "" : node.action().foreignKey())
        .containsExactly("", "a", "b");
  }

  @Test
  void aChainIsFollowedToItsEnd() {
    Table users =
        with(
            TableBuilder.table("users").notNull("id", "int").notNull("site", "int").keyed("id"),
            key("of_site", "site", "sites", "ON DELETE CASCADE"));

    ViewPlan plan =
        plan("id", posts(key("of_user", "site", "users", "ON DELETE CASCADE")), users, SITES);

    assertThat(plan.nodes())
        .extracting(node -> node.table().name())
        .containsExactly("posts", "users", "sites");
    assertThat(plan.nodes()).extracting(PlanNode::depth).containsExactly(0, 1, 2);
  }

  @Test
  void aKeyThatLeadsBackIsRefused() {
    Table posts = posts(key("fk", "parent", "posts", "ON DELETE CASCADE"));

    assertThatThrownBy(() -> plan("id", posts))
        .hasMessageContaining("the foreign key 'fk' of the table 'posts'")
        .hasMessageContaining("make it RESTRICT");
    Table users =
        with(
            TableBuilder.table("users").notNull("id", "int").nullable("post", "int").keyed("id"),
            key("of_post", "post", "posts", "ON DELETE CASCADE"));
    Table mutual = posts(key("of_user", "parent", "users", "ON DELETE CASCADE"));
    assertThatThrownBy(() -> plan("id", mutual, users)).hasMessageContaining("in turn");
  }

  @Test
  void aTableThatCannotBeSeenIsRefused() {
    Table posts = posts(key("fk", "site", "sites", "ON DELETE CASCADE"));

    assertThatThrownBy(() -> plan("id", posts))
        .hasMessageContaining("references a table that the account cannot see")
        .hasMessageContaining("SELECT from inbox.sites");
  }

  @Test
  void aKeyToColumnsThatAreNotUniqueIsRefused() {
    Table posts =
        posts(
            "  CONSTRAINT `fk` FOREIGN KEY (`site`) REFERENCES `sites` (`code`) ON DELETE CASCADE");

    assertThatThrownBy(() -> plan("id", posts, SITES))
        .hasMessageContaining("not a NOT NULL unique");
  }

  @Test
  void namesAreReadAsMysqlPrintsThem() {
    Table posts =
        posts(
            "  CONSTRAINT `a``b` FOREIGN KEY (`site`, `parent`) REFERENCES `o``ther`.`t` (`x`, `y``z`)"
                + " ON DELETE RESTRICT ON UPDATE CASCADE,",
            key("quiet", "site", "sites", "ON DELETE RESTRICT"));

    assertThat(posts.foreignKeys())
        .singleElement()
        .satisfies(
            key -> {
              assertThat(key.name()).isEqualTo("a`b");
              assertThat(key.columns()).containsExactly(1, 2);
              assertThat(key.database()).isEqualTo("o`ther");
              assertThat(key.table()).isEqualTo("t");
              assertThat(key.references()).containsExactly("x", "y`z");
              assertThat(key.onDelete()).isEqualTo(OnDelete.RESTRICT);
              assertThat(key.onUpdate()).isTrue();
            });
  }
}
