package dev.freshet.cli.repair;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Key;
import dev.freshet.view.stream.InvalidationMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys that are asked for, over a job and a clock that do what the test says. */
class RepairRunTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Said job = new Said();
  private final List<String> results = new ArrayList<>();
  private final List<Counts> reports = new ArrayList<>();
  private long nanos;

  @BeforeEach
  void answerEveryKey() {
    job.answer = key -> List.of(state(key, null));
  }

  @Test
  void everyKeyGetsItsResult() {
    job.answer = key -> key == 2 ? List.of(state(key, "too-large")) : List.of(state(key, null));

    assertThat(run(keys(1, 3), 1e9, PATIENCE)).isEqualTo(new Counts(3, 2, 1, 0, false));
    assertThat(results)
        .containsExactly(
            "1 Valid[version=binlog.000001:9]",
            "2 StillInvalid[reason=too-large, version=binlog.000001:9]",
            "3 Valid[version=binlog.000001:9]");
  }

  @Test
  void anInvalidatedKeyIsReportedTwice() {
    job.answer = key -> List.of(state(key, "invalidated"), state(key, null));

    assertThat(run(keys(1, 1), 1e9, PATIENCE)).isEqualTo(new Counts(1, 1, 0, 0, false));
    assertThat(results)
        .containsExactly(
            "1 Invalidated[version=binlog.000001:9]", "1 Valid[version=binlog.000001:9]");
  }

  @Test
  void resultsOfOtherKeysAreIgnored() {
    job.answer =
        key ->
            List.of(
                state(99, null),
                new InvalidationMessage(
                    1, "job", "v", null, "VALID", null, "binlog.000001:9", "2026-01-31T12:00:00Z"));

    assertThat(run(keys(1, 1), 1e9, PATIENCE)).isEqualTo(new Counts(1, 0, 0, 1, false));
    assertThat(results).containsExactly("1 NoResult[]");
    assertThat(Duration.ofNanos(nanos)).isBetween(PATIENCE, PATIENCE.plusSeconds(1));
  }

  @Test
  void keysAreAskedForAtTheRate() {
    assertThat(run(keys(1, 101), 50, PATIENCE).valid()).isEqualTo(101);

    assertThat(Duration.ofNanos(nanos)).isBetween(Duration.ofMillis(1990), Duration.ofMillis(2050));
  }

  @Test
  void openRequestsNeverExceedTheWindow() {
    job.answer = key -> List.of();
    job.delayed = true;

    Counts counts = run(keys(1, 1000), 1e9, PATIENCE);

    assertThat(job.mostOpen).isEqualTo(RepairRun.WINDOW);
    assertThat(counts).isEqualTo(new Counts(1000, 1000, 0, 0, false));
    assertThat(reports).isNotEmpty().allMatch(report -> report.open() <= RepairRun.WINDOW);
  }

  @Test
  void withoutResultsNoMoreKeysAreRequested() {
    job.answer = key -> List.of();

    assertThat(run(keys(1, 1000), 1e9, PATIENCE))
        .isEqualTo(new Counts(RepairRun.WINDOW, 0, 0, RepairRun.WINDOW, true));
  }

  @Test
  void withoutPatienceItDoesNotWait() {
    job.answer = key -> List.of();

    assertThat(run(keys(1, 1000), 1e9, Duration.ZERO).asked()).isEqualTo(1000);
    assertThat(results).isEmpty();
  }

  private Counts run(List<Key> keys, double rate, Duration patience) {
    List<Key> left = new ArrayList<>(keys);
    return new RepairRun(
            job,
            key -> new String(state(number(key), null).kafkaKey(), StandardCharsets.UTF_8),
            () -> nanos,
            (key, outcome) -> results.add(number(key) + " " + outcome),
            reports::add)
        .run(
            most -> {
              List<Key> some = left.subList(0, Math.min(most, left.size()));
              List<Key> next = List.copyOf(some);
              some.clear();
              return next;
            },
            rate,
            patience);
  }

  private static List<Key> keys(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(Key::of).toList();
  }

  private static long number(Key key) {
    return (Long) key.values()[0];
  }

  private static InvalidationMessage state(long key, String reason) {
    String text =
        "{\"format\":1,\"job\":\"job\",\"view\":\"v\",\"key\":{\"id\":%d},\"state\":\"%s\",\"reason\":%s,"
                .formatted(
                    key,
                    reason == null ? "VALID" : "INVALID",
                    reason == null ? null : "\"" + reason + "\"")
            + "\"version\":\"binlog.000001:9\",\"at\":\"2026-01-31T12:00:00Z\"}";
    return InvalidationMessage.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private interface Answer {
    List<InvalidationMessage> to(long key);
  }

  /** Says at once what the test says, or one key every 20 ms. */
  private final class Said implements RepairRun.Job {
    private final List<InvalidationMessage> toSend = new ArrayList<>();
    private final List<Long> open = new ArrayList<>();
    private Answer answer = key -> List.of();
    private boolean delayed;
    private int mostOpen;

    @Override
    public void ask(List<Key> keys) {
      keys.forEach(
          key -> {
            open.add(number(key));
            toSend.addAll(answer.to(number(key)));
          });
      mostOpen = Math.max(mostOpen, open.size());
    }

    @Override
    public List<InvalidationMessage> receive(Duration patience) {
      if (delayed && !open.isEmpty() && !patience.isZero()) {
        toSend.add(state(open.remove(0), null));
      }
      if (toSend.isEmpty() || delayed) {
        nanos += patience.toNanos();
      }
      List<InvalidationMessage> messages = List.copyOf(toSend);
      toSend.clear();
      return messages;
    }
  }
}
