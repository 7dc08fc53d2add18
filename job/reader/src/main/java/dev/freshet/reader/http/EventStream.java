package dev.freshet.reader.http;

import dev.freshet.reader.live.Subscriber;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * One client's stream, written without waiting: what the connection does not take yet stays with
 * the {@link Subscriber}, which keeps the newest alone. No thread belongs to it. A connection that
 * takes nothing for as long as Jetty lets it be idle ends.
 */
final class EventStream implements WriteListener {
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final BooleanSupplier allowed;
  private ServletOutputStream out;
  private Subscriber follower;
  private boolean open;
  private boolean opened;
  private boolean beat;
  private boolean unflushed;

  /**
   * A stream.
   *
   * @param allowed whether it may go on
   */
  EventStream(BooleanSupplier allowed) {
    this.allowed = allowed;
  }

  /** Begins to write what the follower has. */
  synchronized void start(ServletOutputStream out, Subscriber follower) {
    this.out = out;
    this.follower = follower;
    out.setWriteListener(this);
  }

  /** Completes when nothing is written any more. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** There may be something to write; does not block. */
  void wake() {
    write();
  }

  /** Shows the client, and whatever is between, that the connection is there; or ends it. */
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

  /** The client has gone, or takes nothing. */
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

  /** Where it is not ready any more, {@link #onWritePossible} is called once it is. */
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
    Optional<byte[]> news = follower.take();
    if (news.isEmpty() && beat) {
      beat = false;
      return Optional.of(EventText.HEARTBEAT);
    }
    beat &= news.isEmpty();
    return news;
  }
}
