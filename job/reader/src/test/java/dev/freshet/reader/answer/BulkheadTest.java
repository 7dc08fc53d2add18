package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.Soon;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BulkheadTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Principal SOLE = Principal.SOLE;
  private static final Principal GREEDY = new Principal(Principal.Kind.TOKEN, "greedy");
  private static final Principal MODEST = new Principal(Principal.Kind.SUBJECT, "modest");

  private final LinkedBlockingQueue<Principal> admitted = new LinkedBlockingQueue<>();

  @Test
  void admitsAsManyCallersAsThereArePlaces() {
    Bulkhead gate = gate(2, 0, LONG);

    assertThat(gate.enter(SOLE)).isEmpty();
    assertThat(gate.enter(SOLE)).isEmpty();
    assertThat(gate.enter(SOLE)).contains(Rejection.QUEUE);
    assertThat(gate.occupied()).isEqualTo(2);

    gate.leave(SOLE);
    assertThat(gate.enter(SOLE)).isEmpty();
  }

  @Test
  void aWaitingCallerEntersWhenAnotherLeaves() {
    Bulkhead gate = gate(1, 1, LONG);
    assertThat(gate.enter(SOLE)).isEmpty();

    CompletableFuture<Optional<Rejection>> waiting = enter(gate, SOLE, 1);
    gate.leave(SOLE);

    assertThat(waiting.join()).isEmpty();
    assertThat(gate.occupied()).isEqualTo(1);
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void waitingEnds() {
    Bulkhead gate = gate(1, 1, Duration.ofMillis(1));
    assertThat(gate.enter(SOLE)).isEmpty();

    assertThat(gate.enter(SOLE)).contains(Rejection.QUEUE);
    assertThat(gate.occupied()).isEqualTo(1);
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void onePrincipalDoesNotGetAllPlaces() {
    Bulkhead gate = gate(4, 0, LONG);
    for (int i = 0; i < 3; i++) {
      assertThat(gate.enter(GREEDY)).isEmpty();
    }

    assertThat(gate.enter(GREEDY)).contains(Rejection.QUEUE);
    assertThat(gate.enter(MODEST)).isEmpty();
  }

  @Test
  void thePrincipalWithTheFewestCallersInsideIsNext() throws Exception {
    Bulkhead gate = gate(2, 3, LONG);
    assertThat(gate.enter(GREEDY)).isEmpty();
    assertThat(gate.enter(SOLE)).isEmpty();
    CompletableFuture<Optional<Rejection>> first = enter(gate, SOLE, 1);
    CompletableFuture<Optional<Rejection>> second = enter(gate, SOLE, 2);
    CompletableFuture<Optional<Rejection>> modest = enter(gate, MODEST, 3);

    gate.leave(GREEDY);
    assertThat(admitted.take()).isEqualTo(MODEST);
    assertThat(modest.join()).isEmpty();
    gate.leave(MODEST);
    assertThat(first.join()).isEmpty();
    assertThat(second).isNotDone();
  }

  @Test
  void aFullQueueDisplacesTheNewestCallerOfThePrincipalThatHasMost() throws Exception {
    Bulkhead gate = gate(1, 3, LONG);
    assertThat(gate.enter(SOLE)).isEmpty();
    CompletableFuture<Optional<Rejection>> first = enter(gate, GREEDY, 1);
    CompletableFuture<Optional<Rejection>> second = enter(gate, GREEDY, 2);
    CompletableFuture<Optional<Rejection>> third = enter(gate, GREEDY, 3);

    CompletableFuture<Optional<Rejection>> newcomer = enter(gate, MODEST, 3);
    assertThat(third.join()).contains(Rejection.SHARE);
    assertThat(gate.enter(GREEDY)).as("it has most itself").contains(Rejection.QUEUE);

    gate.leave(SOLE);
    assertThat(admitted.take()).isEqualTo(GREEDY);
    assertThat(first.join()).isEmpty();
    gate.leave(GREEDY);
    assertThat(admitted.take()).isEqualTo(GREEDY);
    assertThat(second.join()).isEmpty();
    gate.leave(GREEDY);
    assertThat(newcomer.join()).isEmpty();
  }

  private static Bulkhead gate(int capacity, int queue, Duration wait) {
    return new Bulkhead(capacity, queue, wait, new Shares(75, 10));
  }

  /** Enters in another thread. Returns when the given number of callers waits. */
  private CompletableFuture<Optional<Rejection>> enter(
      Bulkhead gate, Principal principal, int waiting) {
    CompletableFuture<Optional<Rejection>> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              Optional<Rejection> rejection = gate.enter(principal);
              if (rejection.isEmpty()) {
                admitted.add(principal);
              }
              result.complete(rejection);
            });
    thread.setDaemon(true);
    thread.start();
    Soon.await(() -> gate.waiting() == waiting);
    return result;
  }
}
