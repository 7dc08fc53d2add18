package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.reader.Overview;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.StoreFigures;
import dev.freshet.reader.access.Grant;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Views;
import dev.freshet.view.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OverviewJsonTest {
  private static final Map<String, ServedView> VIEWS =
      Map.of("unread", ApiFixture.INBOX, "by_name", of(ApiFixture.BY_NAME, "salaries"));

  @Test
  void aTokenSeesTheViewsThatItReadsAndTheirJobs() throws Exception {
    assertThat(shown(Grant.ALL, "jobs")).containsExactlyInAnyOrder("job", "salaries");
    Grant unread = new Grant(Set.of("read:unread", "operate"), Map.of());
    assertThat(shown(unread, "views")).containsExactly("unread");
    assertThat(shown(unread, "jobs")).containsExactly("job");
    Grant nothing = new Grant(Set.of("operate"), Map.of());
    assertThat(shown(nothing, "views")).isEmpty();
    assertThat(shown(nothing, "jobs")).isEmpty();
  }

  private static List<String> shown(Grant grant, String field) throws Exception {
    Overview overview = new Overview(new ReaderMetrics(), () -> ApiFixture.NOW);
    overview.show(
        new StoreFigures(
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Map.of(),
            Optional.of(ApiFixture.NOW),
            Map.of(),
            Map.of("job", Version.of(0, 1, 4), "salaries", Version.of(0, 2, 4)),
            Map.of()));
    JsonNode json = new JsonMapper().readTree(OverviewJson.views(new Known(), grant, overview));
    List<String> names = new ArrayList<>();
    json.path(field).forEach(each -> names.add(each.path("name").asText()));
    return names;
  }

  private static ServedView of(ServedView view, String job) {
    return new ServedView(view.plan(), view.generation(), job, view.keyGroups());
  }

  private static final class Known implements Views {
    @Override
    public Optional<ServedView> find(String name) {
      return Optional.ofNullable(VIEWS.get(name));
    }

    @Override
    public Optional<String> declaration(String name) {
      return Optional.empty();
    }

    @Override
    public Set<String> names() {
      return VIEWS.keySet();
    }
  }
}
