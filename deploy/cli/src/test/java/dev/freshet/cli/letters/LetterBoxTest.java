package dev.freshet.cli.letters;

import static dev.freshet.view.stream.LetterBuilder.NOON;
import static dev.freshet.view.stream.LetterBuilder.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.cli.Failure;
import dev.freshet.view.stream.FailureMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LetterBoxTest {
  private final LetterBox box = new LetterBox("shop");

  @Test
  void holdsTheNewestLetterOfEachRowLatestFailureFirst() {
    user(7).into(box::take);
    FailureMessage other = user(8).failed(NOON.plusSeconds(1)).into(box::take);
    FailureMessage again = user(7).attempt(3).failed(NOON.plusSeconds(2)).into(box::take);

    assertThat(box.letters()).containsExactly(again, other);
  }

  @Test
  void aTombstoneRemovesALetter() {
    user(7).into(box::take);
    FailureMessage other = user(8).into(box::take);
    box.take(user(7).key(), null);
    box.take(user(9).key(), null);

    assertThat(box.letters()).containsExactly(other);
    assertThat(box.under(user(7).key())).isEmpty();
  }

  @Test
  void aRowCanDieAgain() {
    user(7).into(box::take);
    box.take(user(7).key(), null);
    FailureMessage again = user(7).attempt(5).into(box::take);

    assertThat(box.letters()).containsExactly(again);
  }

  @Test
  void lettersOfOtherJobsAndUnreadableOnesAreIgnored() {
    user(7).job("other").into(box::take);
    box.take("key", "no message".getBytes(StandardCharsets.UTF_8));
    box.take("key", "{}".getBytes(StandardCharsets.UTF_8));
    for (List<String> change :
        List.of(
            List.of("\"format\":1", "\"format\":2"),
            List.of("\"table\":\"shop.users\"", "\"table\":null"),
            List.of("2026-01-31T12:00:00Z", "yesterday"))) {
      String json = new String(user(7).build().toJson(), StandardCharsets.UTF_8);
      String other = json.replace(change.get(0), change.get(1));
      assertThat(other).isNotEqualTo(json);
      box.take("key", other.getBytes(StandardCharsets.UTF_8));
    }

    assertThat(box.letters()).isEmpty();
    assertThat(box.unreadable()).isEqualTo(5);
  }

  @Test
  void lettersAreSelectedByView() {
    FailureMessage unread = user(7).into(box::take);
    FailureMessage photos = user(8).view("photos").into(box::take);

    assertThat(box.letters(Optional.of("photos"))).containsExactly(photos);
    assertThat(box.letters(Optional.of("none"))).isEmpty();
    assertThat(box.letters(Optional.empty())).containsExactlyInAnyOrder(unread, photos);
  }

  @Test
  void lettersAreFoundByIdOrUniquePrefix() {
    FailureMessage seven = user(7).into(box::take);
    user(8).into(box::take);

    assertThat(box.find(seven.row())).isEqualTo(seven);
    assertThatThrownBy(() -> box.find(seven.row().substring(0, 4)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("2 ids begin with it");
    assertThatThrownBy(() -> box.find("nobody"))
        .isInstanceOf(Failure.class)
        .hasMessage(
            "Dead letter nobody: job shop has none with this id; freshet dead-letters list shows all");
    box.take(user(8).key(), null);
    assertThatThrownBy(() -> box.find("")).isInstanceOf(Failure.class);
    assertThat(box.find(seven.row().substring(0, 4))).isEqualTo(seven);
  }
}
