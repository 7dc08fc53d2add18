package dev.freshet.cli.status;

import static dev.freshet.view.stream.LetterBuilder.user;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class UnplaceableTest {
  @Test
  void deadRowsThatAffectUnknownKeysAreNamed() {
    assertThat(
            StatusReader.unplaceable(
                List.of(
                    user(6).build(),
                    user(7).unplaced().build(),
                    user(8).unplaced().build(),
                    user(9).view("photos").unplaced().build()),
                "unread"))
        .isEqualTo(
            ". Dead are shop.users id=7 of view unread (unstorable-value: users.name holds a NUL"
                + " character) and 1 more; see freshet dead-letters list unread");
  }

  @Test
  void rowsThatAffectKnownKeysAreLeftOut() {
    assertThat(StatusReader.unplaceable(List.of(user(7).build()), "unread")).isEmpty();
  }
}
