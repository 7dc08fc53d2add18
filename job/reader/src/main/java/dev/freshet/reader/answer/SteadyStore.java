package dev.freshet.reader.answer;

import java.util.ArrayList;
import java.util.List;

/** A store that hides data older than what was read from it before. */
public final class SteadyStore implements Store {
  private final Store store;
  private final HighestProgress highest;

  /**
   * Wraps a store.
   *
   * @param highest the highest progress; may be shared by several stores
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
    // Taken before the store is read, because another thread may see newer progress meanwhile.
    long[] before = questions.stream().mapToLong(highest::of).toArray();
    List<Reading> readings = new ArrayList<>();
    for (Reading reading : store.read(questions)) {
      int index = readings.size();
      readings.add(
          reading.with(
              reading
                  .progress()
                  .map(read -> highest.see(questions.get(index), read, before[index]))));
    }
    return readings;
  }
}
