package dev.freshet.reader.http;

import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Caller;
import dev.freshet.reader.answer.Meter;
import dev.freshet.reader.share.Principal;
import dev.freshet.reader.share.Quota;
import dev.freshet.reader.trace.RequestTrace;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.IteratingCallback;
import org.eclipse.jetty.util.thread.Invocable;

/**
 * A request and its response. No method waits for the client: a body is read as its bytes arrive,
 * and a response is written as the client takes it. A client that exceeds its {@link ClientTimes}
 * loses its connection.
 *
 * <p>The first response counts, further ones are ignored. A response to a request whose body was
 * not read closes the connection. Thread-safe, except for the request's body, which must be read
 * once.
 */
final class Exchange implements Caller {
  /**
   * The size of the parts in which a response is written, in bytes. A larger buffer would be copied
   * as a whole each time that the client takes a part of it.
   */
  private static final int PART = 64 * 1024;

  /**
   * The maximum number of bytes read from a body that is too large, so that its client gets a
   * response.
   */
  private static final int MOST_DISCARDED = 1024 * 1024;

  private static final Problem INCOMPLETE =
      new Problem(
          Problem.Kind.BAD_REQUEST,
          "the body is incomplete, or not valid HTTP; send it completely");

  private final Request request;
  private final Response response;
  private final Callback callback;
  private final ClientTimes times;
  private final WatchedEndPoint connection;
  private final long begun = System.nanoTime();
  private final AtomicBoolean answered = new AtomicBoolean();
  private volatile boolean bodyUnread;
  private volatile Optional<Permit> permit = Optional.empty();
  private volatile Meter meter = Meter.FREE;
  private volatile RequestTrace trace = RequestTrace.NONE;
  private volatile int status;
  private volatile Runnable giveBackBytes = () -> {};
  private volatile Runnable giveBackUnit = () -> {};

  /**
   * Creates the exchange of a request.
   *
   * @param callback completes the request
   */
  Exchange(Request request, Response response, Callback callback, ClientTimes times) {
    this.request = request;
    this.response = response;
    this.callback = callback;
    this.times = times;
    this.connection =
        WatchedEndPoint.below(request.getConnectionMetaData().getConnection().getEndPoint());
    this.bodyUnread = hasBody();
    connection.began();
    // Without a listener Jetty fails a request whose answer takes longer than the idle timeout.
    request.addIdleTimeoutListener(timeout -> false);
  }

  String method() {
    return request.getMethod();
  }

  /** Returns the raw path; empty for a request without one. */
  String path() {
    String path = request.getHttpURI().getPath();
    return path == null ? "" : path;
  }

  /** Returns the raw query string; null if there is none. */
  String query() {
    return request.getHttpURI().getQuery();
  }

  /** Returns the value of a header of the request; null if it is missing. */
  String header(String name) {
    return request.getHeaders().get(name);
  }

  /** Whether the request announces a body. */
  boolean hasBody() {
    HttpFields headers = request.getHeaders();
    return headers.contains(HttpHeader.TRANSFER_ENCODING) || request.getLength() > 0;
  }

  /** Returns the {@link System#nanoTime} at which the request's head was complete. */
  long begun() {
    return begun;
  }

  /** Sets the reservation that counts the bytes of the answer; it is closed with the response. */
  void counts(ByteBudget.Reservation bytes) {
    meter = bytes;
    giveBackBytes = bytes::close;
  }

  @Override
  public Meter meter() {
    return meter;
  }

  /** Sets the trace of the request; it ends with the response. */
  void traced(RequestTrace begun) {
    trace = begun;
  }

  @Override
  public RequestTrace trace() {
    return trace;
  }

  void admitted(Permit given) {
    permit = Optional.of(given);
  }

  /** Returns the caller's rights. */
  Permit permit() {
    return permit.orElseThrow(
        () -> new IllegalStateException("a request is handled that was not admitted"));
  }

  @Override
  public Principal principal() {
    return permit().principal();
  }

  /**
   * Counts the request until it has ended.
   *
   * @throws Problem.Refused if the caller already uses its share of the requests
   */
  void countIn(Quota requests) {
    Principal principal = principal();
    if (!requests.take(principal)) {
      throw Problems.tooManyRequests(requests.of(principal)).refused();
    }
    AtomicBoolean given = new AtomicBoolean();
    giveBackUnit =
        () -> {
          if (given.compareAndSet(false, true)) {
            requests.release(principal);
          }
        };
  }

  /** Ends {@link #countIn} early; does nothing if the request is not counted. */
  void countOut() {
    giveBackUnit.run();
  }

  /** Whether the client has closed the connection. */
  @Override
  public boolean isGone() {
    return connection.isGone();
  }

  /** Sets a header of the response. */
  void header(String name, String value) {
    response.getHeaders().put(name, value);
  }

  /**
   * Reads the body.
   *
   * @param most the maximum size in bytes
   * @param read receives the complete body
   * @param refused receives the problem of a body that is too large, incomplete or late
   */
  void body(int most, Consumer<byte[]> read, Consumer<Problem> refused) {
    new Body(most, read, refused).run();
  }

  private final class Body implements Invocable.Task {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final AtomicBoolean done = new AtomicBoolean();
    private final int most;
    private final Consumer<byte[]> read;
    private final Consumer<Problem> refused;
    private long size;
    private boolean waits;

    Body(int most, Consumer<byte[]> read, Consumer<Problem> refused) {
      this.most = most;
      this.read = read;
      this.refused = refused;
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }

    /** Reads the bytes that have arrived. */
    @Override
    public void run() {
      while (!done.get()) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          await();
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          refuse(INCOMPLETE);
          return;
        }
        boolean last = chunk.isLast();
        take(chunk);
        if (size > most + MOST_DISCARDED || (last && size > most)) {
          refuse(Problems.BODY_TOO_LARGE);
        } else if (last) {
          bodyUnread = false;
          if (end()) {
            read.accept(bytes.toByteArray());
          }
        }
      }
    }

    private void take(Content.Chunk chunk) {
      size += chunk.remaining();
      if (chunk.hasRemaining() && size <= most) {
        byte[] part = new byte[chunk.remaining()];
        chunk.get(part, 0, part.length);
        bytes.writeBytes(part);
      }
      chunk.release();
    }

    private void await() {
      if (!waits) {
        waits = true;
        connection.due(times.body(), () -> refuse(Problems.BODY_LATE));
      }
      request.demand(this);
    }

    private void refuse(Problem problem) {
      if (end()) {
        refused.accept(problem);
      }
    }

    private boolean end() {
      if (!done.compareAndSet(false, true)) {
        return false;
      }
      connection.settled();
      return true;
    }
  }

  /** Sends a response; does nothing if there was one. */
  void send(int status, String mediaType, byte[] body) {
    send(status, mediaType, List.of(ByteBuffer.wrap(body)));
  }

  /** Sends a response whose body comes in parts; does nothing if there was one. */
  void send(int status, String mediaType, List<ByteBuffer> body) {
    if (!begin(status, mediaType)) {
      giveBack();
      return;
    }
    response
        .getHeaders()
        .put(HttpHeader.CONTENT_LENGTH, body.stream().mapToLong(ByteBuffer::remaining).sum());
    write(body);
  }

  /** Writes the whole body of a response. */
  private void write(List<ByteBuffer> body) {
    Writing writing =
        new Writing(
            body,
            true,
            Callback.from(
                Invocable.InvocationType.NON_BLOCKING,
                () -> {
                  connection.ended();
                  end(Optional.empty());
                },
                cause -> end(Optional.of(cause))));
    connection.due(times.response(), connection::close);
    writing.iterate();
  }

  /** Sends 304, which has no body and no fields about one; does nothing if there was a response. */
  void sendNotModified() {
    if (begin(304)) {
      write(List.of(ByteBuffer.allocate(0)));
    } else {
      giveBack();
    }
  }

  /**
   * Begins a response of unknown length, to be written by {@link #write}; false if there was one.
   */
  boolean begin(int status, String mediaType) {
    if (!begin(status)) {
      return false;
    }
    response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, mediaType));
    return true;
  }

  private boolean begin(int status) {
    if (!answered.compareAndSet(false, true)) {
      return false;
    }
    this.status = status;
    response.setStatus(status);
    if (bodyUnread) {
      response.getHeaders().put(HttpHeader.CONNECTION, "close");
    }
    return true;
  }

  /** Writes a part of a response; the previous part must have been written. */
  void write(byte[] part, Callback written) {
    new Writing(List.of(ByteBuffer.wrap(part)), false, written).iterate();
  }

  /** Completes a response, with the failure of its last write, if any. */
  void end(Optional<Throwable> failure) {
    try {
      giveBack();
      trace.end(failure.isPresent() ? 0 : status);
    } finally {
      if (failure.isPresent()) {
        callback.failed(failure.get());
      } else {
        callback.succeeded();
      }
    }
  }

  private void giveBack() {
    giveBackBytes.run();
    giveBackUnit.run();
  }

  /** Writes buffers one after the other, in parts that the connection may take at once. */
  private final class Writing extends IteratingCallback {
    private final List<ByteBuffer> buffers;
    private final boolean last;
    private final Callback written;
    private int next;
    private boolean ended;

    Writing(List<ByteBuffer> buffers, boolean last, Callback written) {
      this.buffers = buffers;
      this.last = last;
      this.written = written;
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }

    @Override
    protected Action process() {
      while (next < buffers.size() - 1 && !buffers.get(next).hasRemaining()) {
        next++;
      }
      ByteBuffer buffer = buffers.get(next);
      if (ended || (!last && !buffer.hasRemaining())) {
        return Action.SUCCEEDED;
      }
      ByteBuffer part = buffer.slice(buffer.position(), Math.min(PART, buffer.remaining()));
      buffer.position(buffer.position() + part.remaining());
      ended = next == buffers.size() - 1 && !buffer.hasRemaining();
      response.write(last && ended, part, this);
      return Action.SCHEDULED;
    }

    @Override
    protected void onCompleteSuccess() {
      written.succeeded();
    }

    @Override
    protected void onCompleteFailure(Throwable cause) {
      written.failed(cause);
    }
  }
}
