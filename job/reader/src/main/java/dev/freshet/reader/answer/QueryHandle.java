package dev.freshet.reader.answer;

/**
 * Lets a query be called off while it runs, once. Who runs it learns at its end whether it was, and
 * then must not use its connection again: the kill may arrive at any time.
 *
 * <p>Safe for many threads.
 */
public final class QueryHandle {
  private Runnable kill = () -> {};
  private boolean recalled;
  private boolean ended;

  /**
   * The query is about to run.
   *
   * @param how it can be killed from then on; must not block
   * @return whether anybody still wants it
   */
  public synchronized boolean begin(Runnable how) {
    kill = how;
    return !recalled;
  }

  /** The query runs no more; whether nobody called it off. */
  public synchronized boolean end() {
    ended = true;
    return !recalled;
  }

  /** Whether it was called off. */
  public synchronized boolean isRecalled() {
    return recalled;
  }

  /** Calls it off; whether this call did. */
  synchronized boolean recall() {
    if (recalled || ended) {
      return false;
    }
    recalled = true;
    kill.run();
    return true;
  }
}
