package dev.freshet.reader.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.freshet.reader.Overview;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.StoreFigures;
import dev.freshet.reader.access.Grant;
import dev.freshet.reader.answer.Fallback;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.flink.FlinkFigures;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.GroupRange;
import dev.freshet.store.HiddenViews;
import dev.freshet.store.RangeProgress;
import dev.freshet.store.RebuildsTable;
import dev.freshet.view.Version;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
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

  @Test
  void aTokenSeesSlowQueriesOfItsViewsAndTheKeysThatItReads() throws Exception {
    ReaderMetrics metrics = new ReaderMetrics();
    metrics.queried(fallback(ApiFixture.INBOX, List.of(42L, 7L), 30));
    metrics.queried(fallback(ApiFixture.INBOX, List.of(43L, 7L), 20));
    metrics.queried(fallback(ApiFixture.BY_NAME, List.of("Ada"), 10));

    assertThat(keys(metrics, Grant.ALL))
        .containsExactly(
            "unread {\"user_id\":42,\"site_id\":7}",
            "unread {\"user_id\":43,\"site_id\":7}",
            "by_name {\"name\":\"Ada\"}");
    assertThat(keys(metrics, new Grant(Set.of("read:unread"), Map.of("user_id", Set.of("43")))))
        .containsExactly("unread null", "unread {\"user_id\":43,\"site_id\":7}");
    assertThat(keys(metrics, new Grant(Set.of("operate"), Map.of()))).isEmpty();
  }

  @Test
  void whatFlinkSaysHasTheDescribedFields() throws Exception {
    Overview overview = new Overview(new ReaderMetrics(), () -> ApiFixture.NOW);
    overview.show(figures(Map.of("job", List.of(range(0, 127, 4))), Map.of()));
    overview.show(
        new FlinkFigures(
            ApiFixture.NOW,
            Optional.empty(),
            Map.of(
                "job",
                new FlinkFigures.Job(
                    "RUNNING",
                    ApiFixture.NOW,
                    3,
                    Optional.of(
                        new FlinkFigures.Checkpoint(
                            ApiFixture.NOW, Duration.ofMillis(120), 4096, 17, 2)),
                    OptionalLong.of(12),
                    OptionalLong.of(40)))));
    JsonNode schema;
    try (InputStream in = OverviewJsonTest.class.getResourceAsStream("/openapi.yaml")) {
      schema =
          new YAMLMapper()
              .readTree(in)
              .at("/components/schemas/Views/properties/jobs/items/properties/flink/properties");
    }

    JsonNode shown =
        new JsonMapper()
            .readTree(OverviewJson.views(new Known(), Grant.ALL, overview))
            .at("/jobs/0/flink");

    assertThat(names(shown)).containsExactlyInAnyOrderElementsOf(names(schema));
    assertThat(names(shown.path("checkpoint")))
        .containsExactlyInAnyOrderElementsOf(names(schema.path("checkpoint").path("properties")));
    assertThat(shown.toString())
        .contains(
            "\"state\":\"RUNNING\"",
            "\"restarts\":3,\"rows_read\":12,\"rows_estimated\":40",
            "\"took_ms\":120,\"bytes\":4096,\"completed\":17,\"failed\":2");
  }

  @Test
  void slowQueriesHaveTheDescribedFields() throws Exception {
    ReaderMetrics metrics = new ReaderMetrics();
    metrics.queried(fallback(ApiFixture.INBOX, List.of(42L, 7L), 30));
    JsonNode schema;
    try (InputStream in = OverviewJsonTest.class.getResourceAsStream("/openapi.yaml")) {
      schema = new YAMLMapper().readTree(in).at("/components/schemas/Fallback/properties");
    }
    JsonNode shown =
        new JsonMapper()
            .readTree(
                OverviewJson.fallbacks(Grant.ALL, new Overview(metrics, () -> ApiFixture.NOW)));

    assertThat(shown.path("since").asText()).isEqualTo("2026-01-31T12:00:00.123Z");
    assertThat(names(shown.path("fallbacks").path(0)))
        .containsExactlyInAnyOrderElementsOf(names(schema));
    assertThat(shown.path("fallbacks").path(0).toString())
        .isEqualTo(
            "{\"view\":\"unread\",\"key\":{\"user_id\":42,\"site_id\":7},\"reason\":\"stale\","
                + "\"sent_at\":\"2026-01-31T12:00:00.123Z\",\"took_ms\":30,\"requests\":1,"
                + "\"total\":\"3\",\"problem\":null}");
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static List<String> keys(ReaderMetrics metrics, Grant grant) throws Exception {
    Overview overview = new Overview(metrics, () -> ApiFixture.NOW);
    List<String> keys = new ArrayList<>();
    new JsonMapper()
        .readTree(OverviewJson.fallbacks(grant, overview))
        .path("fallbacks")
        .forEach(each -> keys.add(each.path("view").asText() + " " + each.path("key")));
    return keys;
  }

  private static Fallback fallback(ServedView view, List<Object> key, int millis) {
    return new Fallback(
        new Question(view, key, 50, Optional.empty()),
        FallbackReason.STALE,
        ApiFixture.NOW,
        Duration.ofMillis(millis),
        1,
        Optional.of("3"),
        Optional.empty());
  }

  @Test
  void aJobSaysHowFarEachRangeIsAndAViewHowFarItsRebuildIs() throws Exception {
    Overview overview = new Overview(new ReaderMetrics(), () -> ApiFixture.NOW);
    RangeProgress behind =
        new RangeProgress(
            new GroupRange(64, 127),
            Version.of(0, 1, 4),
            0,
            "",
            Optional.empty(),
            false,
            Map.of(),
            Set.of(),
            HiddenViews.NONE);
    overview.show(
        figures(
            Map.of("job", List.of(range(0, 63, 5), behind)),
            Map.of(
                "unread",
                new RebuildsTable.Rebuild(
                    "unread",
                    RebuildsTable.ASKED,
                    ApiFixture.NOW,
                    Optional.empty(),
                    3,
                    4,
                    OptionalLong.empty(),
                    OptionalLong.empty()))));

    JsonNode json = new JsonMapper().readTree(OverviewJson.views(new Known(), Grant.ALL, overview));

    assertThat(json.path("jobs").toString())
        .isEqualTo(
            "[{\"name\":\"job\",\"version\":\"binlog.000001:4\",\"as_of\":null,\"ranges\":["
                + "{\"first_group\":0,\"last_group\":63,\"filled\":true,"
                + "\"version\":\"binlog.000001:5\",\"as_of\":\"2026-01-31T12:00:00.123Z\"},"
                + "{\"first_group\":64,\"last_group\":127,\"filled\":false,"
                + "\"version\":\"binlog.000001:4\",\"as_of\":null}],\"flink\":null}]");
    assertThat(json.path("views").findValues("rebuild"))
        .extracting(JsonNode::toString)
        .containsExactlyInAnyOrder(
            "null",
            "{\"reason\":\"rebuilding\",\"asked_at\":\"2026-01-31T12:00:00.123Z\","
                + "\"began_at\":null,\"sent\":3,\"total\":4}");
  }

  private static List<String> shown(Grant grant, String field) throws Exception {
    Overview overview = new Overview(new ReaderMetrics(), () -> ApiFixture.NOW);
    overview.show(
        figures(
            Map.of("job", List.of(range(0, 127, 4)), "salaries", List.of(range(0, 127, 5))),
            Map.of()));
    JsonNode json = new JsonMapper().readTree(OverviewJson.views(new Known(), grant, overview));
    List<String> names = new ArrayList<>();
    json.path(field).forEach(each -> names.add(each.path("name").asText()));
    return names;
  }

  private static StoreFigures figures(
      Map<String, List<RangeProgress>> ranges, Map<String, RebuildsTable.Rebuild> rebuilds) {
    return new StoreFigures(
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        Optional.of(ApiFixture.NOW),
        Map.of(),
        ranges,
        rebuilds,
        Map.of());
  }

  private static RangeProgress range(int first, int last, int position) {
    return new RangeProgress(
        new GroupRange(first, last),
        Version.of(0, 1, position),
        0,
        "",
        Optional.of(ApiFixture.NOW),
        true,
        Map.of(),
        Set.of(),
        HiddenViews.NONE);
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
