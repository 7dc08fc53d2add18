package dev.freshet.reader.http;

import dev.freshet.reader.Defects;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.LoggerFactory;

/**
 * Runs work in the calling threads, at most so many pieces at once. Further work waits in a bounded
 * queue until one of these threads has ended its own, and that thread runs it, first come first
 * served. Compared with a pool of workers this saves a switch of threads for each request.
 * Thread-safe.
 */
final class ConcurrencyLimit implements Executor {
  private final int most;
  private final int mostWaiting;
  private final Defects defects = new Defects(LoggerFactory.getLogger(ConcurrencyLimit.class));

  /** Work that waits; like the following field guarded by this object. */
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private int running;

  /**
   * Creates a limit.
   *
   * @param most the maximum number of pieces of work that run at once, at least 1
   * @param mostWaiting the maximum number of pieces of work that wait
   */
  ConcurrencyLimit(int most, int mostWaiting) {
    this.most = most;
    this.mostWaiting = mostWaiting;
  }

  /**
   * Runs work, and what has come meanwhile, or leaves it to a thread that runs other work. An
   * exception of the work is logged.
   *
   * @throws RejectedExecutionException if too much work waits
   */
  @Override
  public void execute(Runnable work) {
    if (begins(work)) {
      for (Runnable next = work; next != null; next = next()) {
        run(next);
      }
    }
  }

  private synchronized boolean begins(Runnable work) {
    if (running < most) {
      running++;
      return true;
    }
    if (waiting.size() >= mostWaiting) {
      throw new RejectedExecutionException(waiting.size() + " requests wait already");
    }
    waiting.add(work);
    return false;
  }

  private synchronized Runnable next() {
    Runnable next = waiting.poll();
    if (next == null) {
      running--;
    }
    return next;
  }

  private void run(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      defects.log("Handling a request failed", e);
    }
  }
}
