package dev.freshet.flow.generated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobUnderTest;
import dev.freshet.flow.MiniFlink;
import dev.freshet.flow.generated.KeyComparison.Found;
import dev.freshet.view.Catalogue;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueReader;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.sql.PlanCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every type in every role, with its extremes: all keys equal MySQL's answers, from the snapshot
 * and from the binlog, or the role is refused. The documentation has the whole table, with the
 * words of each refusal.
 */
class TypeRolesIT {
  private static final Path DOCUMENT = Path.of("../../sql/docs/types.md");
  private static final int CHUNK_SIZE = 1000;

  private final List<Accepted> accepted = new ArrayList<>();

  /** The reasons of refusals, with their numbers in the documentation. */
  private final Map<String, Integer> reasons = new LinkedHashMap<>();

  @TempDir private Path folder;

  /** A role that a type may have. */
  private record Accepted(TypeCase type, TypeRole role, String view, ViewPlan plan) {}

  @Test
  void everyTypeIsMysqlsInEveryRoleOrRefused() throws Exception {
    try (MiniFlink flink = new MiniFlink(1);
        JobUnderTest job = new JobUnderTest("types");
        Connection connection = job.openSource();
        Statement writer = connection.createStatement()) {
      writer.execute("SET sql_mode = 'ALLOW_INVALID_DATES'");
      connection.setAutoCommit(false);
      List<TypeTables> tables = new ArrayList<>();
      for (TypeCase type : TypeCase.ALL) {
        TypeTables each = new TypeTables(type, "t" + tables.size());
        tables.add(each);
        each.create(writer);
        each.fill(writer);
        connection.commit();
      }
      String document = document(job);
      System.out.println(document);
      job.start(folder, accepted.stream().map(Accepted::view).toList(), 1, CHUNK_SIZE);
      compare(job, false);
      for (TypeTables each : tables) {
        each.change(writer);
        connection.commit();
      }
      compare(job, false);
      for (TypeTables each : tables) {
        each.correct(writer);
        connection.commit();
      }
      compare(job, true);
      assertThat(Files.readString(DOCUMENT).contains(document))
          .as("%s has this table:%n%n%s", DOCUMENT.toAbsolutePath().normalize(), document)
          .isTrue();
    }
  }

  /** Plans every role of every type; returns what was accepted and refused as a table. */
  private String document(JobUnderTest job) throws SQLException {
    List<String> rows = new ArrayList<>();
    rows.add(
        "| type | "
            + Arrays.stream(TypeRole.values())
                .map(TypeRole::title)
                .collect(Collectors.joining(" | "))
            + " |");
    rows.add("|---".repeat(1 + TypeRole.values().length) + "|");
    for (int i = 0; i < TypeCase.ALL.size(); i++) {
      String table = "t" + i;
      Catalogue catalogue = catalogue(job, table);
      List<String> row = new ArrayList<>(List.of(TypeCase.ALL.get(i).name()));
      for (TypeRole role : TypeRole.values()) {
        row.add(plan(job.source(), catalogue, TypeCase.ALL.get(i), role, table));
      }
      rows.add("| " + String.join(" | ", row) + " |");
    }
    rows.add("");
    reasons.forEach((reason, number) -> rows.add(number + ". " + reason));
    return String.join("\n", rows) + "\n";
  }

  private static Catalogue catalogue(JobUnderTest job, String table) throws SQLException {
    String any =
        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (id) NOT ENFORCED) PARTITIONED BY (id)"
            + " FRESHNESS = INTERVAL '1' SECOND AS SELECT id FROM ";
    return CatalogueReader.read(
        job.source(),
        job.name(),
        List.of(Declaration.parse(any + table), Declaration.parse(any + table + "_d")));
  }

  /** Plans one role, and says what the documentation says of it. */
  private String plan(
      Connection mysql, Catalogue catalogue, TypeCase type, TypeRole role, String table) {
    Map<Integer, String> constants = new TreeMap<>();
    if (role.hasConstants()) {
      for (int i = 0; i < type.constants().size(); i++) {
        constants.put(i, type.constants().get(i));
      }
    }
    String view = role.view(type, table, constants);
    List<String> problems;
    try {
      ViewPlan plan = Planner.plan(view, catalogue);
      problems = PlanCheck.problems(mysql, plan);
      if (problems.isEmpty()) {
        accepted.add(new Accepted(type, role, view, plan));
      }
    } catch (ViewException e) {
      problems = e.problems();
    }
    return problems.isEmpty() ? "yes" : "no (" + note(problems.get(0)) + ")";
  }

  /** The number under which the documentation has what a refusal says. */
  private int note(String problem) {
    String reason = problem.replaceFirst("View \\w+: ", "").replaceFirst(" \\(line \\d+\\)", "");
    return reasons.computeIfAbsent(reason, none -> reasons.size() + 1);
  }

  /**
   * Compares all keys while nothing writes.
   *
   * @param corrected whether no value is left that no answer can show; only types that have such
   *     are compared then
   */
  private void compare(JobUnderTest job, boolean corrected) throws Exception {
    job.awaitProgress();
    List<String> differences = new ArrayList<>();
    for (Accepted each : accepted) {
      boolean hasOdd = !each.type().odd().isEmpty();
      if (corrected && !hasOdd) {
        continue;
      }
      String subject = "%s, %s: %s".formatted(each.type().name(), each.role(), each.view());
      Found found =
          new KeyComparison(each.plan(), job.name(), job.keyGroups())
              .compare(job.source(), job.store(), text -> differences.add(subject + text));
      boolean mayBeInvalid = hasOdd && !corrected;
      if (found.rows() == 0 || (found.invalid() > 0 && !mayBeInvalid)) {
        differences.add(subject + found);
      }
    }
    assertThat(differences).isEmpty();
  }
}
