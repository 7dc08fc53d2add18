package dev.freshet.reader.answer;

import java.util.ArrayList;
import java.util.List;

/** A store of which nothing is served that is older than what was read of it before. */
public final class SteadyStore implements Store {
  private final Store store;
  private final HighestProgress highest;

  /**
   * Over a store.
   *
   * @param highest may be that of several
   */
  public SteadyStore(Store store, HighestProgress highest) {
    this.store = store;
    this.highest = highest;
  }

  @Override
  public Reading read(Question question) throws Unavailable {
    return read(List.of(question)).get(0);
  }

  @Override
  public List<Reading> read(List<Question> questions) throws Unavailable {
    // Read before the store is: what another thread sees meanwhile may be newer than this.
    long[] before = questions.stream().mapToLong(highest::of).toArray();
    List<Reading> readings = new ArrayList<>();
    for (Reading reading : store.read(questions)) {
      int place = readings.size();
      readings.add(
          reading.with(
              reading
                  .progress()
                  .map(read -> highest.see(questions.get(place), read, before[place]))));
    }
    return readings;
  }
}
