package dev.freshet.check;

import java.util.ArrayList;
import java.util.List;

/**
 * All answers one key ever had, oldest first, each from the version on that made it. Thread-safe.
 *
 * <p>Beside the version, a state keeps when its COMMIT was sent and when it returned: somewhere
 * between the two it became visible in MySQL, so an answer without a version can be judged by the
 * clock.
 */
final class History {
  private final List<State> states = new ArrayList<>();

  /**
   * An answer and where it began.
   *
   * @param version the place where the transaction that made it ends
   * @param begun {@link System#nanoTime()} before its COMMIT was sent
   * @param returned the same after it returned
   */
  record State(long version, long begun, long returned, List<Entry> answer) {
    State {
      answer = List.copyOf(answer);
    }
  }

  History(List<Entry> first) {
    states.add(new State(Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE, first));
  }

  synchronized void append(State state) {
    if (state.version() <= last().version()) {
      throw new IllegalStateException(
          "the source went back from "
              + BinlogPlace.print(last().version())
              + " to "
              + BinlogPlace.print(state.version()));
    }
    states.add(state);
  }

  /** The newest state. */
  synchronized State last() {
    return states.get(states.size() - 1);
  }

  /** The state after exactly the transactions that end at or before a place. */
  synchronized State at(long version) {
    int low = 0;
    int high = states.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (states.get(middle).version() <= version) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return states.get(low);
  }

  /** Every state that MySQL may have shown to a query that ran between two times. */
  synchronized List<State> shownBetween(long from, long to) {
    List<State> shown = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      boolean begun = states.get(i).begun() <= to;
      boolean stood = i + 1 == states.size() || states.get(i + 1).returned() >= from;
      if (begun && stood) {
        shown.add(states.get(i));
      }
    }
    return shown;
  }
}
