package dev.freshet.reader.live;

import java.util.Optional;

/**
 * One client of a page: what it still has to be told. Keeps the newest alone, so that a client that
 * does not take holds up nobody and costs no memory.
 *
 * <p>It is never told an answer of a version below the one it was told before, or below the one it
 * came with. While there is no other it is told so, once.
 *
 * <p>Offered to by one thread, taken from by any.
 */
public final class Subscriber {
  private static final long NOTHING = -1;

  /** Of no page: a page's editions are 1 and more. */
  static final long BEHIND = 0;

  private final Runnable wake;
  private final Runnable end;
  private long floor;
  private long edition = NOTHING;
  private byte[] waiting;

  /**
   * A client.
   *
   * @param floor below which it is told no answer
   * @param wake called when there is something to take; does not block
   * @param end called when there will be nothing more
   */
  Subscriber(long floor, Runnable wake, Runnable end) {
    this.floor = floor;
    this.wake = wake;
    this.end = end;
  }

  /**
   * Offers what holds now.
   *
   * @param behind what is told instead of an answer that is too old for this client
   */
  void offer(PageEvent now, PageEvent behind) {
    synchronized (this) {
      PageEvent fit = now.version().isPresent() && now.version().get() < floor ? behind : now;
      if (fit.edition() == edition) {
        return;
      }
      edition = fit.edition();
      waiting = fit.text();
      floor = Math.max(floor, fit.version().orElse(floor));
    }
    wake.run();
  }

  /** What is to be told, once. */
  public synchronized Optional<byte[]> take() {
    Optional<byte[]> taken = Optional.ofNullable(waiting);
    waiting = null;
    return taken;
  }

  void end() {
    end.run();
  }
}
