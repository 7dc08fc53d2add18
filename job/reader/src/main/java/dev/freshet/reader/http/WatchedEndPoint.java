package dev.freshet.reader.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection that can be asked whether the other side has closed it while a request of it is in
 * work, when Jetty itself does not read. That is found out by reading one byte ahead, which Jetty
 * gets when it reads again; a client that has sent its next request already counts as there.
 *
 * <p>A client that only ends its own sending cannot be told from one that has gone.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
  private final Executor executor;
  private final Object reading = new Object();
  private final ByteBuffer ahead = ByteBuffer.allocate(1);
  private boolean hasAhead;

  WatchedEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Executor executor) {
    super(channel, selector, key, scheduler);
    this.executor = executor;
  }

  /** Whether nobody is left to answer; does not block. */
  boolean isGone() {
    synchronized (reading) {
      if (!isOpen()) {
        return true;
      }
      if (hasAhead) {
        return false;
      }
      try {
        ahead.clear();
        int read = getChannel().read(ahead);
        hasAhead = read > 0;
        if (read < 0) {
          return true;
        }
      } catch (IOException e) {
        return true;
      }
    }
    tellOfAhead();
    return false;
  }

  @Override
  public int fill(ByteBuffer buffer) throws IOException {
    synchronized (reading) {
      if (!hasAhead || BufferUtil.space(buffer) == 0) {
        return super.fill(buffer);
      }
      int position = BufferUtil.flipToFill(buffer);
      buffer.put(ahead.flip());
      BufferUtil.flipToFlush(buffer, position);
      hasAhead = false;
      // An end of the stream is told again when it is asked for the next time.
      return 1 + Math.max(0, super.fill(buffer));
    }
  }

  @Override
  protected void needsFillInterest() {
    super.needsFillInterest();
    tellOfAhead();
  }

  /** The selector does not see what was read already. */
  private void tellOfAhead() {
    boolean told;
    synchronized (reading) {
      told = hasAhead;
    }
    if (told && getFillInterest().isInterested()) {
      executor.execute(() -> getFillInterest().fillable());
    }
  }
}
