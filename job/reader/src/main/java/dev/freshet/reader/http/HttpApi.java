package dev.freshet.reader.http;

import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.Caller;
import dev.freshet.reader.answer.Outcome;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.form.KeyPath;
import dev.freshet.reader.live.LiveAnswers;
import dev.freshet.reader.request.NotTaken;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.stream.KeyRequest;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP surface; {@code openapi.yaml} describes it.
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
 * <p>Every error is a {@link Problem}. A request in work when the reader stops is finished.
 */
public final class HttpApi implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);
  private static final String VIEWS = "/v1/views/";
  private static final Map<String, Form> REQUESTS =
      Map.of(KeyRequest.REPAIR, KeyRequest::repair, KeyRequest.INVALIDATE, KeyRequest::invalidate);
  private static final String BATCH = ":batch";
  private static final String EVENTS = "events";

  /** Of a request's path and headers together. */
  static final int MOST_HEADER_BYTES = 8 * 1024;

  /** Of a request; a batch of keys is the only one that has a body. */
  private static final int MOST_BYTES = 64 * 1024;

  private static final Problem BODY_TOO_LARGE =
      new Problem(
          Problem.Kind.BODY_TOO_LARGE,
          "a body may have %d KiB; ask for fewer keys at once".formatted(MOST_BYTES / 1024));

  private static final Duration STOP = Duration.ofSeconds(5);
  private static final String RETRY_AFTER_SECONDS = "1";

  private final Views views;
  private final Answerer answerer;
  private final EventStreams streams;
  private final RequestDesk desk;
  private final ReaderMetrics metrics;
  private final Supplier<Health> health;
  private final Guard guard;
  private final ListenSocket socket;
  private final QueuedThreadPool threads;
  private final Javalin javalin;

  /** Makes a request. */
  private interface Form {
    KeyRequest of(String job, ViewPlan view, Object[] key, Instant at);
  }

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
    this.views = views;
    this.answerer = answerer;
    this.streams = new EventStreams(live);
    this.desk = desk;
    this.metrics = metrics;
    this.health = health;
    this.guard = guard;
    this.socket = socket;
    this.threads = new QueuedThreadPool(threads, Math.min(threads, 8));
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
    config.http.maxRequestSize = MOST_BYTES;
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

  /** What can be posted, by path as {@code openapi.yaml} spells it. */
  static Set<String> posts() {
    return Stream.concat(
            REQUESTS.keySet().stream().map(word -> VIEWS + "{view}/{key}/" + word),
            Stream.of(VIEWS + "{view}" + BATCH))
        .collect(Collectors.toSet());
  }

  /** What can be got behind a key, by path as {@code openapi.yaml} spells it. */
  static Set<String> behindKeys() {
    return Set.of(VIEWS + "{view}/{key}/" + EVENTS);
  }

  /** What can be got, by path as {@code openapi.yaml} spells it. */
  Map<String, Handler> routes() {
    byte[] description = description();
    return Map.of(
        VIEWS + "{view}/{key}",
        this::answer,
        "/health",
        this::health,
        "/metrics",
        context -> context.contentType(ReaderMetrics.MEDIA_TYPE).result(metrics.scrape()),
        "/openapi.yaml",
        context -> context.contentType("application/yaml").result(description));
  }

  private void addRoutes() {
    javalin.before("/v1/*", context -> Permit.admit(context, guard));
    // Before Javalin decodes the path in its own way, which fails where a percent sign stands
    // alone.
    javalin.before(VIEWS + "*", HttpApi::segments);
    routes()
        .forEach(
            (path, handler) -> {
              javalin.get(path.replace("{view}/{key}", "<path>"), handler);
              // Left alone, Javalin says 200 to HEAD wherever there is a GET.
              javalin.head(path.replace("{view}/{key}", "<path>"), this::refuseMethod);
            });
    javalin.post(VIEWS + "<path>", this::post);
    javalin.exception(Problem.Refused.class, (e, context) -> send(context, e.problem()));
    javalin.exception(NotTaken.class, (e, context) -> send(context, problemOf(e)));
    javalin.exception(HttpResponseException.class, HttpApi.this::sendRouting);
    javalin.exception(
        Exception.class,
        (e, context) -> {
          LOG.error("A request failed; this is a defect of the reader", e);
          send(
              context,
              new Problem(Problem.Kind.INTERNAL, "the reader failed; its log has the cause"));
        });
  }

  private void answer(Context context) {
    long start = System.nanoTime();
    List<String> segments = segments(context);
    Permit permit = Permit.of(context);
    permit.read(segments.get(0));
    ServedView view = view(segments.get(0), permit::reads);
    int keyAndWord = view.plan().keyColumnList().size() + 1;
    if (segments.size() == 1 + keyAndWord && segments.get(keyAndWord).equals(EVENTS)) {
      List<String> key = segments.subList(1, keyAndWord);
      Question watched = ViewRequest.watched(view, key, context.queryString());
      permit.cover(view.plan(), watched.key());
      streams.open(context, watched, () -> permit.stillCovers(view.plan(), watched.key()));
      return;
    }
    Question question =
        ViewRequest.parse(view, segments.subList(1, segments.size()), context.queryString());
    permit.cover(view.plan(), question.key());
    reply(
        context,
        answerer.ask(question, caller(context)),
        answer -> {
          context
              .contentType("application/json")
              .header("Cache-Control", "no-store")
              .result(AnswerJson.write(answer));
          metrics.answered(answer, Duration.ofNanos(System.nanoTime() - start));
        });
  }

  /** Whoever waits on the other end of a request's connection. */
  private static Caller caller(Context context) {
    EndPoint outer = Request.getBaseRequest(context.req()).getHttpChannel().getEndPoint();
    EndPoint endPoint =
        outer instanceof SslConnection.DecryptedEndPoint encrypted
            ? encrypted.getSslConnection().getEndPoint()
            : outer;
    return endPoint instanceof WatchedEndPoint watched ? watched::isGone : Caller.PATIENT;
  }

  /** Keeps no thread while the answer is not there; writes it in one of those for requests. */
  private <T> void reply(Context context, CompletableFuture<T> asked, Consumer<T> write) {
    if (asked.isDone()) {
      write(context, asked, write);
    } else {
      context.future(
          () -> asked.handleAsync((answer, why) -> write(context, asked, write), threads));
    }
  }

  private <T> boolean write(Context context, CompletableFuture<T> asked, Consumer<T> write) {
    try {
      write.accept(asked.join());
      return true;
    } catch (CompletionException e) {
      send(context, problemOf(Unanswered.behind(e).orElseThrow(() -> e)));
      return false;
    }
  }

  /** The view's name and what follows it. */
  private static List<String> segments(Context context) {
    try {
      return KeyPath.segments(context.req().getRequestURI().substring(VIEWS.length()));
    } catch (BadForm e) {
      throw new Problem(Problem.Kind.BAD_KEY, e.getMessage()).refused();
    }
  }

  private void post(Context context) throws NotTaken {
    List<String> segments = segments(context);
    if (segments.size() == 1 && segments.get(0).endsWith(BATCH)) {
      batch(context, segments.get(0));
    } else {
      request(context, segments);
    }
  }

  private void batch(Context context, String segment) {
    long start = System.nanoTime();
    String name = segment.substring(0, segment.length() - BATCH.length());
    Permit permit = Permit.of(context);
    permit.read(name);
    ServedView view = view(name, permit::reads);
    List<Question> questions = BatchRequest.parse(view, body(context));
    reply(
        context,
        answers(permit, questions, caller(context)),
        outcomes -> {
          context
              .contentType("application/json")
              .header("Cache-Control", "no-store")
              .result(AnswerJson.write(outcomes, HttpApi::problemOf));
          count(outcomes, start);
        });
  }

  private void count(List<Outcome> outcomes, long start) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Answered answered) {
        metrics.answered(answered.answer(), took);
      } else if (outcome instanceof Outcome.Failed failed) {
        metrics.refused(problemOf(failed.why()).kind().wireName());
      } else if (outcome instanceof Outcome.Forbidden) {
        metrics.refused(Problem.Kind.FORBIDDEN.wireName());
      }
    }
  }

  /** In the order of the questions; those that the caller may not ask are not asked. */
  private CompletableFuture<List<Outcome>> answers(
      Permit permit, List<Question> questions, Caller caller) {
    Predicate<Question> allowed = question -> permit.covers(question.view().plan(), question.key());
    return answerer
        .ask(questions.stream().filter(allowed).toList(), caller)
        .thenApply(
            answers -> {
              Iterator<Outcome> answered = answers.iterator();
              List<Outcome> outcomes = new ArrayList<>();
              for (Question question : questions) {
                outcomes.add(
                    allowed.test(question) ? answered.next() : new Outcome.Forbidden(question));
              }
              return outcomes;
            });
  }

  /** A body that comes in chunks says nothing of its length before. */
  private static byte[] body(Context context) {
    try {
      byte[] body = context.bodyInputStream().readNBytes(MOST_BYTES + 1);
      if (body.length > MOST_BYTES) {
        throw BODY_TOO_LARGE.refused();
      }
      return body;
    } catch (IOException e) {
      throw new Problem(Problem.Kind.BAD_REQUEST, "the body is incomplete; send all of it")
          .refused();
    }
  }

  private void request(Context context, List<String> segments) throws NotTaken {
    String type = segments.get(segments.size() - 1);
    if (segments.size() < 2 || !REQUESTS.containsKey(type)) {
      refuseMethod(context);
      return;
    }
    Permit permit = Permit.of(context);
    permit.operate();
    ServedView view = view(segments.get(0), known -> true);
    Object[] key =
        ViewRequest.key(view, segments.subList(1, segments.size() - 1), context.queryString());
    permit.cover(view.plan(), List.of(key));
    Instant at = desk.ask(now -> REQUESTS.get(type).of(view.job(), view.plan(), key, now));
    context
        .status(202)
        .contentType("application/json")
        .header("Cache-Control", "no-store")
        .result(RequestJson.write(view.plan(), key, type, at));
  }

  /**
   * The view of a name that the caller may use.
   *
   * @param known names that it may hear of
   */
  private ServedView view(String name, Predicate<String> known) {
    try {
      return views
          .find(name)
          .orElseThrow(
              () ->
                  new Problem(
                          Problem.Kind.UNKNOWN_VIEW,
                          "no view is named '%s'%s"
                              .formatted(
                                  name,
                                  Suggestion.suffix(
                                      name, views.names().stream().filter(known).toList())))
                      .refused());
    } catch (Views.NotServed e) {
      throw new Problem(Problem.Kind.VIEW_UNAVAILABLE, e.getMessage()).refused();
    }
  }

  private void health(Context context) {
    Health now = health.get();
    context
        .status(now.isUp() ? 200 : 503)
        .contentType("application/json")
        .header("Cache-Control", "no-store")
        .result(now.json());
  }

  private void sendRouting(HttpResponseException e, Context context) {
    switch (e.getStatus()) {
      case 404 ->
          send(
              context,
              new Problem(
                  Problem.Kind.UNKNOWN_ROUTE,
                  "no such path; GET /openapi.yaml lists what there is"));
      case 405 -> refuseMethod(context);
      case 413 -> send(context, BODY_TOO_LARGE);
      default -> send(context, new Problem(Problem.Kind.BAD_REQUEST, "the request is malformed"));
    }
  }

  private void refuseMethod(Context context) {
    String allowed = isRequest(context) ? "GET, POST" : "GET";
    context.header("Allow", allowed);
    send(
        context,
        new Problem(
            Problem.Kind.METHOD_NOT_ALLOWED,
            "%s is not allowed here; use %s"
                .formatted(context.method(), allowed.replace(", ", " or "))));
  }

  private static boolean isRequest(Context context) {
    String path = context.req().getRequestURI();
    return path.startsWith(VIEWS)
        && REQUESTS.containsKey(path.substring(path.lastIndexOf('/') + 1));
  }

  private static Problem problemOf(Unanswered e) {
    return switch (e.kind()) {
      case OVERLOAD -> new Problem(Problem.Kind.OVERLOAD, e.getMessage());
      case TIMEOUT -> new Problem(Problem.Kind.TIMEOUT, e.getMessage());
      case SOURCE_UNAVAILABLE -> new Problem(Problem.Kind.SOURCE_UNAVAILABLE, e.getMessage());
      case ABANDONED -> new Problem(Problem.Kind.ABANDONED, e.getMessage());
      case SOURCE_REFUSED -> new Problem(Problem.Kind.SOURCE_REFUSED, e.getMessage());
    };
  }

  private static Problem problemOf(NotTaken e) {
    return switch (e.kind()) {
      case UNAVAILABLE -> new Problem(Problem.Kind.REQUESTS_UNAVAILABLE, e.getMessage());
      case TOO_MANY -> new Problem(Problem.Kind.TOO_MANY_REQUESTS, e.getMessage());
    };
  }

  private void send(Context context, Problem problem) {
    metrics.refused(problem.kind().wireName());
    int status = problem.kind().status();
    if (status == 503 || status == 429) {
      context.header("Retry-After", RETRY_AFTER_SECONDS);
    }
    context.status(status).contentType(Problem.MEDIA_TYPE).result(problem.json());
  }

  private static byte[] description() {
    try (InputStream in = HttpApi.class.getResourceAsStream("/openapi.yaml")) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.yaml is not in the jar", e);
    }
  }
}
