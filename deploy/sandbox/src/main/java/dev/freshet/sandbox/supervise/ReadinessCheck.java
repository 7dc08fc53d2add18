package dev.freshet.sandbox.supervise;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.cli.Failure;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declarations;
import dev.freshet.view.form.ExampleValue;
import dev.freshet.view.form.TextForm;
import dev.freshet.view.source.PlannedViews;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Checks whether the reader answers from the projection, by reading a key of every view. Any valid
 * key can be used, because keys without entries are answered, too.
 */
final class ReadinessCheck {
  private static final int BAD_REQUEST = 400;

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
  private final ObjectMapper json = new ObjectMapper();
  private final String token;
  private final List<URI> questions = new ArrayList<>();

  /**
   * Plans the views to find valid keys.
   *
   * @throws Failure with all problems of the views
   */
  ReadinessCheck(Path views, Connection source, String database, String url, String token)
      throws SQLException {
    this.token = token;
    Declarations declared = Declarations.in(views);
    Failure.ifAny(declared.problems());
    PlannedViews planned = PlannedViews.plan(source, database, declared.views());
    Failure.ifAny(planned.problems());
    for (ViewPlan plan : planned.plans()) {
      String key =
          plan.keyColumnList().stream()
              .map(column -> TextForm.print(column, ExampleValue.of(column)))
              .collect(Collectors.joining("/"));
      questions.add(URI.create(url + "/v1/views/" + plan.view() + "/" + key + "?limit=1"));
    }
  }

  /** Whether all views are answered from the projection. */
  boolean fromProjection() throws InterruptedException {
    for (URI question : questions) {
      if (!"projection".equals(source(question))) {
        return false;
      }
    }
    return true;
  }

  private String source(URI question) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(question)
            .timeout(Duration.ofSeconds(5))
            .header("Authorization", "Bearer " + token)
            .build();
    try {
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      JsonNode body = json.readTree(response.body());
      if (response.statusCode() == BAD_REQUEST) {
        throw new Failure(
            "Reader: it rejects the request %s (%s); this is a bug in Freshet, please report it"
                .formatted(question.getPath(), body.path("detail").asText()));
      }
      return body.path("source").asText();
    } catch (IOException e) {
      return "nobody";
    }
  }
}
