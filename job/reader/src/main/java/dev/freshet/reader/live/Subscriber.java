package dev.freshet.reader.live;

import java.util.Optional;

/**
 * A client of a page, with the event that it has not taken yet. Only the newest event is kept, so a
 * slow client delays no other and costs no memory.
 *
 * <p>The client never gets an answer of a lower version than its previous answer, or than the
 * version with which it subscribed. Instead it gets one event that the projection is behind.
 *
 * <p>One thread calls {@link #offer}; any thread may call {@link #take}.
 */
public final class Subscriber {
  private static final long NOTHING = -1;

  /**
   * The edition number of the event which says that the projection is behind. The editions of a
   * page begin at 1.
   */
  static final long BEHIND = 0;

  private final Runnable wake;
  private final Runnable end;
  private long floor;
  private long edition = NOTHING;
  private byte[] waiting;

  /**
   * Creates a client.
   *
   * @param floor the lowest version that the client may get
   * @param wake called when there is an event to take; must not block
   * @param end called when no event will follow
   */
  Subscriber(long floor, Runnable wake, Runnable end) {
    this.floor = floor;
    this.wake = wake;
    this.end = end;
  }

  /**
   * Offers the page's current event.
   *
   * @param behind the event to send instead of an answer that is too old for this client
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

  /** Takes the event to send; empty if there is none. */
  public synchronized Optional<byte[]> take() {
    Optional<byte[]> taken = Optional.ofNullable(waiting);
    waiting = null;
    return taken;
  }

  void end() {
    end.run();
  }
}
