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
 * Sends requests until one is answered. An attempt without a connection, and one that was told to
 * come again (503, 429), is followed by another, after what {@code Retry-After} said or a pause
 * that grows, until deadline or retries are used up. All that a reader can be asked may be asked
 * twice.
 *
 * <p>Safe for many threads; the caller's waits.
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

  /** Makes of an answer's JSON what the caller gets. */
  interface Form<T> {
    T of(JsonNode json) throws IOException;
  }

  /** An attempt that another may follow. */
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
   * Calls.
   *
   * @param request made anew for each attempt
   * @throws ProblemException what the reader said last
   * @throws UnreachableException when nothing came, or nothing of a reader's
   */
  <T> T call(String operation, Supplier<HttpRequest.Builder> request, Form<T> form)
      throws InterruptedException {
    long begun = System.nanoTime();
    Deque<ProblemException> said = new ArrayDeque<>();
    String outcome = "ok";
    try {
      return policy(operation).get(() -> attempt(request.get(), form, begun, said));
    } catch (FailsafeException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        outcome = "interrupted";
        throw interrupted;
      }
      if (!(e.getCause() instanceof Again again)) {
        outcome = "defect";
        throw e;
      }
      // The last attempt may have had no time left; what the reader said before tells more.
      FreshetException why = said.isEmpty() ? again.why : said.getLast();
      outcome = outcomeOf(why);
      throw why;
    } catch (FreshetException e) {
      outcome = outcomeOf(e);
      throw e;
    } finally {
      figures.called(operation, outcome, Duration.ofNanos(System.nanoTime() - begun));
    }
  }

  private FailsafeExecutor<Object> policy(String operation) {
    return Failsafe.with(
        RetryPolicy.builder()
            .handle(Again.class)
            .withBackoff(config.firstPause(), config.longestPause())
            .withJitter(JITTER)
            .withDelayFnOn(context -> pause(context.getLastException()), Again.class)
            .withMaxRetries(config.retries())
            .withMaxDuration(config.deadline())
            .onRetry(event -> figures.retried(operation))
            .build());
  }

  /** Never shorter than what was said, whatever chance does; negative where nothing was. */
  private static Duration pause(Throwable failure) {
    return ((Again) failure)
        .after
        .map(said -> Duration.ofMillis((long) Math.ceil(said.toMillis() / (1 - JITTER))))
        .orElse(Duration.ofNanos(-1));
  }

  private <T> T attempt(
      HttpRequest.Builder request, Form<T> form, long begun, Deque<ProblemException> said)
      throws Again, InterruptedException {
    long rest = config.deadline().toNanos() - (System.nanoTime() - begun);
    long timeout = Math.max(1_000_000, Math.min(rest, config.requestTimeout().toNanos()));
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
      Problem problem = Json.problem(response.statusCode(), response.body());
      ProblemException why = new ProblemException(problem);
      if (problem.mayPass()) {
        said.add(why);
        throw new Again(why, RetryAfter.of(response.headers()));
      }
      throw why;
    }
    try {
      return form.of(Json.read(response.body()));
    } catch (IOException e) {
      throw new UnreachableException(
          "%s: what answered is no reader; look at the URL".formatted(made.uri().getPath()), e);
    }
  }

  private static String outcomeOf(FreshetException e) {
    return e instanceof ProblemException problem
        ? problem.problem().kind().name().toLowerCase(Locale.ROOT).replace('_', '-')
        : "unreachable";
  }
}
