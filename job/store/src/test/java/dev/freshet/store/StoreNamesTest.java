package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StoreNamesTest {
  private static final Pattern NAME =
      Pattern.compile("CREATE \\w+ IF NOT EXISTS (?:\"s\"\\.)?\"(\\w+)\"");
  private static final Pattern COLUMN = Pattern.compile("(?m)^  (\\w+) ");

  @Test
  void aViewMustNotTakeTheNameOfAnythingThatTheStoreCreates() {
    ViewPlan other = named("other");
    List<String> names = new ArrayList<>();
    Stream.concat(
            StoreTables.create("s").stream(),
            Stream.of(1, 12).flatMap(of -> new EntriesTable(other, "s", of).create().stream()))
        .filter(statement -> !statement.startsWith("CREATE SCHEMA"))
        .flatMap(statement -> NAME.matcher(statement).results())
        .forEach(created -> names.add(created.group(1)));

    assertThat(names)
        .contains("verification", "faults", "store", "fencing", "progress", "other_g1")
        .contains("other_g12_keys", "other_g1_page")
        .hasSizeGreaterThanOrEqualTo(16);
    for (String name : names) {
      for (String taken : List.of(name, name.toUpperCase(Locale.ROOT), name + "_pkey")) {
        boolean isIndex = taken.endsWith("_page_pkey") || taken.matches("(fencing|store)_pkey");
        if (!isIndex) {
          assertThat(StoreNames.problems(named(taken)))
              .containsExactly(
                  "View "
                      + taken
                      + ": the name is one of the store's own tables, sequences or indexes; take"
                      + " another name");
        }
      }
    }
  }

  @Test
  void namesOfTheStoreInsideOfOthersAreFree() {
    for (String free :
        List.of("other", "my_progress", "progress_of", "g1", "of_g", "x_g1_keyset")) {
      assertThat(StoreNames.problems(named(free))).as(free).isEmpty();
    }
  }

  @Test
  void aKeyColumnMustNotTakeTheNameOfAColumnOfTheKeysTable() {
    String created = new KeysTable(named("other"), "s", 1).create();
    List<String> columns = COLUMN.matcher(created).results().map(of -> of.group(1)).toList();

    assertThat(columns).contains("reason", "version", "_key_group");
    for (String column : columns) {
      if (column.equals("PRIMARY")) {
        continue;
      }
      assertThat(StoreNames.problems(keyed(column)))
          .singleElement()
          .asString()
          .startsWith("View other: the store has a column '" + column + "' of its own")
          .endsWith("give the column another name with AS");
    }
    assertThat(StoreNames.problems(keyed("VERSION"))).hasSize(1);
  }

  @Test
  void onlyColumnsOfTheEntriesTableAreTakenBesideTheKey() {
    for (String column : List.of("_key_group", "_present", "_age", "_sort_3")) {
      assertThat(StoreNames.problems(showing(column))).as(column).hasSize(1);
    }
    for (String column : List.of("version", "reason")) {
      assertThat(StoreNames.problems(showing(column))).as(column).isEmpty();
    }
  }

  @Test
  void theSampleTakesNoNameOfTheStore() {
    assertThat(StoreNames.problems(named("unread_conversations"))).isEmpty();
  }

  private static ViewPlan named(String view) {
    return plan(view, Optional.empty(), Optional.empty());
  }

  private static ViewPlan keyed(String column) {
    return plan("other", Optional.of(column), Optional.empty());
  }

  private static ViewPlan showing(String column) {
    return plan("other", Optional.empty(), Optional.of(column));
  }

  private static ViewPlan plan(String view, Optional<String> key, Optional<String> shown) {
    String name = key.orElse("user_id");
    return Planner.plan(
        """
        CREATE MATERIALIZED TABLE %s (PRIMARY KEY (`%s`, conversation_id) NOT ENFORCED)
        PARTITIONED BY (`%s`)
        FRESHNESS = INTERVAL '5' SECOND
        AS SELECT p.user_id AS `%s`, p.conversation_id, p.last_read_at AS `%s`
           FROM participants p
           ORDER BY `%s` DESC
        """
            .formatted(view, name, name, name, shown.orElse("seen_at"), shown.orElse("seen_at")),
        Sources.sample());
  }
}
