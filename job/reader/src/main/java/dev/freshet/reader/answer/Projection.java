package dev.freshet.reader.answer;

import dev.freshet.store.Servability;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Looks at the projection and never at MySQL. Safe for many threads. */
public final class Projection {
  private final Store store;
  private final PopulateRequests demand;
  private final InstantSource clock;

  public Projection(Store store, PopulateRequests demand, InstantSource clock) {
    this.store = store;
    this.demand = demand;
    this.clock = clock;
  }

  /**
   * Looks at keys of one view, in one round trip.
   *
   * @param questions one at least
   * @return in their order
   * @throws Store.Unavailable when the store does not answer all of them in time, or not at all
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
      demand.found(question, servability, looked);
      sights.add(
          servability instanceof Servability.Served served
              ? new Sight.Vouched(Answer.ofProjection(question, served, now, reading.page()))
              : new Sight.Doubted((Servability.NotServed) servability));
    }
    return sights;
  }
}
