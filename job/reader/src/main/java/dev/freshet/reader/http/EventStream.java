package dev.freshet.reader.http;

import dev.freshet.reader.live.Subscriber;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * The event stream of one client, written asynchronously without a thread of its own. Events that
 * the connection cannot take yet stay in the {@link Subscriber}, which keeps only the newest. A
 * connection that takes nothing for Jetty's idle timeout is closed. Thread-safe.
 */
final class EventStream implements WriteListener {
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final BooleanSupplier allowed;
  private ServletOutputStream out;
  private Subscriber subscriber;
  private boolean open;
  private boolean opened;
  private boolean beat;
  private boolean unflushed;

  /**
   * Creates a stream.
   *
   * @param allowed whether the client may still read the key; checked with each heartbeat
   */
  EventStream(BooleanSupplier allowed) {
    this.allowed = allowed;
  }

  /** Starts writing the subscriber's events. */
  synchronized void start(ServletOutputStream out, Subscriber subscriber) {
    this.out = out;
    this.subscriber = subscriber;
    out.setWriteListener(this);
  }

  /** Returns a future that completes when the stream has ended. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** Writes new events, if there are any; does not block. */
  void wake() {
    write();
  }

  /** Sends a heartbeat, or ends the stream if the client may no longer read the key. */
  void beat() {
    if (!allowed.getAsBoolean()) {
      end();
      return;
    }
    synchronized (this) {
      beat = true;
    }
    write();
  }

  /** Ends the stream. */
  void end() {
    synchronized (this) {
      open = false;
    }
    ended.complete(null);
  }

  @Override
  public void onWritePossible() {
    synchronized (this) {
      open = !ended.isDone();
    }
    write();
  }

  /** Ends the stream: the client has closed the connection or does not read. */
  @Override
  public void onError(Throwable cause) {
    end();
  }

  private void write() {
    try {
      writeWhatIsTaken();
    } catch (IOException | RuntimeException e) {
      end();
    }
  }

  /**
   * Writes as long as the connection is ready; {@link #onWritePossible} is called when it is ready
   * again.
   */
  private synchronized void writeWhatIsTaken() throws IOException {
    while (open && out.isReady()) {
      if (unflushed) {
        unflushed = false;
        out.flush();
        continue;
      }
      Optional<byte[]> next = next();
      if (next.isEmpty()) {
        return;
      }
      unflushed = true;
      out.write(next.get());
    }
  }

  private Optional<byte[]> next() {
    if (!opened) {
      opened = true;
      return Optional.of(EventText.OPENING);
    }
    Optional<byte[]> news = subscriber.take();
    if (news.isEmpty() && beat) {
      beat = false;
      return Optional.of(EventText.HEARTBEAT);
    }
    beat &= news.isEmpty();
    return news;
  }
}
