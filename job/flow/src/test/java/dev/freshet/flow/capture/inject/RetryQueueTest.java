package dev.freshet.flow.capture.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.SamplePlan;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.Event;
import dev.freshet.view.Key;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.RequestMessage;
import dev.freshet.view.stream.Stream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RetryQueueTest {
  private static final JobPlan PLAN = SamplePlan.inbox("sample");
  private static final long PLACE = 500;
  private static final Key ROW = Key.of((long) SamplePlan.PARTICIPANTS, 7L, 42L);

  /** The same, where a number is a text. */
  private static final Key TEXT_ROW = Key.of((long) SamplePlan.PARTICIPANTS, "7", 42L);

  private static final Object[] VALUES = {7L, 42L, 43L, 0L};

  private final RetryQueue queue = new RetryQueue(PLAN);

  @Test
  void whatANodeHoldsIsTriedAgainWhenItIsDue() {
    queue.add(request(ROW, 100, false, 1_000));
    assertThat(queue.isDue(999, PLACE)).isFalse();
    assertThat(queue.nextDue()).isEqualTo(1_000);
    assertThat(queue.isDue(1_000, PLACE)).isTrue();
    assertThat(queue.next(1_000, PLACE, 501))
        .containsExactly(new Event.Retry(ROW, 501, 0, attempt(100), false, null, null));
    assertThat(queue.backlog()).isEqualTo(Backlog.NONE);
    assertThat(queue.nextDue()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aRowThatWasReadComesOnceTheLogHasPassedTheSnapshotWithItsSubscriptions() {
    queue.add(request(ROW, 100, true, 1_000));
    assertThat(queue.take(999)).isEmpty();
    assertThat(queue.take(1_000)).containsExactly(ROW);
    assertThat(queue.take(2_000)).as("while it is read").isEmpty();
    queue.answered(Map.of(ROW, new ReadRow(VALUES, null)), PLACE + 100);
    assertThat(queue.isDue(2_000, PLACE + 99)).isFalse();
    assertThat(queue.isDue(2_000, PLACE + 100)).isTrue();
    List<Event> events = queue.next(2_000, PLACE + 100, 601);
    assertThat(events.get(0))
        .isEqualTo(new Event.Retry(ROW, 601, 0, attempt(100), true, VALUES, null));
    List<Key> joined = new ArrayList<>();
    for (Event event : events.subList(1, events.size())) {
      Event.Subscription subscription = (Event.Subscription) event;
      assertThat(subscription.on()).isTrue();
      assertThat(subscription.subscriber()).isEqualTo(ROW);
      joined.add(subscription.key());
    }
    assertThat(joined)
        .containsExactly(
            Key.of((long) SamplePlan.CONVERSATIONS, 7L), Key.of((long) SamplePlan.USERS, 43L));
  }

  @Test
  void aRowThatTheLogChangedMeanwhileIsDropped() {
    queue.add(request(ROW, 100, true, 0));
    queue.take(0);
    queue.changed(ROW);
    queue.answered(Map.of(ROW, new ReadRow(VALUES, null)), PLACE);
    assertThat(queue.next(1, PLACE, 501)).isEmpty();
    assertThat(queue.backlog()).isEqualTo(Backlog.NONE);
    queue.add(request(ROW, 300, true, 0));
    assertThat(queue.take(2)).as("the next one is read").containsExactly(ROW);
  }

  @Test
  void failuresOfSeveralVersionsOfARowAllHearTheOneAnswer() {
    queue.add(request(ROW, 100, true, 0));
    queue.add(request(ROW, 200, true, 0));
    assertThat(queue.take(0)).containsExactly(ROW);
    queue.answered(Map.of(ROW, ReadRow.NONE), PLACE);
    assertThat(queue.next(1, PLACE, 501))
        .extracting(event -> ((Event.Retry) event).of().version())
        .containsExactly(100L, 200L);
  }

  @Test
  void whileMysqlDoesNotAnswerItIsAskedLessAndLessOften() {
    queue.add(request(ROW, 100, true, 0));
    long now = 0;
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      assertThat(queue.take(now)).containsExactly(ROW);
      assertThat(queue.messages()).as("a checkpoint keeps it").hasSize(1);
      queue.unanswered(now);
      pauses.add(queue.nextDue() - now);
      assertThat(queue.take(queue.nextDue() - 1)).isEmpty();
      now = queue.nextDue();
    }
    assertThat(pauses)
        .containsExactly(500L, 1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L, 30_000L);
  }

  @Test
  void notMoreThanSomeAreReadAtOnce() {
    for (long i = 0; i < 3 * RetryQueue.MOST_READ; i++) {
      queue.add(request(Key.of((long) SamplePlan.USERS, i), i, true, 0));
    }
    assertThat(queue.take(0)).hasSize(RetryQueue.MOST_READ);
    assertThat(queue.backlog().waiting()).isEqualTo(3 * RetryQueue.MOST_READ);
  }

  @Test
  void messagesOfOtherJobsAreNotMeant() {
    byte[] retry = SampleMessages.received(Stream.RETRY, failure("retry").toJson());
    assertThat(parse(retry, "another")).isEmpty();
    RetryRequest parsed = parse(retry, "job").orElseThrow();
    assertThat(parsed.key()).isEqualTo(ROW);
    assertThat(parsed.read()).isFalse();
    assertThat(parsed.source()).isEqualTo(retry);
    byte[] request =
        SampleMessages.received(
            Stream.REQUESTS,
            RequestMessage.retry(failure("dead"), Instant.ofEpochMilli(9)).toJson());
    assertThat(parse(request, "job").orElseThrow())
        .isEqualTo(new RetryRequest(request, ROW, new Event.Attempt(100, 3, 2), true, 9, 9));
  }

  @Test
  void whatIsNoMessageIsRefused() {
    byte[] text = SampleMessages.received(Stream.RETRY, "hello".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> parse(text, "job")).isInstanceOf(IllegalArgumentException.class);
    byte[] dead = SampleMessages.received(Stream.RETRY, failure("dead").toJson());
    assertThatThrownBy(() -> parse(dead, "job")).hasMessageContaining("is not a retry");
  }

  @Test
  void rowsThatTheJobDoesNotHaveAreNotMeant() {
    byte[] shorter =
        SampleMessages.received(Stream.RETRY, failure("read", Key.of(0L, 7L)).toJson());
    assertThat(parse(shorter, "job")).isEmpty();
    byte[] beyond =
        SampleMessages.received(Stream.RETRY, failure("read", Key.of(99L, 7L)).toJson());
    assertThat(parse(beyond, "job")).isEmpty();
    byte[] otherView =
        SampleMessages.received(Stream.RETRY, failure("another", "read", ROW).toJson());
    assertThat(parse(otherView, "job")).isEmpty();
    byte[] otherType =
        SampleMessages.received(
            Stream.RETRY,
            new String(failure("read").toJson(), StandardCharsets.UTF_8)
                .replace(FailureMessage.print(ROW), FailureMessage.print(TEXT_ROW))
                .getBytes(StandardCharsets.UTF_8));
    assertThat(parse(otherType, "job")).isEmpty();
    byte[] otherTable =
        SampleMessages.received(
            Stream.RETRY, failure("read", Key.of((long) SamplePlan.USERS, 7L)).toJson());
    assertThat(parse(otherTable, "job")).isEmpty();
  }

  private static Optional<RetryRequest> parse(byte[] source, String job) {
    return RetryRequest.parse(source, Received.read(source), job, PLAN);
  }

  private static FailureMessage failure(String next) {
    return failure(next, ROW);
  }

  private static FailureMessage failure(String next, Key row) {
    return failure(PLAN.views().get(0).view(), next, row);
  }

  private static FailureMessage failure(String view, String next, Key row) {
    return SampleMessages.failure(PLAN, view, next, row);
  }

  private static RetryRequest request(Key key, long version, boolean read, long due) {
    return new RetryRequest(new byte[0], key, attempt(version), read, 1, due);
  }

  private static Event.Attempt attempt(long version) {
    return new Event.Attempt(version, 0, 1);
  }
}
