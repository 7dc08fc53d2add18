package dev.freshet.reader.answer;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Asks MySQL once for all who ask it the same: one query of a question runs at a time, and whoever
 * comes meanwhile shares the next one. Nobody is given what a query that began before they came has
 * read: it may lack what they wrote. That MySQL does not answer they hear from it all the same.
 * Queries pass a {@link Gate}.
 *
 * <p>Safe for many threads. Who leads a query waits for the one before it, in the gate, and for its
 * own, each of which ends in bounded time; who shares one waits as long.
 */
final class Fallbacks {
  private final Origin origin;
  private final Gate gate;
  private final InstantSource clock;
  private final Map<Question, Line> lines = new HashMap<>();

  /**
   * What MySQL said.
   *
   * @param sent when the query was sent
   */
  record Reading(Page page, Instant sent) {}

  /** The queries of one question: the one that runs, and the one that has not begun. */
  private static final class Line {
    private Optional<CompletableFuture<Reading>> running = Optional.empty();
    private Optional<CompletableFuture<Reading>> next = Optional.empty();
  }

  Fallbacks(Origin origin, Gate gate, InstantSource clock) {
    this.origin = origin;
    this.gate = gate;
    this.clock = clock;
  }

  /**
   * Reads a question from MySQL.
   *
   * @param doubt why, for whoever is turned away
   * @throws Unanswered when it gives no answer
   */
  Reading read(Question asked, Doubt doubt) throws Unanswered {
    Question question = asked.ofWhateverTime();
    CompletableFuture<Reading> mine;
    Optional<CompletableFuture<Reading>> before;
    boolean leads;
    synchronized (lines) {
      Line line = lines.computeIfAbsent(question, q -> new Line());
      leads = line.next.isEmpty();
      mine = line.next.orElseGet(CompletableFuture::new);
      line.next = Optional.of(mine);
      before = line.running;
    }
    if (leads) {
      lead(question, before, mine, doubt);
    }
    return result(mine);
  }

  private void lead(
      Question question,
      Optional<CompletableFuture<Reading>> before,
      CompletableFuture<Reading> mine,
      Doubt doubt) {
    try {
      if (before.isPresent()) {
        requireAnswer(before.get());
      }
      if (!gate.enter()) {
        throw new Unanswered(
            Unanswered.Kind.OVERLOAD,
            "the projection cannot answer (%s) and enough questions wait for MySQL already"
                .formatted(doubt.wireName()));
      }
      try {
        begin(question, mine);
        Instant sent = clock.instant();
        mine.complete(new Reading(origin.read(question), sent));
      } finally {
        gate.leave();
      }
    } catch (Unanswered | RuntimeException e) {
      mine.completeExceptionally(e);
    } finally {
      end(question, mine);
      if (!mine.isDone()) {
        mine.completeExceptionally(new IllegalStateException("the query ended with an error"));
      }
    }
  }

  /** From here on nobody may share it. */
  private void begin(Question question, CompletableFuture<Reading> mine) {
    synchronized (lines) {
      Line line = lines.get(question);
      line.next = Optional.empty();
      line.running = Optional.of(mine);
    }
  }

  private void end(Question question, CompletableFuture<Reading> mine) {
    synchronized (lines) {
      Line line = lines.get(question);
      line.running = line.running.filter(other -> other != mine);
      line.next = line.next.filter(other -> other != mine);
      if (line.running.isEmpty() && line.next.isEmpty()) {
        lines.remove(question);
      }
    }
  }

  /** Waits for the query before; whoever it was, MySQL would not answer the next one either. */
  private static void requireAnswer(CompletableFuture<Reading> before) throws Unanswered {
    Optional<Unanswered> failure =
        before
            .handle(
                (reading, why) ->
                    why instanceof Unanswered u ? Optional.of(u) : Optional.<Unanswered>empty())
            .join();
    if (failure.isPresent()
        && (failure.get().kind() == Unanswered.Kind.TIMEOUT
            || failure.get().kind() == Unanswered.Kind.SOURCE_UNAVAILABLE)) {
      throw failure.get();
    }
  }

  private static Reading result(CompletableFuture<Reading> query) throws Unanswered {
    try {
      return query.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unanswered(Unanswered.Kind.OVERLOAD, "the reader stops");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Unanswered unanswered) {
        throw unanswered;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
