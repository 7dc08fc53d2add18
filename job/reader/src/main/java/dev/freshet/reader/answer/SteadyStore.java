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
    long[] before = before(questions);
    return steady(questions, store.read(questions), before);
  }

  @Override
  public List<Reading> read(List<Question> questions, Meter meter) throws Unavailable, Unanswered {
    long[] before = before(questions);
    return steady(questions, store.read(questions, meter), before);
  }

  /**
   * Returns the highest version seen of each question's key group. Must be called before the store
   * is read, because another thread may see newer progress during the read.
   */
  private long[] before(List<Question> questions) {
    return questions.stream().mapToLong(highest::of).toArray();
  }

  private List<Reading> steady(List<Question> questions, List<Reading> read, long[] before) {
    List<Reading> readings = new ArrayList<>();
    for (Reading reading : read) {
      int index = readings.size();
      readings.add(
          reading.with(
              reading
                  .progress()
                  .map(seen -> highest.see(questions.get(index), seen, before[index]))));
    }
    return readings;
  }
}
