package dev.freshet.reader.answer;

import dev.freshet.reader.answer.Answer.Source;
import dev.freshet.reader.answer.Verdict.Doubted;
import dev.freshet.reader.answer.Verdict.Vouched;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Answers from the projection when it can vouch for its answer, else from MySQL.
 *
 * <p>A projection's answer is complete up to its version and was confirmed by MySQL no longer ago
 * than the view's FRESHNESS, measured by this reader's clock. MySQL's answer is current as of the
 * moment its query was sent, has no version, and tells why MySQL was asked. Fallbacks pass a {@link
 * Gate}, those who ask the same at once share one; who is turned away is {@link Unanswered}.
 *
 * <p>A key that is not in the store is asked for, so that the next answer may come from there.
 *
 * <p>Where the answer must show a write, the projection is waited for as long as the question says;
 * then MySQL is asked, which shows it if it is the server that was written to.
 */
public final class Answerer {
  private final Store store;
  private final Arrivals arrivals;
  private final Fallbacks fallbacks;
  private final Demand demand;
  private final InstantSource clock;

  public Answerer(
      Store store,
      Arrivals arrivals,
      Origin origin,
      Gate gate,
      Demand demand,
      InstantSource clock) {
    this.store = store;
    this.arrivals = arrivals;
    this.demand = demand;
    this.fallbacks = new Fallbacks(origin, gate, clock);
    this.clock = clock;
  }

  /**
   * Answers.
   *
   * @throws Unanswered when neither database gave an answer
   */
  public Answer answer(Question question) throws Unanswered {
    if (!question.isOfTheStore()) {
      return fromMysql(question, Verdict.NOT_OF_THE_STORE);
    }
    try {
      return answer(question, store.read(question));
    } catch (Store.Unavailable e) {
      return fromMysql(question, Verdict.STORE_UNAVAILABLE);
    }
  }

  /**
   * Answers many questions to one view: the store is asked for all of them at once, MySQL for one
   * after the other of those that are left.
   *
   * @return in the order of the questions
   */
  public List<Outcome> answer(List<Question> questions) {
    List<Question> ofTheStore = questions.stream().filter(Question::isOfTheStore).toList();
    Map<Question, Store.Reading> readings = new HashMap<>();
    try {
      List<Store.Reading> read = ofTheStore.isEmpty() ? List.of() : store.read(ofTheStore);
      for (int i = 0; i < read.size(); i++) {
        readings.put(ofTheStore.get(i), read.get(i));
      }
    } catch (Store.Unavailable e) {
      // Each is answered by MySQL for that reason.
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Question question : questions) {
      try {
        Store.Reading reading = readings.get(question);
        Answer answer;
        if (reading != null) {
          answer = answer(question, reading);
        } else if (question.isOfTheStore()) {
          answer = fromMysql(question, Verdict.STORE_UNAVAILABLE);
        } else {
          answer = fromMysql(question, Verdict.NOT_OF_THE_STORE);
        }
        outcomes.add(new Outcome.Answered(answer));
      } catch (Unanswered e) {
        outcomes.add(new Outcome.Failed(question, e));
      }
    }
    return outcomes;
  }

  private Answer answer(Question question, Store.Reading first) throws Unanswered {
    Store.Reading reading = first;
    Instant now = clock.instant();
    Verdict verdict = verdict(question, reading, now);
    demand.found(question, verdict);
    if (verdict.equals(Verdict.BEHIND)
        && arrivals.await(question, question.written().orElseThrow(), question.patience())) {
      try {
        reading = store.read(question);
      } catch (Store.Unavailable e) {
        return fromMysql(question, Verdict.STORE_UNAVAILABLE);
      }
      now = clock.instant();
      verdict = verdict(question, reading, now);
    }
    if (verdict instanceof Vouched vouched) {
      return Answer.ofProjection(question, vouched, now, reading.page());
    }
    return fromMysql(question, (Doubted) verdict);
  }

  private static Verdict verdict(Question question, Store.Reading reading, Instant now) {
    Verdict verdict = Verdict.of(reading, question.view().plan().freshness(), now);
    boolean shown =
        question.written().isEmpty()
            || reading.progress().isEmpty()
            || question.written().get().isIn(reading.progress().get());
    return verdict instanceof Vouched && !shown ? Verdict.BEHIND : verdict;
  }

  private Answer fromMysql(Question question, Doubted doubt) throws Unanswered {
    Fallbacks.Reading reading = fallbacks.read(question, doubt.reason());
    return new Answer(
        question,
        Source.MYSQL,
        doubt.state(),
        Optional.of(doubt.reason()),
        Optional.empty(),
        reading.sent(),
        Duration.between(reading.sent(), clock.instant()),
        reading.page());
  }
}
