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
 * The HTTP server; {@code openapi.yaml} describes what it answers.
 *
 * <ul>
 *   <li>{@code GET /v1/views/{view}/{key…}}: an answer; needs a token that allows it, like
 *       everything under {@code /v1}
 *   <li>{@code GET /v1/views/{view}/{key…}/events}: the answer as an event, and again whenever it
 *       changes; a key that itself ends in that word has one segment fewer
 *   <li>{@code POST /v1/views/{view}/{key…}/repair} and {@code …/invalidate}: hands a request over
 *       to the view's job; the last segment decides, for a key may itself end in such a word
 *   <li>{@code POST /v1/views/{view}:batch}: the answers for many keys
 *   <li>{@code GET /health}, {@code GET /metrics}, {@code GET /openapi.yaml}: without a token, so
 *       that probes and scrapers need no secret; they show neither keys nor entries
 * </ul>
 *
 * <p>This class sets up the server and says which path goes where; {@link EndPoints} handles the
 * requests, {@link Problems} sends the errors. A request in work when the reader stops is finished.
 *
 * <p>One pool of threads handles connections and requests. {@link #close} may be called by any
 * thread, once.
 */
public final class HttpApi implements AutoCloseable {
  /** Of a request's path and headers together. */
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
   * Starts to answer.
   *
   * @param live what streams are told; closed with this
   * @param guard who says what callers may do; closed with this
   * @param socket to answer on; closed with this
   * @param threads that handle requests and connections
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

  /** Takes no more requests, ends event streams, finishes what is in work, closes the port. */
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
          // A key part may hold any character, a slash too: %2F must reach the route undecoded.
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

  /** What can be got, by path as {@code openapi.yaml} spells it. */
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
    // Before Javalin decodes the path in its own way, which fails where a percent sign stands
    // alone.
    javalin.before(EndPoints.VIEWS + "*", EndPoints::segments);
    routes()
        .forEach(
            (path, handler) -> {
              javalin.get(path.replace("{view}/{key}", "<path>"), handler);
              // Left alone, Javalin says 200 to HEAD wherever there is a GET.
              javalin.head(path.replace("{view}/{key}", "<path>"), endPoints::refuseMethod);
            });
    javalin.post(EndPoints.VIEWS + "<path>", endPoints::post);
    javalin.exception(Problem.Refused.class, (e, context) -> problems.send(context, e.problem()));
    javalin.exception(NotTaken.class, (e, context) -> problems.send(context, Problems.of(e)));
    javalin.exception(HttpResponseException.class, this::refuse);
    javalin.exception(Exception.class, (e, context) -> problems.failed(context, e));
  }

  /** Javalin found no route for a request, or did not take its body. */
  private void refuse(HttpResponseException e, Context context) {
    if (e.getStatus() == 405) {
      endPoints.refuseMethod(context);
    } else {
      problems.send(context, Problems.ofStatus(e.getStatus()));
    }
  }
}
