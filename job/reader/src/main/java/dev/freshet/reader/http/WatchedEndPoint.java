package dev.freshet.reader.http;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * A connection with deadlines for its client, which can tell whether the client has closed it.
 *
 * <ul>
 *   <li>It closes if a request's head is not complete in time after its first byte; on a TLS
 *       connection the handshake counts. {@link #began} ends that deadline, {@link #ended} allows
 *       the next.
 *   <li>{@link #due} sets another deadline, such as that of a body. {@link Connections} checks
 *       deadlines regularly.
 *   <li>{@link #isGone} also notices a close while a request is in progress, when Jetty does not
 *       read. It reads ahead, and passes the bytes to Jetty's next read, so that bytes sent before
 *       the close, such as a TLS close alert or another request, do not hide the close. If the
 *       client has sent more than {@value #MOST_AHEAD} bytes ahead, a close is not noticed. A
 *       client that closes only its sending direction counts as gone.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class WatchedEndPoint extends SocketChannelEndPoint {
  private static final int MOST_AHEAD = 1024;

  private final Connections connections;
  private final Duration headTime;
  private final InetAddress address;
  private final Executor executor;
  private final Object reading = new Object();

  /** The bytes read ahead, before the buffer's position. */
  private final ByteBuffer ahead = ByteBuffer.allocate(MOST_AHEAD);

  private volatile boolean inRequest;
  private volatile Deadline deadline;

  /**
   * A deadline for the client.
   *
   * @param at a {@link System#nanoTime}
   * @param missed runs if the client misses the deadline
   */
  private record Deadline(long at, Runnable missed) {}

  /**
   * Watches an accepted connection.
   *
   * @param connections is told when the connection opens and closes
   * @param headTime the time for the head of a request
   */
  WatchedEndPoint(
      SocketChannel channel,
      ManagedSelector selector,
      SelectionKey key,
      Scheduler scheduler,
      Executor executor,
      Connections connections,
      Duration headTime) {
    super(channel, selector, key, scheduler);
    this.executor = executor;
    this.connections = connections;
    this.headTime = headTime;
    this.address = channel.socket().getInetAddress();
  }

  /** Returns the client's address, also after the connection has closed. */
  InetAddress address() {
    return address;
  }

  /** Returns the connection below an end point, which may be the end point of TLS. */
  static WatchedEndPoint below(EndPoint endPoint) {
    EndPoint inner = endPoint;
    while (inner instanceof EndPoint.Wrapper wrapper) {
      inner = wrapper.unwrap();
    }
    return (WatchedEndPoint) inner;
  }

  /**
   * Notes that a request's head is complete. Until {@link #ended} the client has no deadline for a
   * head.
   */
  void began() {
    inRequest = true;
    deadline = null;
  }

  /** Notes that the response is complete. */
  void ended() {
    deadline = null;
    inRequest = false;
  }

  /**
   * Sets a deadline for the client.
   *
   * @param missed runs once if {@link #settled} was not called in time; must not block
   */
  void due(Duration within, Runnable missed) {
    deadline = new Deadline(System.nanoTime() + within.toNanos(), missed);
  }

  /** Ends the deadline. */
  void settled() {
    deadline = null;
  }

  /**
   * Runs the action of the deadline if the deadline has passed.
   *
   * @param now the current {@link System#nanoTime}
   */
  void check(long now) {
    Deadline current = deadline;
    if (current != null && now - current.at() >= 0) {
      deadline = null;
      current.missed().run();
    }
  }

  @Override
  public void onOpen() {
    connections.opened(this);
    super.onOpen();
  }

  @Override
  public void onClose(Throwable cause) {
    super.onClose(cause);
    connections.closed(this);
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
    int filled = fillFromAhead(buffer);
    if (filled > 0 && !inRequest && deadline == null) {
      due(headTime, this::close);
    }
    return filled;
  }

  private int fillFromAhead(ByteBuffer buffer) throws IOException {
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
