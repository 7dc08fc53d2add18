package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Sends a request, and retries it if the connection failed or the reader answered 503 or 429, until
 * the deadline or the number of retries is used up. Before a retry it waits for the response's
 * {@code Retry-After}, or for a pause that grows with each retry. Retries are safe because all
 * requests to a reader are idempotent.
 *
 * <p>Thread-safe. A call blocks the caller's thread.
 */
final class Calls {
  private static final double JITTER = 0.25;

  private final HttpClient http;
  private final ClientConfig config;
  private final Figures figures;

  Calls(HttpClient http, ClientConfig config, Figures figures) {
    this.http = http;
    this.config = config;
    this.figures = figures;
  }

  /** Converts the JSON of a response into the result of the call. */
  interface Form<T> {
    T of(JsonNode json) throws IOException;
  }

  /** An attempt failed, and a retry is allowed. */
  private static final class Again extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Optional<Duration> after;
    private final FreshetException why;

    Again(FreshetException why, Optional<Duration> after) {
      super(why);
      this.why = why;
      this.after = after;
    }
  }

  /**
   * Makes a call with all its attempts.
   *
   * @param wait how long the reader may wait before it answers; added to the limits of the
   *     configuration
   * @param request makes the request; called for each attempt
   * @throws ProblemException with the reader's last problem
   * @throws UnreachableException if no response came, or one that is not a reader's
   */
  <T> T call(String operation, Duration wait, Supplier<HttpRequest.Builder> request, Form<T> form)
      throws InterruptedException {
    long begun = System.nanoTime();
    Deque<ProblemException> problems = new ArrayDeque<>();
    String outcome = "ok";
    try {
      return policy(operation, wait).get(() -> attempt(request.get(), wait, form, begun, problems));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        outcome = "interrupted";
        throw interrupted;
      }
      if (!(e.getCause() instanceof Again again)) {
        outcome = "defect";
        throw e;
      }
      // The last attempt may have had no time left; an earlier problem of the reader says more.
      FreshetException why = problems.isEmpty() ? again.why : problems.getLast();
      outcome = outcomeOf(why);
      throw why;
    } catch (FreshetException e) {
      outcome = outcomeOf(e);
      throw e;
    } finally {
      figures.called(operation, outcome, Duration.ofNanos(System.nanoTime() - begun));
    }
  }

  private FailsafeExecutor<Object> policy(String operation, Duration wait) {
    return Failsafe.with(
        RetryPolicy.builder()
            .handle(Again.class)
            .withBackoff(config.firstPause(), config.longestPause())
            .withJitter(JITTER)
            .withDelayFnOn(context -> pause(context.getLastException()), Again.class)
            .withMaxRetries(config.retries())
            .withMaxDuration(config.deadline().plus(wait))
            .onRetry(event -> figures.retried(operation))
            .build());
  }

  /**
   * The pause of {@code Retry-After}, made so long that Failsafe's random jitter cannot make it
   * shorter than the header says; negative if there is no header.
   */
  private static Duration pause(Throwable failure) {
    return ((Again) failure)
        .after
        .map(wait -> Duration.ofMillis((long) Math.ceil(wait.toMillis() / (1 - JITTER))))
        .orElse(Duration.ofNanos(-1));
  }

  private <T> T attempt(
      HttpRequest.Builder request,
      Duration wait,
      Form<T> form,
      long begun,
      Deque<ProblemException> problems)
      throws Again, InterruptedException {
    long rest = config.deadline().plus(wait).toNanos() - (System.nanoTime() - begun);
    long most = config.requestTimeout().plus(wait).toNanos();
    long timeout = Math.max(1_000_000, Math.min(rest, most));
    HttpRequest made = request.timeout(Duration.ofNanos(timeout)).build();
    HttpResponse<byte[]> response;
    try {
      response = http.send(made, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new Again(
          new UnreachableException(
              "%s %s: no answer (%s)".formatted(made.method(), made.uri().getPath(), e), e),
          Optional.empty());
    }
    if (response.statusCode() / 100 != 2) {
      Problem problem = ReaderJson.problem(response.statusCode(), response.body());
      ProblemException why = new ProblemException(problem);
      if (problem.mayPass()) {
        problems.add(why);
        throw new Again(why, RetryAfter.of(response.headers()));
      }
      throw why;
    }
    try {
      return form.of(ReaderJson.read(response.body()));
    } catch (IOException e) {
      throw new UnreachableException(
          "%s: the response is not from a reader; check the URL".formatted(made.uri().getPath()),
          e);
    }
  }

  private static String outcomeOf(FreshetException e) {
    return e instanceof ProblemException problem
        ? problem.problem().kind().name().toLowerCase(Locale.ROOT).replace('_', '-')
        : "unreachable";
  }
}
