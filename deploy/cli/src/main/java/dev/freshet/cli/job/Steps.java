package dev.freshet.cli.job;

import dev.freshet.cli.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Says what long work is doing, again every two seconds. */
final class Steps {
  private static final long AGAIN_SECONDS = 2;
  private static final long POLL_NANOS = 100_000_000;

  private final Consumer<String> said;

  Steps(Consumer<String> said) {
    this.said = said;
  }

  void say(String line) {
    said.accept(line);
  }

  /** Polls until there is an answer. */
  <T> T await(String what, Duration deadline, Supplier<Optional<T>> poll) {
    long start = System.nanoTime();
    long next = AGAIN_SECONDS;
    while (true) {
      Optional<T> answer = poll.get();
      if (answer.isPresent()) {
        return answer.get();
      }
      long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
      if (seconds >= deadline.toSeconds()) {
        throw new Failure(what + ": not done after " + seconds + " s; look at Flink's page");
      }
      if (seconds >= next) {
        say(what + " …");
        next = seconds + AGAIN_SECONDS;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /** Runs work that says nothing itself. */
  <T> T run(String what, Supplier<T> work) {
    CompletableFuture<T> result = CompletableFuture.supplyAsync(work);
    while (true) {
      try {
        return result.get(AGAIN_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        say(what + " …");
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new Failure(what + ": " + Failure.line(e.getCause()), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Failure("Interrupted: " + what, e);
      }
    }
  }
}
