package dev.freshet.reader.http;

import dev.freshet.reader.Overview;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.access.Grant;
import dev.freshet.reader.access.Guard;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Outcome;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.form.KeyPath;
import dev.freshet.reader.request.NotTaken;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.reader.share.Quota;
import dev.freshet.reader.trace.Tracing;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.stream.KeyRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Handles the requests of {@link HttpApi}. A handler reads the path, checks the {@link Permit},
 * reads the parameters or the body, and sends the response. A handler throws {@link
 * Problem.Refused} for a wrong request.
 *
 * <p>Thread-safe. Requests run in the calling thread. What may wait for a database runs within the
 * {@link ConcurrencyLimit}; health and metrics run without it, so that they are available when it
 * is reached. A request that waits for its turn, for a fallback, or for its client, uses no thread.
 */
final class EndPoints {
  static final String VIEWS = "/v1/views/";

  /** The maximum size of a body in bytes; only batch requests have a body. */
  static final int MOST_BYTES = 64 * 1024;

  private static final String JSON = "application/json";
  private static final String V1 = "/v1";
  private static final String ALL_VIEWS = "/v1/views";
  private static final String HISTORY = "/v1/history";
  private static final String FALLBACKS = "/v1/fallbacks";
  private static final String HEALTH = "/health";
  private static final String METRICS = "/metrics";
  private static final String DESCRIPTION = "/openapi.yaml";

  private static final Map<String, Form> REQUESTS =
      Map.of(KeyRequest.REPAIR, KeyRequest::repair, KeyRequest.INVALIDATE, KeyRequest::invalidate);
  private static final String BATCH = ":batch";
  private static final String EVENTS = "events";
  private static final String MYSQL = "mysql";

  private final Views views;
  private final Answerer answerer;
  private final EventStreams streams;
  private final RequestDesk desk;
  private final DeadLetterRequests letters;
  private final ReaderMetrics metrics;

  /** What the page shows besides answers, by path; a token sees what it may read. */
  private final Map<String, Function<Grant, byte[]>> figures;

  private final PageFiles page = new PageFiles();
  private final Supplier<Health> health;
  private final Guard guard;
  private final Tracing tracing;
  private final ByteBudget budget;
  private final Quota requests;
  private final Problems problems;
  private final Executor server;
  private final ConcurrencyLimit limit;
  private final byte[] description = read(DESCRIPTION);

  /** Creates a request to the job. */
  private interface Form {
    KeyRequest of(String job, ViewPlan view, Object[] key, Instant at);
  }

  /** Encodes and sends an answer. */
  private interface Sender<T> {
    void send(T answer) throws Unanswered;
  }

  /** Handles one request, or a part of it. */
  private interface Work {
    void run() throws NotTaken;
  }

  /**
   * Creates the handlers of a server.
   *
   * @param budget bounds the answers
   * @param requests the callers' shares of the concurrent requests
   * @param server the threads of the server, more than the limit
   * @param limit limits the concurrent work of everything but health and metrics
   */
  EndPoints(
      Views views,
      Answerer answerer,
      EventStreams streams,
      RequestDesk desk,
      DeadLetterRequests letters,
      ReaderMetrics metrics,
      Overview overview,
      Supplier<Health> health,
      Guard guard,
      Tracing tracing,
      ByteBudget budget,
      Quota requests,
      Executor server,
      ConcurrencyLimit limit) {
    this.views = views;
    this.answerer = answerer;
    this.streams = streams;
    this.desk = desk;
    this.letters = letters;
    this.metrics = metrics;
    this.figures =
        Map.of(
            ALL_VIEWS, grant -> OverviewJson.views(views, grant, overview),
            HISTORY, grant -> OverviewJson.history(overview),
            FALLBACKS, grant -> OverviewJson.fallbacks(grant, overview));
    this.health = health;
    this.guard = guard;
    this.tracing = tracing;
    this.budget = budget;
    this.requests = requests;
    this.problems = new Problems(metrics);
    this.server = server;
    this.limit = limit;
  }

  /** Returns the paths of GET requests as in {@code openapi.yaml}. */
  static Set<String> gets() {
    return Set.of(
        HEALTH,
        METRICS,
        DESCRIPTION,
        ALL_VIEWS,
        HISTORY,
        FALLBACKS,
        DeadLetterRequests.PATH,
        VIEWS + "{view}/{key}",
        VIEWS + "{view}/{key}/" + EVENTS,
        VIEWS + "{view}/{key}/" + MYSQL);
  }

  /** Returns the paths of POST requests as in {@code openapi.yaml}. */
  static Set<String> posts() {
    return Stream.of(
            REQUESTS.keySet().stream().map(word -> VIEWS + "{view}/{key}/" + word),
            DeadLetterRequests.WORDS.stream()
                .map(word -> DeadLetterRequests.PATH + "/{job}/{view}/{id}/" + word),
            Stream.of(VIEWS + "{view}" + BATCH))
        .flatMap(paths -> paths)
        .collect(Collectors.toSet());
  }

  /** Handles a request; may wait for a database. */
  void handle(Exchange exchange) {
    attempt(exchange, () -> route(exchange));
  }

  private void attempt(Exchange exchange, Work work) {
    try {
      work.run();
    } catch (Problem.Refused e) {
      problems.send(exchange, e.problem());
    } catch (NotTaken e) {
      problems.send(exchange, Problems.of(e));
    } catch (RuntimeException e) {
      problems.failed(exchange, e);
    }
  }

  private void route(Exchange exchange) throws NotTaken {
    String path = exchange.path();
    if (exchange.hasBody() && !isBatch(exchange)) {
      throw Problems.NO_BODY.refused();
    }
    switch (path) {
      case HEALTH -> get(exchange, () -> health(exchange));
      case METRICS -> get(exchange, () -> metrics(exchange));
      case DESCRIPTION -> get(exchange, () -> exchange.send(200, "application/yaml", description));
      default -> {
        Optional<PageFiles.PageFile> file = page.find(path);
        if (file.isPresent()) {
          get(exchange, () -> file.get().send(exchange));
          return;
        }
        if (path.equals(V1) || path.startsWith(V1 + "/")) {
          Permit.admit(exchange, guard);
          countIn(exchange);
        }
        if (figures.containsKey(path)) {
          get(
              exchange,
              () ->
                  run(
                      exchange,
                      () ->
                          json(exchange, 200, figures.get(path).apply(exchange.permit().grant()))));
          return;
        }
        if (path.equals(DeadLetterRequests.PATH)) {
          get(
              exchange,
              () -> run(exchange, () -> json(exchange, 200, letters.list(exchange.permit()))));
          return;
        }
        if (path.startsWith(DeadLetterRequests.PATH + "/")) {
          requestForLetter(exchange, segments(path, DeadLetterRequests.PATH + "/"));
          return;
        }
        if (!path.startsWith(VIEWS) || path.equals(VIEWS)) {
          throw Problems.UNKNOWN_ROUTE.refused();
        }
        dispatch(exchange, segments(path, VIEWS));
      }
    }
  }

  private void countIn(Exchange exchange) {
    try {
      exchange.countIn(requests);
    } catch (Problem.Refused e) {
      metrics.shareRefused("requests");
      throw e;
    }
  }

  private static boolean isBatch(Exchange exchange) {
    return exchange.method().equals("POST") && isBatch(exchange.path());
  }

  private static boolean isBatch(String path) {
    return path.startsWith(VIEWS) && path.endsWith(BATCH) && path.indexOf('/', VIEWS.length()) < 0;
  }

  private void get(Exchange exchange, Work work) throws NotTaken {
    if (exchange.method().equals("GET")) {
      work.run();
    } else {
      refuseMethod(exchange);
    }
  }

  private void dispatch(Exchange exchange, List<String> segments) {
    String last = segments.get(segments.size() - 1);
    switch (exchange.method()) {
      case "GET" -> run(exchange, () -> answer(exchange, segments));
      case "POST" -> {
        if (isBatch(exchange)) {
          batch(exchange, segments.get(0));
        } else if (segments.size() > 1 && REQUESTS.containsKey(last)) {
          run(exchange, () -> request(exchange, segments, last));
        } else {
          refuseMethod(exchange);
        }
      }
      default -> refuseMethod(exchange);
    }
  }

  private void requestForLetter(Exchange exchange, List<String> segments) {
    if (!exchange.method().equals("POST")) {
      refuseMethod(exchange);
      return;
    }
    run(exchange, () -> json(exchange, 202, letters.request(exchange.permit(), segments)));
  }

  private void run(Exchange exchange, Work work) {
    try {
      limit.execute(() -> attempt(exchange, work));
    } catch (RejectedExecutionException e) {
      throw Problems.BUSY.refused();
    }
  }

  /** Handles a GET request for an answer or an event stream. */
  private void answer(Exchange exchange, List<String> segments) {
    Permit permit = exchange.permit();
    permit.read(segments.get(0));
    ServedView view = view(segments.get(0), permit::reads);
    int keyAndWord = view.plan().keyColumnList().size() + 1;
    if (segments.size() == 1 + keyAndWord && segments.get(keyAndWord).equals(EVENTS)) {
      List<String> key = segments.subList(1, keyAndWord);
      Question watched = ViewRequest.watched(view, key, exchange.query());
      permit.cover(view.plan(), watched.key());
      streams.open(exchange, watched, () -> permit.stillCovers(view.plan(), watched.key()));
      return;
    }
    if (segments.size() == 1 + keyAndWord && segments.get(keyAndWord).equals(MYSQL)) {
      compare(exchange, view, segments.subList(1, keyAndWord));
      return;
    }
    Question question =
        ViewRequest.parse(view, segments.subList(1, segments.size()), exchange.query());
    permit.cover(view.plan(), question.key());
    trace(exchange, view, "/{key}");
    ByteBudget.Reservation bytes = reserve(exchange);
    reply(
        exchange,
        answerer.ask(question, exchange),
        answer -> {
          exchange.trace().answered(answer);
          json(exchange, AnswerJson.write(answer, bytes));
          metrics.answered(answer, took(exchange));
        });
  }

  /** Traces a request for answers until its end; the caller's headers may name its own trace. */
  private void trace(Exchange exchange, ServedView view, String route) {
    exchange.traced(
        tracing.begin(
            exchange.method() + " " + VIEWS + "{view}" + route,
            view.name(),
            exchange.begun(),
            exchange.header("traceparent"),
            exchange.header("tracestate")));
  }

  /** Handles a GET request for MySQL's own answer, which is bounded like every fallback. */
  private void compare(Exchange exchange, ServedView view, List<String> key) {
    Permit permit = exchange.permit();
    permit.operate();
    requireMysql(view);
    Question question = ViewRequest.ofMysql(view, key, exchange.query());
    permit.cover(view.plan(), question.key());
    trace(exchange, view, "/{key}/" + MYSQL);
    ByteBudget.Reservation bytes = reserve(exchange);
    reply(
        exchange,
        answerer.askMysql(question, exchange),
        answer -> {
          exchange.trace().answered(answer.answer());
          json(exchange, AnswerJson.write(answer, bytes));
          metrics.compared(view.name());
        });
  }

  /** Refuses what needs MySQL's tables for a view over events. */
  private static void requireMysql(ServedView view) {
    if (view.plan().isOverEvents()) {
      throw new Problem(
              Problem.Kind.BAD_REQUEST,
              "view %s is over events: there is no MySQL to ask".formatted(view.name()))
          .refused();
    }
  }

  private ByteBudget.Reservation reserve(Exchange exchange) {
    ByteBudget.Reservation bytes = budget.reserve();
    exchange.counts(bytes);
    return bytes;
  }

  private static Duration took(Exchange exchange) {
    return Duration.ofNanos(System.nanoTime() - exchange.begun());
  }

  /** Sends the answer when it is complete, without blocking a thread until then. */
  private <T> void reply(Exchange exchange, CompletableFuture<T> asked, Sender<T> send) {
    if (asked.isDone()) {
      send(exchange, asked, send);
    } else {
      var unused =
          asked.whenCompleteAsync(
              (answer, why) -> attempt(exchange, () -> send(exchange, asked, send)),
              this::runAnyhow);
    }
  }

  /**
   * Runs work for a request that was accepted already in a thread of the server, even if too much
   * other work waits.
   */
  private void runAnyhow(Runnable work) {
    server.execute(
        () -> {
          try {
            limit.execute(work);
          } catch (RejectedExecutionException e) {
            work.run();
          }
        });
  }

  private <T> void send(Exchange exchange, CompletableFuture<T> asked, Sender<T> send) {
    try {
      send.send(asked.join());
    } catch (Unanswered e) {
      problems.send(exchange, Problems.of(e));
    } catch (CompletionException e) {
      problems.send(exchange, Problems.of(Unanswered.behind(e).orElseThrow(() -> e)));
    }
  }

  /**
   * Returns the segments of a path after its beginning, decoded.
   *
   * @throws Problem.Refused if a segment is wrongly encoded
   */
  private static List<String> segments(String path, String beginning) {
    try {
      return KeyPath.segments(path.substring(beginning.length()));
    } catch (BadForm e) {
      throw new Problem(Problem.Kind.BAD_KEY, e.getMessage()).refused();
    }
  }

  private void batch(Exchange exchange, String segment) {
    String name = segment.substring(0, segment.length() - BATCH.length());
    exchange.permit().read(name);
    exchange.body(
        MOST_BYTES,
        body ->
            server.execute(
                () -> attempt(exchange, () -> run(exchange, () -> batch(exchange, name, body)))),
        problem -> problems.send(exchange, problem));
  }

  private void batch(Exchange exchange, String name, byte[] body) {
    ServedView view = view(name, exchange.permit()::reads);
    List<Question> questions = BatchRequest.parse(view, body);
    trace(exchange, view, BATCH);
    ByteBudget.Reservation bytes = reserve(exchange);
    reply(
        exchange,
        answers(exchange, questions),
        outcomes -> {
          json(exchange, AnswerJson.write(outcomes, bytes));
          count(outcomes, took(exchange));
        });
  }

  private void count(List<Outcome> outcomes, Duration took) {
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Answered answered) {
        metrics.answered(answered.answer(), took);
      } else if (outcome instanceof Outcome.Failed failed) {
        metrics.refused(Problems.of(failed.why()).kind().wireName());
      } else if (outcome instanceof Outcome.Forbidden) {
        metrics.refused(Problem.Kind.FORBIDDEN.wireName());
      }
    }
  }

  /**
   * Answers questions in order; those that the caller must not ask become {@link
   * Outcome.Forbidden}.
   */
  private CompletableFuture<List<Outcome>> answers(Exchange exchange, List<Question> questions) {
    Permit permit = exchange.permit();
    Predicate<Question> allowed = question -> permit.covers(question.view().plan(), question.key());
    return answerer
        .ask(questions.stream().filter(allowed).toList(), exchange)
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

  /** Handles a POST request to a view's job. */
  private void request(Exchange exchange, List<String> segments, String type) throws NotTaken {
    Permit permit = exchange.permit();
    permit.operate();
    ServedView view = view(segments.get(0), known -> true);
    requireMysql(view);
    Object[] key =
        ViewRequest.key(view, segments.subList(1, segments.size() - 1), exchange.query());
    permit.cover(view.plan(), List.of(key));
    Instant at =
        desk.ask(
            now -> REQUESTS.get(type).of(view.job(), view.plan(), key, now), permit.principal());
    json(exchange, 202, RequestJson.write(view.plan(), key, type, at));
  }

  /**
   * Returns a view by name.
   *
   * @param known the names that the error message may suggest
   * @throws Problem.Refused if there is no such view, or it cannot be served
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

  /** Handles a health check: 200 while the reader can answer, otherwise 503. */
  private void health(Exchange exchange) {
    Health now = health.get();
    json(exchange, now.isUp() ? 200 : 503, now.json());
  }

  /** Returns the metrics for Prometheus. */
  private void metrics(Exchange exchange) {
    exchange.send(200, ReaderMetrics.MEDIA_TYPE, metrics.scrape().getBytes(StandardCharsets.UTF_8));
  }

  /** Responds with 405 and the methods that the path allows. */
  private void refuseMethod(Exchange exchange) {
    String allowed = allowed(exchange.path());
    exchange.header("Allow", allowed);
    problems.send(
        exchange,
        new Problem(
            Problem.Kind.METHOD_NOT_ALLOWED,
            "%s is not allowed here; use %s"
                .formatted(exchange.method(), allowed.replace(", ", " or "))));
  }

  private static String allowed(String path) {
    if (!path.startsWith(VIEWS)) {
      return "GET";
    }
    String last = path.substring(path.lastIndexOf('/') + 1);
    if (REQUESTS.containsKey(last)) {
      return "GET, POST";
    }
    return isBatch(path) ? "POST" : "GET";
  }

  private static void json(Exchange exchange, int status, byte[] body) {
    exchange.header("Cache-Control", "no-store");
    exchange.send(status, JSON, body);
  }

  private static void json(Exchange exchange, List<ByteBuffer> body) {
    exchange.header("Cache-Control", "no-store");
    exchange.send(200, JSON, body);
  }

  private static byte[] read(String resource) {
    try (InputStream in = EndPoints.class.getResourceAsStream(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " is not in the jar", e);
    }
  }
}
