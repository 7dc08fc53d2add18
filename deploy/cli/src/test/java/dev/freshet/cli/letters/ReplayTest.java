package dev.freshet.cli.letters;

import static dev.freshet.view.stream.LetterBuilder.NOON;
import static dev.freshet.view.stream.LetterBuilder.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.stream.FailureMessage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private final LetterBox box = new LetterBox("shop");
  private final List<FailureMessage> asked = new ArrayList<>();
  private final Queue<Runnable> arriving = new ArrayDeque<>();
  private final Replay replay =
      new Replay(
          new Replay.Topic() {
            @Override
            public LetterBox box() {
              return box;
            }

            @Override
            public void readMore(Duration patience) {
              if (!arriving.isEmpty()) {
                arriving.remove().run();
              }
            }

            @Override
            public void ask(List<FailureMessage> dead, Instant at) {
              asked.addAll(dead);
            }
          },
          line -> {});

  @Test
  void everyRowGetsItsResult() {
    FailureMessage left = user(7).into(box::take);
    FailureMessage failing = user(8).into(box::take);
    FailureMessage silent = user(9).into(box::take);
    FailureMessage again = user(8).attempt(3).failed(NOON.plusSeconds(9)).build();
    // What a restarted job says once more is no answer.
    arriving.add(() -> user(7).into(box::take));
    arriving.add(() -> box.take(user(7).key(), null));
    arriving.add(() -> box.take(user(8).key(), again.toJson()));

    Replay.Outcome outcome = replay.run(List.of(left, failing, silent), Duration.ofMillis(200));

    assertThat(asked).containsExactly(left, failing, silent);
    assertThat(outcome.left()).containsExactly(left);
    assertThat(outcome.failed()).containsExactly(again);
    assertThat(outcome.waiting()).containsExactly(silent);
  }

  @Test
  void endsWhenAllResultsArrived() {
    FailureMessage left = user(7).into(box::take);
    arriving.add(() -> box.take(user(7).key(), null));

    Replay.Outcome outcome = replay.run(List.of(left), Duration.ofDays(1));

    assertThat(outcome.left()).containsExactly(left);
    assertThat(outcome.waiting()).isEmpty();
  }
}
