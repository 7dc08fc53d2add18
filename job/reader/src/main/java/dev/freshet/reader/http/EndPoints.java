package dev.freshet.reader.http;

import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Answerer;
import dev.freshet.reader.answer.Caller;
import dev.freshet.reader.answer.Outcome;
import dev.freshet.reader.answer.Question;
import dev.freshet.reader.answer.ServedView;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.answer.Views;
import dev.freshet.reader.form.KeyPath;
import dev.freshet.reader.request.NotTaken;
import dev.freshet.reader.request.RequestDesk;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Suggestion;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.stream.KeyRequest;
import io.javalin.http.Context;
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
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Request;

/**
 * Handles the requests that {@link HttpApi} routes here. A handler reads the path, checks the
 * {@link Permit}, reads the parameters or the body, and writes the response. A handler throws
 * {@link Problem.Refused} for a wrong request.
 *
 * <p>Thread-safe. Handlers run in threads of the server. A request that waits for an answer uses no
 * thread; a thread of the same pool writes the response later.
 */
final class EndPoints {
  static final String VIEWS = "/v1/views/";

  /** The maximum size of a body in bytes; only batch requests have a body. */
  static final int MOST_BYTES = 64 * 1024;

  private static final Map<String, Form> REQUESTS =
      Map.of(KeyRequest.REPAIR, KeyRequest::repair, KeyRequest.INVALIDATE, KeyRequest::invalidate);
  private static final String BATCH = ":batch";
  private static final String EVENTS = "events";

  private final Views views;
  private final Answerer answerer;
  private final EventStreams streams;
  private final RequestDesk desk;
  private final ReaderMetrics metrics;
  private final Supplier<Health> health;
  private final Problems problems;
  private final Executor threads;
  private final byte[] description = read("/openapi.yaml");

  /** Creates a request to the job. */
  private interface Form {
    KeyRequest of(String job, ViewPlan view, Object[] key, Instant at);
  }

  /**
   * Creates the handlers of a server.
   *
   * @param threads the threads that write delayed answers
   */
  EndPoints(
      Views views,
      Answerer answerer,
      EventStreams streams,
      RequestDesk desk,
      ReaderMetrics metrics,
      Supplier<Health> health,
      Problems problems,
      Executor threads) {
    this.views = views;
    this.answerer = answerer;
    this.streams = streams;
    this.desk = desk;
    this.metrics = metrics;
    this.health = health;
    this.problems = problems;
    this.threads = threads;
  }

  /** Returns the paths of POST requests as in {@code openapi.yaml}. */
  static Set<String> posts() {
    return Stream.concat(
            REQUESTS.keySet().stream().map(word -> VIEWS + "{view}/{key}/" + word),
            Stream.of(VIEWS + "{view}" + BATCH))
        .collect(Collectors.toSet());
  }

  /** Returns the paths of GET requests below a key as in {@code openapi.yaml}. */
  static Set<String> behindKeys() {
    return Set.of(VIEWS + "{view}/{key}/" + EVENTS);
  }

  /** Handles a GET request for an answer or an event stream. */
  void answer(Context context) {
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
          json(context, AnswerJson.write(answer));
          metrics.answered(answer, Duration.ofNanos(System.nanoTime() - start));
        });
  }

  /** Returns the client of a request, to check whether it has closed its connection. */
  private static Caller caller(Context context) {
    EndPoint outer = Request.getBaseRequest(context.req()).getHttpChannel().getEndPoint();
    EndPoint endPoint =
        outer instanceof SslConnection.DecryptedEndPoint encrypted
            ? encrypted.getSslConnection().getEndPoint()
            : outer;
    return endPoint instanceof WatchedEndPoint watched ? watched::isGone : Caller.PATIENT;
  }

  /** Writes the answer when it is complete, without blocking a thread until then. */
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
      problems.send(context, Problems.of(Unanswered.behind(e).orElseThrow(() -> e)));
      return false;
    }
  }

  /**
   * Returns the view's name and the following path segments, decoded.
   *
   * @throws Problem.Refused if a segment is wrongly encoded
   */
  static List<String> segments(Context context) {
    try {
      return KeyPath.segments(context.req().getRequestURI().substring(VIEWS.length()));
    } catch (BadForm e) {
      throw new Problem(Problem.Kind.BAD_KEY, e.getMessage()).refused();
    }
  }

  /** Handles a POST request: a batch of keys, or a request to a view's job. */
  void post(Context context) throws NotTaken {
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
          json(context, AnswerJson.write(outcomes));
          count(outcomes, start);
        });
  }

  private void count(List<Outcome> outcomes, long start) {
    Duration took = Duration.ofNanos(System.nanoTime() - start);
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

  /**
   * Reads a body; a chunked body has no length in its header, so the limit is checked while
   * reading.
   */
  private static byte[] body(Context context) {
    try {
      byte[] body = context.bodyInputStream().readNBytes(MOST_BYTES + 1);
      if (body.length > MOST_BYTES) {
        throw Problems.BODY_TOO_LARGE.refused();
      }
      return body;
    } catch (IOException e) {
      throw new Problem(Problem.Kind.BAD_REQUEST, "the body is incomplete; send it completely")
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
    json(context.status(202), RequestJson.write(view.plan(), key, type, at));
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
  void health(Context context) {
    Health now = health.get();
    json(context.status(now.isUp() ? 200 : 503), now.json());
  }

  /** Returns the metrics for Prometheus. */
  void metrics(Context context) {
    context.contentType(ReaderMetrics.MEDIA_TYPE).result(metrics.scrape());
  }

  /** Returns the OpenAPI description. */
  void description(Context context) {
    context.contentType("application/yaml").result(description);
  }

  /** Responds with 405 and the methods that the path allows. */
  void refuseMethod(Context context) {
    String allowed = allowed(context.req().getRequestURI());
    context.header("Allow", allowed);
    problems.send(
        context,
        new Problem(
            Problem.Kind.METHOD_NOT_ALLOWED,
            "%s is not allowed here; use %s"
                .formatted(context.method(), allowed.replace(", ", " or "))));
  }

  private static String allowed(String path) {
    if (!path.startsWith(VIEWS)) {
      return "GET";
    }
    String last = path.substring(path.lastIndexOf('/') + 1);
    if (REQUESTS.containsKey(last)) {
      return "GET, POST";
    }
    return path.equals(VIEWS + last) && last.endsWith(BATCH) ? "POST" : "GET";
  }

  private static void json(Context context, byte[] body) {
    context.contentType("application/json").header("Cache-Control", "no-store").result(body);
  }

  private static byte[] read(String resource) {
    try (InputStream in = EndPoints.class.getResourceAsStream(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(resource + " is not in the jar", e);
    }
  }
}
