package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.store.FallbackReason;
import dev.freshet.view.ValueType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares {@link SlowestFallbacks} with a list of all queries, which forgets none. */
class SlowestFallbacksProperties {
  private static final int HISTORIES = 200;
  private static final Instant START = Instant.parse("2026-01-31T12:00:59.999Z");
  private static final List<ServedView> VIEWS =
      Stream.of("a", "b", "c").map(SlowestFallbacksProperties::view).toList();

  private static ServedView view(String name) {
    return new ServedView(
        PlanBuilder.plan(name)
            .key("id", ValueType.INTEGER, "bigint")
            .entryKey("id", ValueType.INTEGER, "bigint")
            .build(),
        1,
        "job",
        128);
  }

  @Test
  void findsTheSlowestOfEveryHour() {
    for (long seed = 1; seed <= HISTORIES; seed++) {
      try {
        compare(new Random(seed));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  private static void compare(Random random) {
    SlowestFallbacks slowest = new SlowestFallbacks();
    List<Fallback> all = new ArrayList<>();
    Instant now = START;
    int most = 1 + random.nextInt(600);
    for (int i = 0; i < most; i++) {
      // Quiet hours, busy minutes, and many queries at once.
      now = now.plusMillis(random.nextInt(random.nextInt(40) == 0 ? 5_000_000 : 40_000));
      Fallback fallback =
          fallback(VIEWS.get(random.nextInt(VIEWS.size())), now, random.nextInt(1_000_000));
      slowest.add(fallback);
      all.add(fallback);
      if (random.nextInt(20) == 0) {
        Instant asked = now.plusMillis(random.nextInt(600_000));
        Predicate<String> ofView = random.nextBoolean() ? view -> true : view -> !view.equals("b");
        assertThat(slowest.find(ofView, asked).stream().map(Fallback::took))
            .containsExactlyElementsOf(expected(all, ofView, asked));
      }
    }
  }

  /** The hour begins with a whole minute, 59 minutes before the current one. */
  private static List<Duration> expected(
      List<Fallback> all, Predicate<String> ofView, Instant asked) {
    long first = asked.getEpochSecond() / 60 - 59;
    return all.stream()
        .filter(fallback -> fallback.sent().getEpochSecond() / 60 >= first)
        .filter(fallback -> ofView.test(fallback.question().view().name()))
        .map(Fallback::took)
        .sorted(Comparator.reverseOrder())
        .limit(10)
        .toList();
  }

  private static Fallback fallback(ServedView view, Instant sent, int micros) {
    return new Fallback(
        new Question(view, List.of(1L), 50, Optional.empty()),
        FallbackReason.STALE,
        sent,
        Duration.ofNanos(micros * 1000L),
        1,
        Optional.empty(),
        Optional.empty());
  }
}
