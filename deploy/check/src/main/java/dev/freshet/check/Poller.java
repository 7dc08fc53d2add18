package dev.freshet.check;

import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Reads pages from the reader at a steady rate, with different page sizes, and follows cursors. */
final class Poller {
  private static final int[] LIMITS = {1, 2, 5, 10, 50, 50, 50, 200, 1000};
  private static final int PAGES = 4;

  private final AnswerClient client;
  private final Verdicts verdicts;
  private final Tally tally;
  private final KeyPicker keys;
  private final boolean readerMayDie;

  /**
   * Creates a poller.
   *
   * @param readerMayDie whether an unreachable reader is allowed
   */
  Poller(
      AnswerClient client, Verdicts verdicts, Tally tally, KeyPicker keys, boolean readerMayDie) {
    this.client = client;
    this.verdicts = verdicts;
    this.tally = tally;
    this.keys = keys;
    this.readerMayDie = readerMayDie;
  }

  /**
   * Polls until {@code stopped} is true.
   *
   * @param perSecond first pages per second; requests for following pages are not counted
   */
  void run(double perSecond, BooleanSupplier stopped) throws InterruptedException {
    long pause = (long) (1e9 / perSecond);
    long due = System.nanoTime();
    while (!stopped.getAsBoolean()) {
      due = Math.max(due + pause, System.nanoTime() - 1_000_000_000L);
      LockSupport.parkNanos(due - System.nanoTime());
      ThreadLocalRandom random = ThreadLocalRandom.current();
      int limit = LIMITS[random.nextInt(LIMITS.length)];
      pages(keys.pick(), limit, random.nextInt(4) == 0 ? PAGES : 1);
    }
  }

  private void pages(ViewKey key, int limit, int pages) throws InterruptedException {
    String cursor = null;
    Entry after = null;
    for (int page = 0; page < pages; page++) {
      Answer answer = ask(key, limit, cursor, after);
      if (answer == null || answer.nextCursor() == null || answer.items().isEmpty()) {
        return;
      }
      cursor = answer.nextCursor();
      after = answer.items().get(answer.items().size() - 1);
    }
  }

  /**
   * Requests a page and passes the answer on to be judged.
   *
   * @return the answer; null if there was no usable answer
   */
  Answer ask(ViewKey key, int limit, String cursor, Entry after) throws InterruptedException {
    long floor = verdicts.floor(key);
    long asked = System.nanoTime();
    try {
      Answer answer = client.ask(key, limit, cursor);
      verdicts.add(new Observation(key, limit, after, floor, asked, System.nanoTime(), answer));
      if (answer.fromProjection()) {
        tally.projectionAnswered(Instant.now());
      }
      return answer;
    } catch (AnswerClient.Refusal e) {
      if (e.overloaded() || (e.unknownView() && tally.checked() == 0)) {
        tally.turnedAway(e.kind());
      } else {
        tally.failed("key " + key + ": " + e.getMessage());
      }
    } catch (IOException e) {
      if (readerMayDie && e instanceof AnswerClient.Unreachable) {
        tally.turnedAway("unreachable");
      } else {
        tally.failed("key " + key + ": " + e);
      }
    }
    return null;
  }
}
