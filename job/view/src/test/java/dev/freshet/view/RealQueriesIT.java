package dev.freshet.view;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.servers.MySqlAccount;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.source.PlannedViews;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the documentation says of real applications' queries is what the planner says of them. */
class RealQueriesIT {
  private static final String DATABASE = "apps";
  private static final Path DOCUMENT = Path.of("../../sql/docs/queries.md");
  private static final String FILES = "../../job/view/src/test/resources/queries/";

  @Test
  void theDocumentedTableIsThePlannersOwn() throws Exception {
    List<RealQuery> queries = RealQuery.all();
    List<String> rows = new ArrayList<>();
    int accepted = 0;
    try (Source source = Source.create(DATABASE)) {
      for (RealQuery query : queries) {
        source.execute(query.schema());
      }
      // Not the session with the applications' settings.
      try (Connection mysql = source.connect(MySqlAccount.JOB)) {
        for (RealQuery query : queries) {
          String answer = answer(mysql, query);
          accepted += answer.equals("accepted") ? 1 : 0;
          rows.add(
              "| %s | [`%s`](%s%s.view.sql) | %s |%n"
                  .formatted(
                      query.origin(),
                      query.viewName(),
                      FILES,
                      query.name(),
                      answer.replace("|", "\\|")));
        }
      }
    }
    String table =
        "%d of %d are accepted.%n%n| query | view | answer |%n|---|---|---|%n%s"
            .formatted(accepted, queries.size(), String.join("", rows));
    assertThat(Files.readString(DOCUMENT).contains(table))
        .as("%s has this table:%n%n%s", DOCUMENT.toRealPath(), table)
        .isTrue();
  }

  private static String answer(Connection mysql, RealQuery query) throws SQLException {
    PlannedViews planned;
    try {
      planned = PlannedViews.check(mysql, DATABASE, List.of(Declaration.parse(query.view())));
    } catch (ViewException e) {
      return first(query, e.problems());
    }
    return planned.problems().isEmpty() ? "accepted" : first(query, planned.problems());
  }

  private static String first(RealQuery query, List<String> problems) {
    String first = problems.get(0).replace("View " + query.viewName() + ": ", "");
    return problems.size() == 1 ? first : first + " (and more)";
  }
}
