package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;
import dev.freshet.store.Servability;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Answers questions from the projection only, never from MySQL. Thread-safe. */
public final class Projection {
  private final Store store;
  private final PopulateRequests populateRequests;
  private final InstantSource clock;

  public Projection(Store store, PopulateRequests populateRequests, InstantSource clock) {
    this.store = store;
    this.populateRequests = populateRequests;
    this.clock = clock;
  }

  /**
   * Reads keys of one view in one round trip. Reports each key that it finds or misses to {@link
   * PopulateRequests}. A question whose values Postgres cannot hold is doubted without a read.
   *
   * @param questions at least one question
   * @return the results in the order of the questions
   * @throws Store.Unavailable if the store does not answer all questions in time
   */
  public List<Sight> look(List<Question> questions) throws Store.Unavailable {
    List<Question> ofTheStore = questions.stream().filter(Question::isOfTheStore).toList();
    long looked = System.nanoTime();
    List<Store.Reading> readings = ofTheStore.isEmpty() ? List.of() : store.read(ofTheStore);
    var now = clock.instant();
    List<Sight> sights = new ArrayList<>();
    int next = 0;
    for (Question question : questions) {
      if (!question.isOfTheStore()) {
        sights.add(new Sight.Doubted(Servability.UNSTORABLE_KEY));
        continue;
      }
      Store.Reading reading = readings.get(next++);
      Duration freshness = question.view().plan().freshness();
      Servability servability = reading.servability(freshness, now);
      populateRequests.found(question, servability, looked, Principal.STREAMS);
      sights.add(
          servability instanceof Servability.Served served
              ? new Sight.Vouched(Answer.ofProjection(question, served, now, reading.page()))
              : new Sight.Doubted((Servability.NotServed) servability));
    }
    return sights;
  }
}
