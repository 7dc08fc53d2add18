package dev.freshet.reader.answer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/**
 * Asks many questions with a limit on the number of concurrent questions. When the caller has
 * disconnected, the remaining questions fail without being asked.
 */
final class Batch {
  private final List<Question> questions;
  private final Function<Question, CompletableFuture<Answer>> ask;
  private final AtomicReferenceArray<Outcome> outcomes;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger missing;
  private final CompletableFuture<List<Outcome>> all = new CompletableFuture<>();
  private volatile Optional<Unanswered> abandoned = Optional.empty();

  private Batch(List<Question> questions, Function<Question, CompletableFuture<Answer>> ask) {
    this.questions = questions;
    this.ask = ask;
    this.outcomes = new AtomicReferenceArray<>(questions.size());
    this.missing = new AtomicInteger(questions.size());
  }

  /**
   * Asks the questions.
   *
   * @param lanes the maximum number of questions that wait for an answer at the same time
   * @return the outcomes in the order of the questions; fails if a question fails with another
   *     exception than {@link Unanswered}
   */
  static CompletableFuture<List<Outcome>> of(
      List<Question> questions, int lanes, Function<Question, CompletableFuture<Answer>> ask) {
    if (questions.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    Batch batch = new Batch(questions, ask);
    for (int i = 0; i < lanes; i++) {
      batch.goOn();
    }
    return batch.all;
  }

  /**
   * Runs one lane: asks questions until an answer is not complete yet, and continues when it is.
   */
  private void goOn() {
    for (int i = next.getAndIncrement(); i < questions.size(); i = next.getAndIncrement()) {
      CompletableFuture<Answer> asked = abandoned.isPresent() ? left() : ask(questions.get(i));
      int mine = i;
      if (asked.isDone()) {
        take(mine, asked);
      } else {
        var unused =
            asked.whenComplete(
                (answer, why) -> {
                  take(mine, asked);
                  goOn();
                });
        return;
      }
    }
  }

  private CompletableFuture<Answer> left() {
    return CompletableFuture.failedFuture(abandoned.orElseThrow());
  }

  private CompletableFuture<Answer> ask(Question question) {
    try {
      return ask.apply(question);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void take(int index, CompletableFuture<Answer> asked) {
    var unused =
        asked.handle(
            (answer, why) -> {
              Optional<Unanswered> unanswered = Unanswered.behind(why);
              if (why != null && unanswered.isEmpty()) {
                return all.completeExceptionally(why);
              }
              if (unanswered.filter(u -> u.kind() == Unanswered.Kind.ABANDONED).isPresent()) {
                abandoned = unanswered;
              }
              outcomes.set(
                  index,
                  why == null
                      ? new Outcome.Answered(answer)
                      : new Outcome.Failed(questions.get(index), unanswered.get()));
              return missing.decrementAndGet() == 0 && all.complete(outcomes());
            });
  }

  private List<Outcome> outcomes() {
    Outcome[] list = new Outcome[questions.size()];
    for (int i = 0; i < list.length; i++) {
      list[i] = outcomes.get(i);
    }
    return List.of(list);
  }
}
