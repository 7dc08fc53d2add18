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
 * work, when Jetty itself does not read. That is found out by reading ahead, which Jetty gets when
 * it reads again: what a client says before it goes, such as TLS's last word or its next request,
 * does not hide that it went. Of one that has sent more than {@value #MOST_AHEAD} bytes nobody
 * knows; it counts as there.
 *
 * <p>A client that only ends its own sending cannot be told from one that has gone.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
  private static final int MOST_AHEAD = 1024;

  private final Executor executor;
  private final Object reading = new Object();

  /** What was read lies before its position. */
  private final ByteBuffer ahead = ByteBuffer.allocate(MOST_AHEAD);

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
      try {
        // Nothing fits: nothing is read, and no end either.
        if (getChannel().read(ahead) < 0) {
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
      if (ahead.position() == 0 || BufferUtil.space(buffer) == 0) {
        return super.fill(buffer);
      }
      int position = BufferUtil.flipToFill(buffer);
      ahead.flip();
      int given = Math.min(ahead.remaining(), buffer.remaining());
      ByteBuffer part = ahead.slice(ahead.position(), given);
      buffer.put(part);
      ahead.position(ahead.position() + given);
      ahead.compact();
      BufferUtil.flipToFlush(buffer, position);
      // An end of the stream is told again when it is asked for the next time.
      return given;
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
      told = ahead.position() > 0;
    }
    if (told && getFillInterest().isInterested()) {
      executor.execute(() -> getFillInterest().fillable());
    }
  }
}
