package dev.freshet.check;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Compares answers with the model. An answer from the projection must equal the key's expected
 * answer at its version. An answer from MySQL must equal a state that MySQL had while the request
 * ran.
 */
final class Judge {
  /** Above this number of entries the reader prints "1000+". */
  private static final int TOTAL_CAP = 1000;

  private final SourceModel model;
  private final Tally tally;

  Judge(SourceModel model, Tally tally) {
    this.model = model;
    this.tally = tally;
  }

  /** Whether the model already has everything that the answer may contain. */
  boolean ripe(Observation seen) {
    return seen.answer().fromProjection()
        ? seen.answer().version() <= model.recorded()
        : seen.answered() <= model.settled();
  }

  /** Judges a {@linkplain #ripe ripe} answer and counts the result. */
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
                    BinlogPosition.print(seen.floor()),
                    BinlogPosition.print(answer.version())));
      }
      List<Entry> expected = history.at(answer.version()).answer();
      String difference = difference(seen, expected);
      if (difference != null) {
        countRows(rest(seen, expected), answer.items());
        tally.wrong(
            "key %s at %s: %s"
                .formatted(seen.key(), BinlogPosition.print(answer.version()), difference));
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

  /** Returns how an answer differs from the expected one; null if it does not. */
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

  /** Returns the entries of the requested page and all following pages. */
  private static List<Entry> rest(Observation seen, List<Entry> whole) {
    return seen.after() == null
        ? whole
        : whole.stream().filter(entry -> entry.compareTo(seen.after()) > 0).toList();
  }

  /** Counts the rows that a wrong answer lacks, or in which a name is missing. */
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
        return "%s at index %d of %d, got %s of %d"
            .formatted(wanted, i, expected.size(), got, actual.size());
      }
    }
    return "nothing";
  }
}
