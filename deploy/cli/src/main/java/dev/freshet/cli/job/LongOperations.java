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

/** Runs long operations and prints every two seconds which one is running. */
final class LongOperations {
  private static final long AGAIN_SECONDS = 2;
  private static final long POLL_NANOS = 100_000_000;

  private final Consumer<String> out;

  LongOperations(Consumer<String> out) {
    this.out = out;
  }

  void say(String line) {
    out.accept(line);
  }

  /**
   * Polls until there is a result.
   *
   * @throws Failure if there is none before the deadline
   */
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
        throw new Failure(what + ": not complete after " + seconds + " s; see Flink's web page");
      }
      if (seconds >= next) {
        say(what + " …");
        next = seconds + AGAIN_SECONDS;
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  /**
   * Runs work in another thread and waits for it, printing every two seconds what runs.
   *
   * @param what the work, for the user
   * @return its result
   * @throws RuntimeException the exception of the work
   */
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
