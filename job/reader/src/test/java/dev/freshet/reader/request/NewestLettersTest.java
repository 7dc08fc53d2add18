package dev.freshet.reader.request;

import static dev.freshet.view.stream.LetterBuilder.NOON;
import static dev.freshet.view.stream.LetterBuilder.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.LetterBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NewestLettersTest {
  private static final int HISTORIES = 200;

  @Test
  void keepsNoImages() {
    NewestLetters letters = new NewestLetters(10);
    take(letters, user(7));

    assertThat(letters.letters()).containsExactly(user(7).build().withoutImage());
    assertThat(letters.letters().get(0).image()).isNull();
  }

  @Test
  void messagesOfAnotherFormatAreLeftOutAndReplaceWhatTheyFollow() {
    NewestLetters letters = new NewestLetters(10);
    take(letters, user(7));
    letters.take(user(7).key(), Optional.of("{}".getBytes(StandardCharsets.UTF_8)));

    assertThat(letters.letters()).isEmpty();
  }

  @Test
  void clearForgetsAllLetters() {
    NewestLetters letters = new NewestLetters(1);
    take(letters, user(7));
    take(letters, user(8));
    assertThat(letters.isComplete()).isFalse();
    letters.clear();

    assertThat(letters.letters()).isEmpty();
    assertThat(letters.isComplete()).isTrue();
  }

  /** The model is a list of all messages, of which the last one of each key counts. */
  @Test
  void keepsTheNewestLetterOfEachRowUpToTheLimit() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      Random random = new Random(seed);
      int most = 1 + random.nextInt(20);
      NewestLetters letters = new NewestLetters(most);
      List<FailureMessage> model = new ArrayList<>();
      boolean isComplete = true;
      for (int i = random.nextInt(100); i >= 0; i--) {
        LetterBuilder letter = user(random.nextInt(25)).failed(NOON.plusSeconds(100 - i));
        model.removeIf(each -> each.row().equals(letter.build().row()));
        if (random.nextInt(4) == 0) {
          letters.take(letter.key(), Optional.empty());
        } else {
          take(letters, letter);
          model.add(letter.build().withoutImage());
        }
        if (model.size() > most) {
          model.remove(0);
          isComplete = false;
        }
      }
      Collections.reverse(model);

      assertThat(letters.letters()).as("seed %d", seed).containsExactlyElementsOf(model);
      assertThat(letters.isComplete()).as("seed %d", seed).isEqualTo(isComplete);
    }
  }

  private static void take(NewestLetters letters, LetterBuilder letter) {
    letters.take(letter.key(), Optional.of(letter.build().toJson()));
  }
}
