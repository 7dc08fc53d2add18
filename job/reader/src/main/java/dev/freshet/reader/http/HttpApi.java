package dev.freshet.reader.http;

import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.reader.request.NotTaken;
import dev.freshet.reader.request.RequestDesk;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The HTTP server of the reader; {@code openapi.yaml} describes its interface.
 *
 * <ul>
 *   <li>{@code GET /v1/views/{view}/{key…}}: an answer; requires a token with the right to read the
 *       key, like everything under {@code /v1}
 *   <li>{@code GET /v1/views/{view}/{key…}/events}: the answer as an event, and again whenever it
 *       changes; a key that itself ends in that word has one segment fewer
 *   <li>{@code POST /v1/views/{view}/{key…}/repair} and {@code …/invalidate}: sends a request to
 *       the view's job; the last segment is never part of the key
 *   <li>{@code POST /v1/views/{view}:batch}: the answers for many keys
 *   <li>{@code GET /health}, {@code GET /metrics}, {@code GET /openapi.yaml}: no token required, so
 *       that probes and scrapers need no secret; the responses contain neither keys nor entries
 * </ul>
 *
 * <p>This class configures the server and its routes; {@link EndPoints} handles the requests,
 * {@link Problems} sends the errors. When the reader stops, requests in progress are finished.
 *
 * <p>One pool of threads handles connections and requests. {@link #close} may be called by any
 * thread, once.
 */
public final class HttpApi implements AutoCloseable {
  /** The maximum size of a request's path and headers together, in bytes. */
  static final int MOST_HEADER_BYTES = 8 * 1024;

  private static final Duration STOP = Duration.ofSeconds(5);

  private final EventStreams streams;
  private final Problems problems;
  private final EndPoints endPoints;
  private final Guard guard;
  private final ListenSocket socket;
  private final QueuedThreadPool threads;
  private final Javalin javalin;

  /**
   * Starts the server.
   *
   * @param live the source of event streams; closed with this server
   * @param guard authenticates callers; closed with this server
   * @param socket the socket to listen on; closed with this server
   * @param threads the number of threads for requests and connections
   */
  public HttpApi(
      Views views,
      Answerer answerer,
      LiveAnswers live,
      RequestDesk desk,
      ReaderMetrics metrics,
      Supplier<Health> health,
      Guard guard,
      ListenSocket socket,
      int threads) {
    this.streams = new EventStreams(live);
    this.problems = new Problems(metrics);
    this.guard = guard;
    this.socket = socket;
    this.threads = new QueuedThreadPool(threads, Math.min(threads, 8));
    this.endPoints =
        new EndPoints(views, answerer, streams, desk, metrics, health, problems, this.threads);
    this.javalin = Javalin.create(this::configure);
    addRoutes();
    javalin.start();
  }

  /**
   * Stops accepting requests, ends event streams, finishes requests in progress, and closes the
   * port.
   */
  @Override
  public void close() {
    streams.close();
    javalin.stop();
    guard.close();
  }

  private void configure(JavalinConfig config) {
    config.showJavalinBanner = false;
    config.startupWatcherEnabled = false;
    config.http.prefer405over404 = true;
    config.http.maxRequestSize = EndPoints.MOST_BYTES;
    config.jetty.threadPool = threads;
    config.jetty.modifyHttpConfiguration(
        http -> {
          // A key may contain a slash, so %2F must reach the route undecoded.
          http.setUriCompliance(UriCompliance.UNSAFE);
          http.setRequestHeaderSize(MOST_HEADER_BYTES);
          http.setSendServerVersion(false);
          http.setSendXPoweredBy(false);
        });
    config.jetty.addConnector(socket::connector);
    config.jetty.modifyServer(HttpApi::configure);
  }

  private static void configure(Server server) {
    server.setHandler(new StatisticsHandler());
    server.setStopTimeout(STOP.toMillis());
    server.setErrorHandler(new JettyProblems());
  }

  /** Returns the handlers of GET requests, by path as in {@code openapi.yaml}. */
  Map<String, Handler> routes() {
    return Map.of(
        EndPoints.VIEWS + "{view}/{key}",
        endPoints::answer,
        "/health",
        endPoints::health,
        "/metrics",
        endPoints::metrics,
        "/openapi.yaml",
        endPoints::description);
  }

  private void addRoutes() {
    javalin.before("/v1/*", context -> Permit.admit(context, guard));
    // Runs before Javalin decodes the path, which fails for a single percent sign.
    javalin.before(EndPoints.VIEWS + "*", EndPoints::segments);
    routes()
        .forEach(
            (path, handler) -> {
              javalin.get(path.replace("{view}/{key}", "<path>"), handler);
              // By default Javalin answers HEAD with 200 for every GET route.
              javalin.head(path.replace("{view}/{key}", "<path>"), endPoints::refuseMethod);
            });
    javalin.post(EndPoints.VIEWS + "<path>", endPoints::post);
    javalin.exception(Problem.Refused.class, (e, context) -> problems.send(context, e.problem()));
    javalin.exception(NotTaken.class, (e, context) -> problems.send(context, Problems.of(e)));
    javalin.exception(HttpResponseException.class, this::refuse);
    javalin.exception(Exception.class, (e, context) -> problems.failed(context, e));
  }

  /** Handles requests for which Javalin has no route, or whose body it rejects. */
  private void refuse(HttpResponseException e, Context context) {
    if (e.getStatus() == 405) {
      endPoints.refuseMethod(context);
    } else {
      problems.send(context, Problems.ofStatus(e.getStatus()));
    }
  }
}
