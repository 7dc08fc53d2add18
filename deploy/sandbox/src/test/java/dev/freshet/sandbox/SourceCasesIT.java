package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.Endpoints;
import dev.freshet.view.sql.MysqlSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sources as people have them, all beside each other under one job: every answer of every key is
 * MySQL's own, after the snapshot, after the changes, and after the job was stopped and resumed.
 */
class SourceCasesIT {
  private static final Path CASES = Path.of("src/test/resources/cases");

  /** Less than the largest answers have, so that they are read page by page. */
  private static final int PAGE = 5;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Launcher launcher = new Launcher("source-cases");
  private final List<String> problems = new ArrayList<>();

  @AfterEach
  void down() throws Exception {
    launcher.run("down");
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void everyAnswerIsMysqlsOwn() throws Exception {
    List<SourceCase> cases = chosen();
    Path folder = Files.createDirectories(launcher.layout().home().resolveSibling("cases"));
    good(
        "up",
        "--sample=none",
        "--source-sql=" + sources(folder, cases),
        "--views=" + views(folder, cases));
    Map<SourceCase, Set<List<String>>> keys = new LinkedHashMap<>();
    compare("snapshot", cases, keys);

    try (Connection writes = connect()) {
      for (SourceCase each : cases) {
        apply(writes, each, each.changes());
      }
    }
    compare("changes", cases, keys);

    String savepoint = last(good("savepoint", "--stop"));
    good("resume", "--from=" + savepoint);
    try (Connection writes = connect()) {
      for (SourceCase each : cases) {
        apply(writes, each, each.after());
      }
    }
    compare("restart", cases, keys);
    assertThat(problems).isEmpty();
    System.out.printf(
        "%d cases, %d keys equal MySQL's own answers%n",
        cases.size(), keys.values().stream().mapToInt(Set::size).sum());
  }

  /** Of {@code -Dfreshet.cases=01,28} those alone. */
  private static List<SourceCase> chosen() throws Exception {
    List<String> numbers = Arrays.asList(System.getProperty("freshet.cases", "").split(",", -1));
    List<SourceCase> cases =
        SourceCase.all(CASES).stream()
            .filter(each -> numbers.contains("") || numbers.contains(each.name().substring(0, 2)))
            .toList();
    assertThat(cases).isNotEmpty();
    return cases;
  }

  private static Path sources(Path folder, List<SourceCase> cases) throws Exception {
    StringBuilder all = new StringBuilder();
    cases.forEach(each -> all.append(each.source()).append('\n'));
    return Files.writeString(folder.resolve("source.sql"), all);
  }

  private static Path views(Path folder, List<SourceCase> cases) throws Exception {
    Path views = Files.createTempDirectory(folder, "views");
    for (SourceCase each : cases) {
      Files.writeString(views.resolve(each.viewName() + ".sql"), each.view());
    }
    return views;
  }

  private Connection connect() throws Exception {
    Endpoints endpoints = Endpoints.read(launcher.layout().endpoints());
    return DriverManager.getConnection(
        MysqlSession.url(
            endpoints.get("MYSQL_HOST"),
            Integer.parseInt(endpoints.get("MYSQL_PORT")),
            endpoints.get("MYSQL_DATABASE")),
        MysqlSession.properties(endpoints.get("MYSQL_USER"), endpoints.get("MYSQL_PASSWORD")));
  }

  private static void apply(Connection mysql, SourceCase of, List<SourceCase.Step> steps)
      throws Exception {
    try (Statement statement = mysql.createStatement()) {
      for (SourceCase.Step step : steps) {
        if (step instanceof SourceCase.Step.Sleep sleep) {
          TimeUnit.MILLISECONDS.sleep(Math.round(sleep.seconds() * 1000));
        } else if (step instanceof SourceCase.Step.Sql sql) {
          execute(statement, of, sql);
        }
      }
    }
  }

  private static void execute(Statement statement, SourceCase of, SourceCase.Step.Sql sql) {
    boolean failed = false;
    try {
      statement.execute(sql.text());
    } catch (SQLException e) {
      failed = true;
      assertThat(sql.fails()).as("%s: %s: %s", of.name(), sql.text(), e.getMessage()).isTrue();
    }
    assertThat(failed).as("%s: fails: %s", of.name(), sql.text()).isEqualTo(sql.fails());
  }

  /** Waits until every key of every case is answered as MySQL answers it. */
  private void compare(String when, List<SourceCase> cases, Map<SourceCase, Set<List<String>>> keys)
      throws Exception {
    ReaderClient reader = new ReaderClient(Endpoints.read(launcher.layout().endpoints()));
    Map<SourceCase, ExpectedAnswers> expected = new HashMap<>();
    try (Connection mysql = connect()) {
      for (SourceCase each : cases) {
        ExpectedAnswers answers = ExpectedAnswers.read(mysql, each.oracle(), each.key());
        expected.put(each, answers);
        // Keys that have no entries any more are asked for, too.
        keys.computeIfAbsent(each, any -> new LinkedHashSet<>()).addAll(answers.rows().keySet());
      }
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (SourceCase each : cases) {
      for (List<String> key : keys.get(each)) {
        List<Map<String, JsonNode>> entries = expected.get(each).of(key);
        Optional<String> problem = problem(reader, each, key, entries);
        while (problem.isPresent() && System.nanoTime() < end) {
          TimeUnit.MILLISECONDS.sleep(100);
          problem = problem(reader, each, key, entries);
        }
        problem.ifPresent(text -> note(each.name() + ", " + when + ", key " + key + ": " + text));
      }
    }
  }

  /** Printed at once: what comes later may fail for the same reason. */
  private void note(String problem) {
    System.out.println(problem);
    problems.add(problem);
  }

  private static Optional<String> problem(
      ReaderClient reader, SourceCase of, List<String> key, List<Map<String, JsonNode>> expected)
      throws Exception {
    List<JsonNode> items = new ArrayList<>();
    String cursor = "";
    do {
      ReaderClient.Response page = reader.page(of.viewName(), key, PAGE, cursor);
      String source = page.body().path("source").asText();
      boolean stated = page.body().path("state").asText().equals(of.state());
      boolean projected = !of.state().equals("VALID") || source.equals("projection");
      if (page.status() != 200 || !stated || !projected) {
        return Optional.of(page.status() + " " + page.body());
      }
      page.body().path("items").forEach(items::add);
      cursor = page.body().path("next_cursor").asText("");
    } while (!cursor.isEmpty() && !cursor.equals("null"));
    return ExpectedAnswers.difference(items, expected);
  }

  private List<String> good(String... command) throws Exception {
    Launcher.Result result = launcher.run(command);
    assertThat(result.code()).as("%s", result.output()).isZero();
    return result.output();
  }

  private static String last(List<String> lines) {
    return lines.get(lines.size() - 1);
  }
}
