package dev.freshet.reader.answer;

/**
 * Lets another thread cancel a query, at most once. After the end of a cancelled query its
 * connection must not be used again, because the kill may arrive at any time.
 *
 * <p>Thread-safe.
 */
public final class QueryHandle {
  private Runnable kill = () -> {};
  private boolean cancelled;
  private boolean ended;

  /**
   * To be called before the query runs.
   *
   * @param kill kills the query; must not block
   * @return false if the query was cancelled already, so that it need not run
   */
  public synchronized boolean begin(Runnable kill) {
    this.kill = kill;
    return !cancelled;
  }

  /** To be called after the query has run. Returns false if it was cancelled. */
  public synchronized boolean end() {
    ended = true;
    return !cancelled;
  }

  /** Whether the query was cancelled. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /**
   * Cancels the query and kills it if it runs. Returns false if it has ended or was cancelled
   * before.
   */
  synchronized boolean cancel() {
    if (cancelled || ended) {
      return false;
    }
    cancelled = true;
    kill.run();
    return true;
  }
}
