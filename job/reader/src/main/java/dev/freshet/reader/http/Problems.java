package dev.freshet.reader.http;

import dev.freshet.reader.Defects;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.request.NotTaken;
import io.javalin.http.Context;
import org.slf4j.LoggerFactory;

/**
 * Maps failures to {@link Problem}s and sends them. Every problem is counted; the temporary
 * statuses 503 and 429 have the header {@code Retry-After}.
 *
 * <p>Thread-safe; a context must be used by one thread at a time.
 */
final class Problems {
  /** An error of the reader itself. */
  static final Problem INTERNAL =
      new Problem(Problem.Kind.INTERNAL, "the reader failed; its log has the cause");

  /** A body larger than {@link EndPoints#MOST_BYTES}. */
  static final Problem BODY_TOO_LARGE =
      new Problem(
          Problem.Kind.BODY_TOO_LARGE,
          "a body must not have more than %d KiB; ask for fewer keys at once"
              .formatted(EndPoints.MOST_BYTES / 1024));

  private static final Defects DEFECTS =
      new Defects(LoggerFactory.getLogger(Problems.class));
  private static final String RETRY_AFTER_SECONDS = "1";

  private final ReaderMetrics metrics;

  Problems(ReaderMetrics metrics) {
    this.metrics = metrics;
  }

  /** Returns the problem for a question that neither the projection nor MySQL answered. */
  static Problem of(Unanswered e) {
    Problem.Kind kind =
        switch (e.kind()) {
          case OVERLOAD -> Problem.Kind.OVERLOAD;
          case TIMEOUT -> Problem.Kind.TIMEOUT;
          case SOURCE_UNAVAILABLE -> Problem.Kind.SOURCE_UNAVAILABLE;
          case ABANDONED -> Problem.Kind.ABANDONED;
          case SOURCE_REFUSED -> Problem.Kind.SOURCE_REFUSED;
        };
    return new Problem(kind, e.getMessage());
  }

  /** Returns the problem for a request that could not be sent to the job. */
  static Problem of(NotTaken e) {
    Problem.Kind kind =
        switch (e.kind()) {
          case UNAVAILABLE -> Problem.Kind.REQUESTS_UNAVAILABLE;
          case TOO_MANY -> Problem.Kind.TOO_MANY_REQUESTS;
        };
    return new Problem(kind, e.getMessage());
  }

  /**
   * Returns the problem for a request that Javalin rejected with a status; 405 is handled by {@link
   * EndPoints#refuseMethod}.
   */
  static Problem ofStatus(int status) {
    return switch (status) {
      case 404 ->
          new Problem(
              Problem.Kind.UNKNOWN_ROUTE, "no such path; GET /openapi.yaml lists all paths");
      case 413 -> BODY_TOO_LARGE;
      default -> new Problem(Problem.Kind.BAD_REQUEST, "the request is malformed");
    };
  }

  /** Responds with a problem and counts it. */
  void send(Context context, Problem problem) {
    metrics.refused(problem.kind().wireName());
    int status = problem.kind().status();
    if (status == 503 || status == 429) {
      context.header("Retry-After", RETRY_AFTER_SECONDS);
    }
    context.status(status).contentType(Problem.MEDIA_TYPE).result(problem.json());
  }

  /** Logs an unexpected exception, and responds without its text, which may contain secrets. */
  void failed(Context context, Exception e) {
    DEFECTS.log("A request failed", e);
    send(context, INTERNAL);
  }
}
