package dev.freshet.flow.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntPredicate;

/** The store, as readers see it: every flush is compared with the model at the flush's version. */
final class SimStore {
  static final int GROUPS = 8;

  private final Map<Key, Map<Long, String>> keys = new TreeMap<>();
  private final long[] progress = new long[GROUPS];
  private final Function<Long, Map<Long, Map<Long, String>>> model;
  private final Function<Long, Key> viewKey;
  int flushes;

  SimStore(Function<Long, Map<Long, Map<Long, String>>> model, Function<Long, Key> viewKey) {
    this.model = model;
    this.viewKey = viewKey;
    Arrays.fill(progress, -1);
  }

  long progress(int group) {
    return progress[group];
  }

  long[] progressValues() {
    return Arrays.stream(progress).distinct().sorted().toArray();
  }

  void flush(
      IntPredicate range, IntPredicate clear, Collection<EntryChange> changes, long version) {
    keys.keySet().removeIf(k -> clear.test(group(k)));
    for (EntryChange change : changes) {
      assertThat(range.test(group(change.key()))).isTrue();
      Map<Long, String> entries = keys.computeIfAbsent(change.key(), k -> new TreeMap<>());
      Long id = (Long) change.entry().values()[0];
      if (change.present()) {
        entries.put(id, Arrays.toString(change.values()));
      } else {
        entries.remove(id);
      }
    }
    for (int group = 0; group < GROUPS; group++) {
      if (range.test(group)) {
        assertThat(version)
            .as("progress of group %d", group)
            .isGreaterThanOrEqualTo(progress[group]);
        progress[group] = version;
      }
    }
    flushes++;
    compare(range, version);
  }

  private void compare(IntPredicate range, long version) {
    Map<Key, Map<Long, String>> expected = new TreeMap<>();
    model.apply(version).forEach((key, entries) -> expected.put(viewKey.apply(key), entries));
    expected.keySet().removeIf(k -> !range.test(group(k)));
    Map<Key, Map<Long, String>> actual = new TreeMap<>(keys);
    actual.keySet().removeIf(k -> !range.test(group(k)));
    actual.values().removeIf(Map::isEmpty);
    assertThat(actual).as("the store at version %d", version).isEqualTo(expected);
  }

  static int group(Key key) {
    return KeyGroups.of(key, GROUPS);
  }
}
