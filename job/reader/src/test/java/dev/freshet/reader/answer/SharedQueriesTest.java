package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.answer.SharedQueries.Ended;
import dev.freshet.reader.answer.SharedQueries.Query;
import dev.freshet.reader.answer.SharedQueries.Waiter;
import dev.freshet.store.FallbackReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SharedQueriesTest {
  private static final ServedView VIEW = new ServedView(PlanBuilder.inbox(), 1, "job", 128);
  private static final Question ONE = question(7);
  private static final Question OTHER = question(8);
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final AtomicInteger shared = new AtomicInteger();
  private final SharedQueries queries =
      new SharedQueries(
          new AnswerMetrics() {
            @Override
            public void shared() {
              shared.incrementAndGet();
            }
          });
  private final Waiter first = waiter();
  private final Waiter second = waiter();
  private final Waiter third = waiter();

  @Test
  void aRequestJoinsTheQueryThatHasNotBegun() {
    Query query = join(ONE, first).orElseThrow();

    assertThat(join(ONE, second)).isEmpty();
    assertThat(shared).hasValue(1);
    assertThat(queries.begin(query, 0)).isTrue();
    assertThat(queries.end(query, false)).isEqualTo(new Ended(List.of(first, second), none()));
    assertThat(queries.queries()).isEmpty();
  }

  @Test
  void aRequestDoesNotJoinAQueryThatHasBegun() {
    Query begun = begun(ONE, first);

    assertThat(join(ONE, second)).isEmpty();
    assertThat(shared).hasValue(0);
    Ended ended = queries.end(begun, false);
    assertThat(ended.waiters()).containsExactly(first);
    assertThat(queries.begin(ended.next().orElseThrow(), 0)).isTrue();
    assertThat(queries.end(ended.next().orElseThrow(), false))
        .isEqualTo(new Ended(List.of(second), none()));
  }

  @Test
  void anotherQuestionHasAQueryOfItsOwn() {
    begun(ONE, first);

    assertThat(join(OTHER, second)).isPresent();
    assertThat(queries.queries()).hasSize(2);
  }

  @Test
  void aResultForAllEndsTheNextQueryBeforeItBegins() {
    Query begun = begun(ONE, first);
    join(ONE, second);

    assertThat(queries.end(begun, true)).isEqualTo(new Ended(List.of(first, second), none()));
    assertThat(queries.queries()).isEmpty();
  }

  @Test
  void aQueryThatDidNotBeginEndsForItsOwnRequestsOnly() {
    Query begun = begun(ONE, first);
    join(ONE, second);
    Query next = queries.queries().get(1);

    assertThat(queries.end(next, true)).isEqualTo(new Ended(List.of(second), none()));
    assertThat(queries.queries()).containsExactly(begun);
  }

  @Test
  void aQueryThatNobodyWaitsForDoesNotBegin() {
    Query query = join(ONE, first).orElseThrow();
    join(ONE, second);

    assertThat(queries.leave(query, List.of(first))).isFalse();
    assertThat(queries.waiters(query)).containsExactly(second);
    assertThat(queries.leave(query, List.of(second))).isFalse();
    assertThat(queries.begin(query, 0)).isFalse();
    assertThat(queries.queries()).isEmpty();
  }

  @Test
  void aQueryRunsForNobodyOnceItsLastRequestHasLeft() {
    Query query = join(ONE, first).orElseThrow();
    join(ONE, second);
    queries.begin(query, 0);
    join(ONE, third);

    assertThat(queries.leave(query, List.of(first))).isFalse();
    assertThat(queries.leave(query, List.of(second))).isTrue();
    assertThat(queries.end(query, false).next()).isPresent();
  }

  @Test
  void givingUpTakesAllRequestsByTheirReason() {
    Query running = begun(ONE, first);
    join(ONE, second);
    queries.join(OTHER, FallbackReason.BUILDING, third);

    assertThat(queries.giveUp())
        .isEqualTo(
            Map.of(
                FallbackReason.STALE,
                List.of(first, second),
                FallbackReason.BUILDING,
                List.of(third)));
    assertThat(queries.isGivenUp(running)).isTrue();
    assertThat(queries.queries()).isEmpty();
    Query newcomer = join(ONE, waiter()).orElseThrow();
    assertThat(queries.end(running, true)).isEqualTo(new Ended(List.of(), none()));
    assertThat(queries.queries()).containsExactly(newcomer);
  }

  @Test
  void onlyQueriesThatHaveBegunRunForAWhile() {
    Query query = join(ONE, first).orElseThrow();
    assertThat(queries.isAnyRunningFor(SECOND, 2 * SECOND.toNanos())).isFalse();

    queries.begin(query, SECOND.toNanos());
    assertThat(queries.isAnyRunningFor(SECOND, 2 * SECOND.toNanos())).isFalse();
    assertThat(queries.isAnyRunningFor(SECOND, 2 * SECOND.toNanos() + 1)).isTrue();
  }

  private Query begun(Question question, Waiter waiter) {
    Query query = join(question, waiter).orElseThrow();
    assertThat(queries.begin(query, 0)).isTrue();
    return query;
  }

  private Optional<Query> join(Question question, Waiter waiter) {
    return queries.join(question, FallbackReason.STALE, waiter);
  }

  private static Optional<Query> none() {
    return Optional.empty();
  }

  private static Waiter waiter() {
    return new Waiter(Caller.PATIENT, 0, new CompletableFuture<>());
  }

  private static Question question(long site) {
    return new Question(VIEW, List.of(42L, site), 50, Optional.empty());
  }
}
