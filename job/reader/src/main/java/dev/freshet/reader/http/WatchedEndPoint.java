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
 * A connection that can tell whether the client has closed it while a request is in progress, when
 * Jetty itself does not read. It reads ahead, and passes the bytes to Jetty's next read, so that
 * bytes sent before the close, such as a TLS close alert or another request, do not hide the close.
 * If the client has sent more than {@value #MOST_AHEAD} bytes ahead, a close is not noticed.
 *
 * <p>A client that closes only its sending direction counts as gone. Thread-safe.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
  private static final int MOST_AHEAD = 1024;

  private final Executor executor;
  private final Object reading = new Object();

  /** The bytes read ahead, before the buffer's position. */
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

  /** Whether the client has closed the connection; does not block. */
  boolean isGone() {
    synchronized (reading) {
      if (!isOpen()) {
        return true;
      }
      try {
        // A full buffer reads neither bytes nor the end of the stream.
        if (getChannel().read(ahead) < 0) {
          return true;
        }
      } catch (IOException e) {
        return true;
      }
    }
    wakeForAhead();
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
      // The end of the stream is returned again by the next read.
      return given;
    }
  }

  @Override
  protected void needsFillInterest() {
    super.needsFillInterest();
    wakeForAhead();
  }

  /** Wakes Jetty for the bytes read ahead, which the selector no longer sees. */
  private void wakeForAhead() {
    boolean hasBytes;
    synchronized (reading) {
      hasBytes = ahead.position() > 0;
    }
    if (hasBytes && getFillInterest().isInterested()) {
      executor.execute(() -> getFillInterest().fillable());
    }
  }
}
