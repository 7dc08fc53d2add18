package dev.freshet.reader.http;

import dev.freshet.reader.live.Subscriber;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * The event stream of one client, written asynchronously without a thread of its own. While a write
 * is in progress, events stay in the {@link Subscriber}, which keeps only the newest. A connection
 * that takes nothing for the idle timeout is closed. Thread-safe.
 */
final class EventStream {
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final Exchange exchange;
  private final BooleanSupplier allowed;
  private Subscriber subscriber;
  private boolean writing;
  private boolean over;
  private boolean opened;
  private boolean beat;

  /**
   * Creates a stream.
   *
   * @param allowed whether the client may still read the key; checked with each heartbeat
   */
  EventStream(Exchange exchange, BooleanSupplier allowed) {
    this.exchange = exchange;
    this.allowed = allowed;
  }

  /** Starts writing the subscriber's events. */
  void start(Subscriber events) {
    synchronized (this) {
      subscriber = events;
    }
    write();
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

  /** Ends the stream if its client has closed the connection. */
  void endIfGone() {
    if (exchange.isGone()) {
      end();
    }
  }

  /** Ends the stream after the write in progress. */
  void end() {
    boolean idle;
    synchronized (this) {
      idle = !over && !writing;
      over = true;
    }
    if (idle) {
      finish(Optional.empty());
    }
  }

  private void write() {
    Optional<byte[]> next;
    synchronized (this) {
      next = writing || over || subscriber == null ? Optional.empty() : next();
      writing |= next.isPresent();
    }
    next.ifPresent(
        event ->
            exchange.write(
                event,
                Callback.from(Invocable.InvocationType.NON_BLOCKING, this::written, this::failed)));
  }

  private void written() {
    boolean last;
    synchronized (this) {
      writing = false;
      last = over;
    }
    if (last) {
      finish(Optional.empty());
    } else {
      write();
    }
  }

  /** Ends the stream: the client has closed the connection or does not read. */
  private void failed(Throwable cause) {
    synchronized (this) {
      over = true;
    }
    finish(Optional.of(cause));
  }

  private void finish(Optional<Throwable> failure) {
    if (ended.complete(null)) {
      exchange.end(failure);
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
