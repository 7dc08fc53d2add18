package dev.freshet.check;

import java.util.ArrayList;
import java.util.List;

/**
 * All expected answers of one key, oldest first, each with the version at which it becomes valid.
 * Thread-safe.
 *
 * <p>A state also has the times when its COMMIT was sent and when it returned. It became visible in
 * MySQL between the two, so an answer without a version can be judged by time.
 */
final class History {
  private final List<State> states = new ArrayList<>();

  /**
   * An expected answer and its beginning.
   *
   * @param version the binlog position at which the transaction that caused it ends, as {@link
   *     BinlogPosition} numbers it; if the connection was lost at its COMMIT, a position after the
   *     previous transaction and at or before its end
   * @param begun the {@link System#nanoTime()} before its COMMIT was sent
   * @param returned the {@link System#nanoTime()} after its COMMIT returned
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
              + BinlogPosition.print(last().version())
              + " to "
              + BinlogPosition.print(state.version()));
    }
    states.add(state);
  }

  /** Returns the newest state. */
  synchronized State last() {
    return states.get(states.size() - 1);
  }

  /** Returns the state after exactly the transactions that end at or before a position. */
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

  /** Returns all states that a MySQL query between two times may have seen. */
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
