package dev.freshet.reader.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.Soon;
import dev.freshet.reader.answer.PopulateRequests;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.KeysRead;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KafkaPopulateRequestsTest {
  private static final ServedView VIEW = new ServedView(PlanBuilder.inbox(), 1, "job", 128);

  private final Kept outbox = new Kept();
  private final KafkaPopulateRequests demand =
      new KafkaPopulateRequests(outbox, new ReaderMetrics(), Clock.systemUTC(), new Shares(75, 10));

  @AfterEach
  void close() {
    demand.close();
  }

  @Test
  void aThousandReadsOfAKeyMakeOneRequest() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(16);
    for (int i = 0; i < 1000; i++) {
      callers.execute(() -> wanted(List.of(42L, 7L)));
    }
    callers.shutdown();
    assertThat(callers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    wanted(List.of(42L, 8L));

    outbox.await(2);
    assertThat(outbox.sent)
        .map(KeyRequest::read)
        .extracting(KeyRequest::type, KeyRequest::values)
        .containsExactly(
            tuple("populate", List.of("42", "7")), tuple("populate", List.of("42", "8")));
  }

  @Test
  void aReadThatFoundTheKeyAbsentEarlierDoesNotRequestItAgain() {
    long before = System.nanoTime();
    assertThat(wanted(List.of(42L, 7L))).isEmpty();
    Optional<Duration> rest = wanted(List.of(42L, 7L));
    assertThat(PopulateRequests.PATIENCE.minus(rest.orElseThrow()))
        .isBetween(Duration.ZERO, Duration.ofNanos(System.nanoTime() - before));
    outbox.await(1);
    demand.read(VIEW, List.of(42L, 7L));
    wanted(List.of(42L, 7L));
    wanted(List.of(42L, 8L));
    outbox.await(2);
    assertThat(outbox.sent)
        .map(KeyRequest::read)
        .extracting(KeyRequest::values)
        .containsExactly(List.of("42", "7"), List.of("42", "8"));
  }

  @Test
  void readsDoNotWaitWhileKeysAreLate() {
    List<Object> late = List.of(42L, 7L);
    wanted(late);
    Soon.await(() -> wanted(late).isEmpty());
    wanted(List.of(42L, 8L));
    assertThat(wanted(List.of(42L, 8L))).isEmpty();
    demand.read(VIEW, late);
    assertThat(wanted(List.of(42L, 8L))).as("it came, and late").isEmpty();

    demand.read(VIEW, List.of(42L, 8L));
    assertThat(wanted(List.of(42L, 8L))).as("one came in time").isPresent();
  }

  /** For instance because the reading thread had to wait for a processor. */
  @Test
  void aReadThatBeganLongAgoReadsOnceMore() {
    List<Object> key = List.of(42L, 7L);
    long looked = System.nanoTime();
    wanted(key);
    Soon.await(() -> System.nanoTime() - looked > PopulateRequests.PATIENCE.toNanos());
    assertThat(demand.wanted(VIEW, key, looked, Principal.SOLE)).contains(Duration.ZERO);
    wanted(List.of(42L, 8L));
    assertThat(wanted(List.of(42L, 8L))).as("nothing came late").isPresent();
  }

  @Test
  void aTokenRequestsItsShareOfKeysOnly() throws Exception {
    Principal one = new Principal(Principal.Kind.TOKEN, "one");
    Principal other = new Principal(Principal.Kind.TOKEN, "other");
    long begun = System.nanoTime();
    int asked = 0;
    while (asked < 2 * KafkaPopulateRequests.MOST_PER_SECOND) {
      demand.wanted(VIEW, List.of((long) asked++, 7L), System.nanoTime(), one);
    }
    demand.wanted(VIEW, List.of(42L, 8L), System.nanoTime(), other);
    demand.close();

    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds() + 2;
    assertThat(outbox.sent)
        .hasSizeBetween(
            1 + KafkaPopulateRequests.MOST_PER_SECOND * 75 / 100,
            1 + (int) seconds * KafkaPopulateRequests.MOST_PER_SECOND * 75 / 100);
    assertThat(outbox.sent)
        .map(message -> KeyRequest.read(message).values())
        .contains(List.of("42", "8"));
  }

  @Test
  void theNextReadRepeatsARequestThatDidNotReachKafka() throws Exception {
    outbox.broken = true;
    wanted(List.of(42L, 7L));
    outbox.awaitTries(1);
    Soon.await(
        () -> {
          wanted(List.of(42L, 7L));
          return outbox.tries > 1;
        });
    for (int i = 0; i < 1000; i++) {
      assertThat(wanted(List.of(42L, 7L)))
          .as("nobody waits for what nobody was asked for")
          .isEmpty();
    }
    outbox.broken = false;
    Soon.await(
        () -> {
          wanted(List.of(42L, 7L));
          return !outbox.sent.isEmpty();
        });
    assertThat(KeyRequest.read(outbox.sent.get(0)).values()).containsExactly("42", "7");
  }

  @Test
  void readKeysAreReportedOnceAndInParts() {
    for (int twice = 0; twice < 2; twice++) {
      for (long user = 0; user < KeysRead.MOST + 1; user++) {
        demand.read(VIEW, List.of(user, 7L));
      }
    }
    demand.close();

    assertThat(outbox.sent)
        .map(message -> KeysRead.read(message).keys().size())
        .containsExactly(KeysRead.MOST, 1);
    assertThat(KeysRead.read(outbox.sent.get(0)).keys()).allMatch(key -> key.get(1).equals("7"));
  }

  private Optional<Duration> wanted(List<Object> key) {
    return demand.wanted(VIEW, key, System.nanoTime(), Principal.SOLE);
  }

  /** Keeps the messages that it accepts. */
  private static final class Kept implements Outbox {
    final List<byte[]> sent = Collections.synchronizedList(new ArrayList<>());
    volatile boolean broken;
    volatile int tries;

    @Override
    public synchronized void send(byte[] key, byte[] message) throws NotTaken {
      tries++;
      if (broken) {
        throw new NotTaken(NotTaken.Kind.UNAVAILABLE, "it is broken");
      }
      sent.add(message);
    }

    @Override
    public void deleteDeadLetter(byte[] key) {
      throw new AssertionError("no populate request deletes a letter");
    }

    void await(int messages) {
      Soon.await(() -> sent.size() >= messages);
    }

    void awaitTries(int least) {
      Soon.await(() -> tries >= least);
    }

    @Override
    public void close() {
      // Nothing to close.
    }
  }
}
