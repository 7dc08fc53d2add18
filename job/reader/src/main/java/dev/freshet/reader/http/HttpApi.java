package dev.freshet.reader.http;

import dev.freshet.reader.Overview;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.reader.request.DeadLetters;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.reader.share.Quota;
import dev.freshet.reader.trace.Tracing;
import java.time.Duration;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of the reader; {@code openapi.yaml} describes its interface.
 *
 * <ul>
 *   <li>{@code GET /v1/views/{view}/{key…}}: an answer; requires a token with the right to read the
 *       key, like everything under {@code /v1}
 *   <li>{@code GET /v1/views/{view}/{key…}/events}: the answer as an event, and again whenever it
 *       changes; the path is that of an event stream only if {@code events} follows a complete key,
 *       so a key value may be {@code events}
 *   <li>{@code GET /v1/views/{view}/{key…}/mysql}: MySQL's own answer, to compare it with the
 *       projection's; requires the right to operate, too
 *   <li>{@code GET /v1/views}, {@code GET /v1/history}: what the caller may read, and the last hour
 *   <li>{@code POST /v1/views/{view}/{key…}/repair} and {@code …/invalidate}: sends a request to
 *       the view's job; the last segment is never part of the key
 *   <li>{@code POST /v1/views/{view}:batch}: the answers for many keys
 *   <li>{@code GET /health}, {@code GET /metrics}, {@code GET /openapi.yaml}: no token required, so
 *       that probes and scrapers need no secret; the responses contain neither keys nor entries
 *   <li>{@code GET /}: the page for people; see {@link PageFiles}
 * </ul>
 *
 * <p>This class configures the server; {@link EndPoints} handles the requests, an {@link Exchange}
 * is a request with its response. When the reader stops, requests in progress are finished.
 *
 * <p>No thread waits for a client. A {@link ConcurrencyLimit} with a bounded queue, beyond which
 * requests are refused, leaves a few threads that accept connections, read requests, and serve
 * {@code /health}, {@code /metrics} and {@code /openapi.yaml}. {@link Connections} limits the
 * connections, {@link ClientTimes} the time that clients may take, and a {@link Quota} the
 * concurrent requests of a caller. {@link #close} may be called by any thread, once.
 */
public final class HttpApi implements AutoCloseable {
  /** The maximum size of a request's path and headers together, in bytes. */
  static final int MOST_HEADER_BYTES = 8 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

  /** The number of threads that the limit leaves. */
  private static final int SERVER_THREADS = 8;

  /** The number of requests that may wait for each thread of the limit. */
  private static final int WAITING = 16;

  private static final Duration STOP = Duration.ofSeconds(5);
  private static final Duration DEADLINES_CHECKED = Duration.ofMillis(250);

  private final EventStreams streams;
  private final Guard guard;
  private final Connections connections;
  private final Server server;

  /**
   * Starts the server.
   *
   * @param live the source of event streams; closed with this server
   * @param guard authenticates callers; closed with this server
   * @param budget bounds the answers
   * @param socket the socket to listen on; closed with this server
   */
  public HttpApi(
      Views views,
      Answerer answerer,
      LiveAnswers live,
      RequestDesk desk,
      DeadLetters letters,
      ReaderMetrics metrics,
      Overview overview,
      Supplier<Health> health,
      Guard guard,
      Tracing tracing,
      ByteBudget budget,
      ListenSocket socket,
      ServerLimits limits) {
    this.streams = new EventStreams(live, new Quota(limits.streams(), limits.shares()), metrics);
    this.guard = guard;
    this.connections =
        new Connections(
            limits.connections(), limits.connectionsOfAddress(), DEADLINES_CHECKED, metrics);
    QueuedThreadPool threads =
        new QueuedThreadPool(limits.threads() + SERVER_THREADS, SERVER_THREADS);
    // A request stays in the thread that read it if another one is ready to read on.
    threads.setReservedThreads(Math.max(1, limits.threads() / 2));
    threads.setName("http");
    this.server = new Server(threads);
    EndPoints endPoints =
        new EndPoints(
            views,
            answerer,
            streams,
            desk,
            new DeadLetterRequests(letters, desk),
            metrics,
            overview,
            health,
            guard,
            tracing,
            budget,
            new Quota(limits.threads() * (1 + WAITING), limits.shares()),
            threads,
            new ConcurrencyLimit(limits.threads(), limits.threads() * WAITING));
    server.setHandler(new GracefulHandler(new Entrance(endPoints, limits.times())));
    server.setErrorHandler(new JettyProblems(metrics));
    server.setStopTimeout(STOP.toMillis());
    server.addConnector(socket.connector(server, configuration(), connections, limits.times()));
    start();
  }

  private static HttpConfiguration configuration() {
    HttpConfiguration http = new HttpConfiguration();
    http.setHttpCompliance(HttpCompliance.STRICT);
    // A key may contain a slash, so %2F must reach the end point undecoded.
    http.setUriCompliance(UriCompliance.UNSAFE);
    http.setRequestHeaderSize(MOST_HEADER_BYTES);
    http.setSendServerVersion(false);
    http.setSendXPoweredBy(false);
    return http;
  }

  private void start() {
    try {
      server.start();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP server does not start", e);
    }
  }

  /** Passes Jetty's requests to the end points. */
  private static final class Entrance extends Handler.Abstract {
    private final EndPoints endPoints;
    private final ClientTimes times;

    Entrance(EndPoints endPoints, ClientTimes times) {
      this.endPoints = endPoints;
      this.times = times;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      endPoints.handle(new Exchange(request, response, callback, times));
      return true;
    }
  }

  /**
   * Stops accepting requests, ends event streams, finishes requests in progress, and closes the
   * port.
   */
  @Override
  public void close() {
    streams.close();
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("The HTTP server did not stop in order: {}", e.toString());
    }
    connections.close();
    guard.close();
  }
}
