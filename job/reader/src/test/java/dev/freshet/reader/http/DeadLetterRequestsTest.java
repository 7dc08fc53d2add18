package dev.freshet.reader.http;

import static dev.freshet.view.stream.LetterBuilder.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.access.Grant;
import dev.freshet.reader.request.DeadLetters;
import dev.freshet.reader.request.NoOutbox;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.reader.share.Principal;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.LetterBuilder;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeadLetterRequestsTest {
  private static final Grant OPERATES = new Grant(Set.of("read:unread", "operate"), Map.of());

  private final List<FailureMessage> letters = new ArrayList<>();
  private boolean isComplete = true;
  private final DeadLetterRequests requests =
      new DeadLetterRequests(
          new DeadLetters() {
            @Override
            public Listed read() {
              return new Listed(LetterBuilder.NOON, letters, isComplete);
            }

            @Override
            public void close() {
              // Nothing to close.
            }
          },
          new RequestDesk(new NoOutbox(), new ReaderMetrics(), Instant::now, ApiFixture.SHARES));

  @Test
  void aTokenSeesTheLettersOfTheViewsThatItReads() throws Exception {
    letters.add(user(7).build().withoutImage());
    letters.add(user(8).view("by_name").build().withoutImage());

    assertThat(list(OPERATES).path("letters").findValuesAsText("view")).containsExactly("unread");
    assertThat(list(Grant.ALL).path("letters")).hasSize(2);
    assertThat(list(Grant.ALL).toString()).doesNotContain("secret");
    assertThat(list(new Grant(Set.of("operate"), Map.of())).path("letters")).isEmpty();
  }

  @Test
  void aTokenThatDoesNotOperateOrIsBoundToKeysIsRefused() {
    letters.add(user(7).build());
    List<String> path = List.of("shop", "unread", letters.get(0).row(), "drop");
    for (Grant grant :
        List.of(
            new Grant(Set.of("read:*"), Map.of()),
            new Grant(Set.of("read:*", "operate"), Map.of("user_id", Set.of("7"))))) {
      assertThatThrownBy(() -> requests.list(permit(grant))).isInstanceOf(Problem.Refused.class);
      assertThatThrownBy(() -> requests.request(permit(grant), path))
          .isInstanceOfSatisfying(
              Problem.Refused.class,
              e -> assertThat(e.problem().kind()).isEqualTo(Problem.Kind.FORBIDDEN));
    }
    assertThatThrownBy(() -> requests.request(permit(new Grant(Set.of("operate"), Map.of())), path))
        .as("it may not read the view")
        .isInstanceOfSatisfying(
            Problem.Refused.class,
            e -> assertThat(e.problem().kind()).isEqualTo(Problem.Kind.FORBIDDEN));
  }

  @Test
  void noMoreThanTheNewestAreListedAndThatIsSaid() throws Exception {
    IntStream.range(0, DeadLetterRequests.MOST).forEach(i -> letters.add(user(i).build()));
    assertThat(list(OPERATES).path("complete").asBoolean()).isTrue();
    isComplete = false;
    assertThat(list(OPERATES).path("complete").asBoolean()).isFalse();
    isComplete = true;
    letters.add(user(-1).build());
    assertThat(list(OPERATES).path("complete").asBoolean()).isFalse();
    assertThat(list(OPERATES).path("letters")).hasSize(DeadLetterRequests.MOST);
  }

  @Test
  void aLetterHasTheDescribedFields() throws Exception {
    letters.add(user(7).build().withoutImage());
    JsonNode schema;
    try (InputStream in = DeadLetterRequestsTest.class.getResourceAsStream("/openapi.yaml")) {
      schema = new YAMLMapper().readTree(in).at("/components/schemas/DeadLetter/properties");
    }
    List<String> described = new ArrayList<>();
    schema.fieldNames().forEachRemaining(described::add);
    List<String> shown = new ArrayList<>();
    list(Grant.ALL).path("letters").path(0).fieldNames().forEachRemaining(shown::add);

    assertThat(shown).isNotEmpty().containsExactlyInAnyOrderElementsOf(described);
  }

  private JsonNode list(Grant grant) throws Exception {
    return new JsonMapper().readTree(requests.list(permit(grant)));
  }

  private static Permit permit(Grant grant) {
    return new Permit(grant, Principal.SOLE, () -> Optional.of(grant));
  }
}
