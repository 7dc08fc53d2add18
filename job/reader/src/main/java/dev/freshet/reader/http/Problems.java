package dev.freshet.reader.http;

import dev.freshet.reader.ReaderMetrics;
import dev.freshet.reader.answer.Unanswered;
import dev.freshet.reader.request.NotTaken;
import io.javalin.http.Context;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which {@link Problem} a failure is, and how it is sent: every problem is counted, and a status
 * that may pass (503, 429) says when to come again.
 *
 * <p>Safe for many threads; one context belongs to one thread at a time.
 */
final class Problems {
  /** The reader itself failed. */
  static final Problem INTERNAL =
      new Problem(Problem.Kind.INTERNAL, "the reader failed; its log has the cause");

  /** The body is above {@link EndPoints#MOST_BYTES}. */
  static final Problem BODY_TOO_LARGE =
      new Problem(
          Problem.Kind.BODY_TOO_LARGE,
          "a body may have %d KiB; ask for fewer keys at once"
              .formatted(EndPoints.MOST_BYTES / 1024));

  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
  private static final String RETRY_AFTER_SECONDS = "1";

  private final ReaderMetrics metrics;

  Problems(ReaderMetrics metrics) {
    this.metrics = metrics;
  }

  /** Neither the projection nor MySQL answered. */
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

  /** A request to the job was not handed over. */
  static Problem of(NotTaken e) {
    Problem.Kind kind =
        switch (e.kind()) {
          case UNAVAILABLE -> Problem.Kind.REQUESTS_UNAVAILABLE;
          case TOO_MANY -> Problem.Kind.TOO_MANY_REQUESTS;
        };
    return new Problem(kind, e.getMessage());
  }

  /** A request that Javalin refused with a status; for 405 see {@link EndPoints#refuseMethod}. */
  static Problem ofStatus(int status) {
    return switch (status) {
      case 404 ->
          new Problem(
              Problem.Kind.UNKNOWN_ROUTE, "no such path; GET /openapi.yaml lists what there is");
      case 413 -> BODY_TOO_LARGE;
      default -> new Problem(Problem.Kind.BAD_REQUEST, "the request is malformed");
    };
  }

  /** Answers a request with a problem, and counts it. */
  void send(Context context, Problem problem) {
    metrics.refused(problem.kind().wireName());
    int status = problem.kind().status();
    if (status == 503 || status == 429) {
      context.header("Retry-After", RETRY_AFTER_SECONDS);
    }
    context.status(status).contentType(Problem.MEDIA_TYPE).result(problem.json());
  }

  /** Logs what nobody foresaw; its text may hold what callers must not see. */
  void failed(Context context, Exception e) {
    LOG.error("A request failed; this is a defect of the reader", e);
    send(context, INTERNAL);
  }
}
