package dev.freshet.reader.http;

import dev.freshet.reader.Defects;
import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.request.NotTaken;
import org.slf4j.LoggerFactory;

/**
 * Maps failures to {@link Problem}s and sends them. Every problem is counted; the temporary
 * statuses 503 and 429 have the header {@code Retry-After}.
 *
 * <p>Thread-safe.
 */
final class Problems {
  /** The value of the header {@code Retry-After}. */
  static final String RETRY_AFTER_SECONDS = "1";

  /** An error of the reader itself. */
  static final Problem INTERNAL =
      new Problem(Problem.Kind.INTERNAL, "the reader failed; its log has the cause");

  /** A body larger than {@link EndPoints#MOST_BYTES}. */
  static final Problem BODY_TOO_LARGE =
      new Problem(
          Problem.Kind.BODY_TOO_LARGE,
          "a body must not have more than %d KiB; ask for fewer keys at once"
              .formatted(EndPoints.MOST_BYTES / 1024));

  /** A body that did not arrive in time. */
  static final Problem BODY_LATE =
      new Problem(
          Problem.Kind.REQUEST_TIMEOUT, "the body did not arrive in time; send it without pauses");

  /** A request that no thread can handle soon. */
  static final Problem BUSY =
      new Problem(
          Problem.Kind.OVERLOAD,
          "too many requests wait for a thread of the reader; try again, or add a reader");

  /** A path without a meaning. */
  static final Problem UNKNOWN_ROUTE =
      new Problem(Problem.Kind.UNKNOWN_ROUTE, "no such path; GET /openapi.yaml lists all paths");

  /** A dead letter that does not exist, or no longer. */
  static final Problem UNKNOWN_LETTER =
      new Problem(
          Problem.Kind.UNKNOWN_LETTER,
          "there is no such dead letter; the row may have been corrected meanwhile");

  /** A body where none is needed. */
  static final Problem NO_BODY =
      new Problem(
          Problem.Kind.BAD_REQUEST,
          "this request has no body; send it without Content-Length and Transfer-Encoding");

  private static final Defects DEFECTS = new Defects(LoggerFactory.getLogger(Problems.class));

  private final ReaderMetrics metrics;

  Problems(ReaderMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Returns the problem of a caller that already uses its share of the concurrent requests.
   *
   * @param most the number of requests in the share
   */
  static Problem tooManyRequests(int most) {
    return new Problem(
        Problem.Kind.TOO_MANY_REQUESTS,
        "the holder of this token has %d requests in work, which is its share; wait for their answers"
            .formatted(most));
  }

  /** Returns the problem for a question without an answer. */
  static Problem of(Unanswered e) {
    Problem.Kind kind =
        switch (e.kind()) {
          case OVERLOAD -> Problem.Kind.OVERLOAD;
          case TIMEOUT -> Problem.Kind.TIMEOUT;
          case SOURCE_UNAVAILABLE -> Problem.Kind.SOURCE_UNAVAILABLE;
          case PROJECTION_UNAVAILABLE -> Problem.Kind.PROJECTION_UNAVAILABLE;
          case UNKNOWN_KEY -> Problem.Kind.UNKNOWN_KEY;
          case ABANDONED -> Problem.Kind.ABANDONED;
          case SOURCE_REFUSED -> Problem.Kind.SOURCE_REFUSED;
          case ANSWER_TOO_LARGE -> Problem.Kind.ANSWER_TOO_LARGE;
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

  /** Responds with a problem and counts it. */
  void send(Exchange exchange, Problem problem) {
    metrics.refused(problem.kind().wireName());
    int status = problem.kind().status();
    if (status == 503 || status == 429) {
      exchange.header("Retry-After", RETRY_AFTER_SECONDS);
    }
    exchange.send(status, Problem.MEDIA_TYPE, problem.json());
  }

  /** Logs an unexpected exception, and responds without its text, which may contain secrets. */
  void failed(Exchange exchange, Throwable e) {
    DEFECTS.log("A request failed", e);
    send(exchange, INTERNAL);
  }
}
