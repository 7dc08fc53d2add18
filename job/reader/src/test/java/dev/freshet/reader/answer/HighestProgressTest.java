package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.store.FallbackReason;
import dev.freshet.store.Progress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HighestProgressTest {
  private static final ServedView VIEW = new ServedView(PlanBuilder.inbox(), 1, "job", 128);
  private static final Question QUESTION =
      new Question(VIEW, List.of(42L, 7L), 50, Optional.empty());

  private final HighestProgress highest = new HighestProgress();

  private static Progress at(long version, String store, boolean rebuilt) {
    return new Progress(version, "", Optional.of(Instant.EPOCH), Optional.empty(), store, rebuilt);
  }

  private Progress see(Progress read) {
    return highest.see(QUESTION, read, highest.of(QUESTION));
  }

  @Test
  void whatGoesBackIsNotServedUntilItIsAsFarAgain() {
    assertThat(see(at(100, "a", false)).isServed()).isTrue();
    assertThat(see(at(99, "a", false)).hidden()).contains(FallbackReason.STORE_LOST);
    assertThat(see(at(100, "a", false)).isServed()).isTrue();
  }

  @Test
  void aReadingThatBeganBeforeAnotherEndedIsServed() {
    long before = highest.of(QUESTION);
    see(at(100, "a", false));
    assertThat(highest.see(QUESTION, at(99, "a", false), before).isServed()).isTrue();
  }

  @Test
  void aStoreThatWasRebuiltFromStateGoesOnInTheSameLog() {
    see(at(100, "a", false));
    assertThat(see(at(99, "b", true)).hidden()).contains(FallbackReason.STORE_LOST);
    assertThat(see(at(101, "b", true)).isServed()).isTrue();
    assertThat(see(at(100, "b", true)).isServed()).isFalse();
  }

  @Test
  void aStoreThatWasBuiltAnewBeginsAnew() {
    see(at(100, "a", false));
    assertThat(see(at(7, "b", false)).isServed()).isTrue();
    assertThat(see(at(6, "b", false)).isServed()).isFalse();
  }

  @Test
  void whatIsNotServedTeachesNothing() {
    see(new Progress(100, "", Optional.empty(), false));
    assertThat(highest.of(QUESTION)).isZero();
  }

  @Test
  void rangesOfOtherKeysHaveTheirOwn() {
    see(at(100, "a", false));
    Question other = new Question(VIEW, List.of(43L, 7L), 50, Optional.empty());
    assertThat(highest.of(other)).isZero();
  }
}
