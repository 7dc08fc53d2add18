package dev.freshet.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Compares an answer with the model. A projection answer must be the key's answer at the version it
 * names; an answer from MySQL must be one that MySQL had while the request ran.
 */
final class Judge {
  /** Above this many entries the reader says "1000+". */
  private static final int TOTAL_CAP = 1000;

  private final SourceModel model;
  private final Tally tally;

  Judge(SourceModel model, Tally tally) {
    this.model = model;
    this.tally = tally;
  }

  /** Whether the model already knows everything this answer may show. */
  boolean ripe(Observation seen) {
    return seen.answer().fromProjection()
        ? seen.answer().version() <= model.recorded()
        : seen.answered() <= model.settled();
  }

  /** Counts a ripe answer as right or wrong. */
  void judge(Observation seen) {
    Answer answer = seen.answer();
    History history = model.history(seen.key());
    tally.checked(answer.fromProjection());
    if (answer.fromProjection()) {
      if (answer.version() < seen.floor()) {
        tally.wentBack(
            "key %s from %s to %s"
                .formatted(
                    seen.key(),
                    BinlogPlace.print(seen.floor()),
                    BinlogPlace.print(answer.version())));
      }
      List<Entry> expected = history.at(answer.version()).answer();
      String difference = difference(seen, expected);
      if (difference != null) {
        countRows(rest(seen, expected), answer.items());
        tally.wrong(
            "key %s at %s: %s"
                .formatted(seen.key(), BinlogPlace.print(answer.version()), difference));
      }
      return;
    }
    List<History.State> shown = history.shownBetween(seen.asked(), seen.answered());
    Predicate<History.State> equal = state -> difference(seen, state.answer()) == null;
    if (shown.stream().noneMatch(equal)) {
      tally.wrong(
          "key %s from MySQL: none of %d states; against the last: %s"
              .formatted(
                  seen.key(),
                  shown.size(),
                  difference(seen, shown.get(shown.size() - 1).answer())));
    }
  }

  /** What is wrong with an answer; null when nothing is. */
  static String difference(Observation seen, List<Entry> whole) {
    List<Entry> rest = rest(seen, whole);
    List<Entry> page = rest.subList(0, Math.min(seen.limit(), rest.size()));
    Answer answer = seen.answer();
    if (!page.equals(answer.items())) {
      return "expected " + firstDifference(page, answer.items());
    }
    boolean more = rest.size() > page.size();
    if (more != (answer.nextCursor() != null)) {
      return "next_cursor is " + answer.nextCursor() + " with " + rest.size() + " entries left";
    }
    String total = whole.size() > TOTAL_CAP ? TOTAL_CAP + "+" : String.valueOf(whole.size());
    if (!total.equals(answer.total())) {
      return "total is " + answer.total() + ", not " + total;
    }
    return null;
  }

  /** What the page asked for and all behind it hold. */
  private static List<Entry> rest(Observation seen, List<Entry> whole) {
    return seen.after() == null
        ? whole
        : whole.stream().filter(entry -> entry.compareTo(seen.after()) > 0).toList();
  }

  /** How many rows of a wrong answer are missing, or show no name where there is one. */
  private void countRows(List<Entry> expected, List<Entry> actual) {
    Map<Long, Entry> shown = new HashMap<>();
    actual.forEach(entry -> shown.put(entry.conversation(), entry));
    Entry last = actual.isEmpty() ? null : actual.get(actual.size() - 1);
    for (Entry entry : expected) {
      Entry got = shown.get(entry.conversation());
      boolean onThePage = last == null || entry.compareTo(last) <= 0;
      if (got == null && onThePage) {
        tally.rowMissing();
      } else if (got != null && got.name() == null && entry.name() != null) {
        tally.nameMissing();
      }
    }
  }

  private static String firstDifference(List<Entry> expected, List<Entry> actual) {
    for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
      Entry wanted = i < expected.size() ? expected.get(i) : null;
      Entry got = i < actual.size() ? actual.get(i) : null;
      if (!Objects.equals(wanted, got)) {
        return "%s at place %d of %d, got %s of %d"
            .formatted(wanted, i, expected.size(), got, actual.size());
      }
    }
    return "nothing";
  }
}
