package dev.freshet.reader.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Shares;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.stream.FailureMessage;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.LetterBuilder;
import dev.freshet.view.stream.RequestMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestDeskTest {
  private static final ViewPlan INBOX = PlanBuilder.inbox();

  private Instant now = Instant.parse("2026-01-31T12:00:00Z");
  private final ReaderMetrics metrics = new ReaderMetrics();
  private final Kept outbox = new Kept();
  private static final Principal SOLE = Principal.SOLE;
  private static final Shares SHARES = new Shares(75, 10);

  private final RequestDesk desk = new RequestDesk(outbox, metrics, () -> now, SHARES);

  @Test
  void handsARequestOverAndCountsIt() throws NotTaken {
    assertThat(desk.ask(repair(42), SOLE)).isEqualTo(now);

    assertThat(outbox.sent)
        .containsExactly(KeyRequest.repair("job", INBOX, new Object[] {42L, 7L}, now));
    assertThat(metrics.scrape())
        .contains("freshet_reader_requests_total{type=\"repair\",view=\"unread\"} 1");
  }

  @Test
  void anEqualRequestWithinASecondIsNotSentAgain() throws NotTaken {
    Instant first = desk.ask(repair(42), SOLE);
    now = now.plus(Duration.ofMillis(999));
    assertThat(desk.ask(repair(42), SOLE)).isEqualTo(first);
    assertThat(outbox.sent).hasSize(1);

    now = now.plus(Duration.ofMillis(1));
    assertThat(desk.ask(repair(42), SOLE)).isEqualTo(now);
    assertThat(outbox.sent).hasSize(2);
  }

  @Test
  void anotherKeyOrTypeIsSent() throws NotTaken {
    desk.ask(repair(42), SOLE);
    desk.ask(repair(43), SOLE);
    desk.ask(at -> KeyRequest.invalidate("job", INBOX, new Object[] {42L, 7L}, at), SOLE);

    assertThat(outbox.sent).hasSize(3);
  }

  @Test
  void aDeadRowIsReplayedOrItsLetterDropped() throws NotTaken {
    FailureMessage letter = LetterBuilder.user(7).build();

    assertThat(desk.replay(letter, SOLE)).isEqualTo(now);
    desk.replay(letter, SOLE);
    assertThat(outbox.replayed).containsExactly(RequestMessage.retry(letter, now));
    desk.replay(LetterBuilder.user(7).failed(now.plusSeconds(1)).build(), SOLE);
    assertThat(outbox.replayed).as("it failed again meanwhile").hasSize(2);

    assertThat(desk.drop(letter, SOLE)).isEqualTo(now);
    assertThat(outbox.deleted).containsExactly(LetterBuilder.user(7).key());
    assertThat(metrics.scrape())
        .contains(
            "freshet_reader_requests_total{type=\"replay\",view=\"unread\"} 2",
            "freshet_reader_requests_total{type=\"drop\",view=\"unread\"} 1");
  }

  @Test
  void requestsAboveTheRateAreRefused() throws NotTaken {
    for (long user = 0; user < RequestDesk.MOST; user++) {
      desk.ask(repair(user), SOLE);
    }
    assertThatThrownBy(() -> desk.ask(repair(1000), SOLE))
        .isInstanceOfSatisfying(
            NotTaken.class, e -> assertThat(e.kind()).isEqualTo(NotTaken.Kind.TOO_MANY))
        .hasMessage(
            "a reader hands over 100 requests a second; repeat later, or use freshet repair --all");

    now = now.plus(RequestDesk.SAME);
    desk.ask(repair(1000), SOLE);
    assertThat(outbox.sent).hasSize(RequestDesk.MOST + 1);
  }

  @Test
  void aFailedRequestMayBeRepeatedAtOnce() throws NotTaken {
    outbox.broken = true;
    assertThatThrownBy(() -> desk.ask(repair(42), SOLE)).isInstanceOf(NotTaken.class);
    assertThat(metrics.scrape()).doesNotContain("freshet_reader_requests_total");

    outbox.broken = false;
    desk.ask(repair(42), SOLE);
    assertThat(outbox.sent).hasSize(1);
  }

  @Test
  void aConcurrentEqualRequestGetsTheSameOutcome() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    outbox.before =
        () -> {
          entered.countDown();
          go.await();
        };
    outbox.broken = true;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Instant> first = threads.submit(() -> desk.ask(repair(42), SOLE));
      assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
      Future<Instant> second = threads.submit(() -> desk.ask(repair(42), SOLE));
      go.countDown();
      assertThatThrownBy(() -> first.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(NotTaken.class);
      assertThatThrownBy(() -> second.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(NotTaken.class);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void withoutKafkaTheRemedyIsNamed() {
    assertThatThrownBy(
            () -> new RequestDesk(new NoOutbox(), metrics, () -> now, SHARES).ask(repair(42), SOLE))
        .isInstanceOfSatisfying(
            NotTaken.class, e -> assertThat(e.kind()).isEqualTo(NotTaken.Kind.UNAVAILABLE))
        .hasMessageContaining("set kafka.bootstrap");
  }

  private static RequestDesk.Form repair(long user) {
    return at -> KeyRequest.repair("job", INBOX, new Object[] {user, 7L}, at);
  }

  /** Keeps the messages that it accepts. */
  private static final class Kept implements Outbox {
    private interface Hook {
      void run() throws InterruptedException;
    }

    private final List<KeyRequest> sent = Collections.synchronizedList(new ArrayList<>());
    private final List<RequestMessage> replayed = new ArrayList<>();
    private final List<String> deleted = new ArrayList<>();
    private volatile boolean broken;
    private volatile Hook before = () -> {};

    @Override
    public void send(byte[] key, byte[] message) throws NotTaken {
      try {
        before.run();
      } catch (InterruptedException e) {
        throw new NotTaken(NotTaken.Kind.UNAVAILABLE, "interrupted");
      }
      if (broken) {
        throw new NotTaken(NotTaken.Kind.UNAVAILABLE, "it is broken");
      }
      if (new String(message, StandardCharsets.UTF_8).contains("\"type\":\"retry\"")) {
        replayed.add(RequestMessage.read(message));
      } else {
        sent.add(KeyRequest.read(message));
      }
    }

    @Override
    public void deleteDeadLetter(byte[] key) {
      deleted.add(new String(key, StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      // Nothing to close.
    }
  }
}
