package dev.freshet.flow.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.store.EntriesToGo;
import dev.freshet.flow.store.KeyStates;
import dev.freshet.flow.store.Pending;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.Reason;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;

/** The store, as readers see it: every flush is compared with the model at the flush's version. */
final class SimStore {
  static final int GROUPS = 8;

  private final Map<Key, Map<Long, String>> keys = new TreeMap<>();
  private final Map<Key, Reason> invalid = new TreeMap<>();

  /** The keys that a store of a view populated on read has. */
  private final Set<Key> populated = new TreeSet<>();

  private final boolean[] viewInvalid = new boolean[GROUPS];
  private final long[] progress = new long[GROUPS];
  private final History history;
  private final Function<Long, Key> viewKey;
  private final Map<Key, Long> tainted = new TreeMap<>();
  int flushes;
  int repaired;
  int invalidKeysSeen;
  int populatedKeysSeen;

  SimStore(History history, Function<Long, Key> viewKey) {
    this.history = history;
    this.viewKey = viewKey;
    Arrays.fill(progress, Pending.NOTHING);
  }

  long progress(int group) {
    return progress[group];
  }

  long[] progressValues() {
    return Arrays.stream(progress).distinct().sorted().toArray();
  }

  /** Why keys of some groups are not valid. */
  Map<Key, Reason> invalid(IntPredicate range) {
    return invalid.entrySet().stream()
        .filter(entry -> range.test(group(entry.getKey())))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /** The keys of some groups that are populated on read. */
  Set<Key> populated(IntPredicate range) {
    return populated.stream().filter(key -> range.test(group(key))).collect(Collectors.toSet());
  }

  void flush(
      IntPredicate range,
      IntPredicate clear,
      Collection<EntryChange> changes,
      Collection<KeyStates.Change> states,
      boolean wholeView,
      Collection<EntriesToGo> entriesToGo,
      Map<Key, Long> rewritten,
      Set<Key> absent,
      long version) {
    keys.keySet().removeIf(k -> clear.test(group(k)));
    keys.keySet().removeAll(rewritten.keySet());
    keys.keySet().removeAll(absent);
    invalid.keySet().removeAll(absent);
    populated.removeAll(absent);
    for (EntriesToGo gone : entriesToGo) {
      keys.forEach(
          (key, entries) -> {
            if (group(key) >= gone.first() && group(key) <= gone.last()) {
              entries.remove((Long) gone.row().values()[1]);
            }
          });
    }
    for (EntryChange change : changes) {
      assertThat(range.test(group(change.key()))).isTrue();
      Map<Long, String> entries = keys.computeIfAbsent(change.key(), k -> new TreeMap<>());
      Long id = (Long) change.entry().values()[0];
      if (change.present() && change.poison() == null) {
        entries.put(id, Arrays.toString(change.values()));
      } else {
        entries.remove(id);
      }
    }
    for (KeyStates.Change state : states) {
      if (isOnRead()) {
        populated.add(state.key());
      }
      if (state.reason() == null) {
        invalid.remove(state.key());
      } else {
        invalid.put(state.key(), state.reason());
      }
    }
    for (int group = 0; group < GROUPS; group++) {
      if (range.test(group)) {
        assertThat(version)
            .as("progress of group %d", group)
            .isGreaterThanOrEqualTo(progress[group]);
        progress[group] = version;
        viewInvalid[group] = wholeView;
      }
    }
    flushes++;
    repaired += rewritten.size();
    rewritten.forEach(
        (key, done) -> tainted.computeIfPresent(key, (k, at) -> done > at ? null : at));
    compare(range, wholeView, version);
  }

  /** The root rows shown under keys; null as long as not everything up to a version is here. */
  Set<Long> roots(Collection<Key> of, long version) {
    if (Arrays.stream(progress).anyMatch(reached -> reached < version)) {
      return null;
    }
    Set<Long> ids = new TreeSet<>();
    of.forEach(key -> ids.addAll(keys.getOrDefault(key, Map.of()).keySet()));
    return ids;
  }

  /** Somebody changes, removes, or adds an entry of a key; it is compared again once repaired. */
  void corrupt(Key key, Random random) {
    taint(key, Pending.NOTHING);
    Map<Long, String> entries = keys.computeIfAbsent(key, k -> new TreeMap<>());
    long id = random.nextInt(6);
    if (random.nextBoolean()) {
      entries.remove(id);
    } else {
      entries.put(id, "corrupted");
    }
  }

  /** A key is not compared before it is repaired at a version beyond this one. */
  void taint(Key key, long version) {
    tainted.merge(key, version, Math::max);
  }

  private void compare(IntPredicate range, boolean wholeView, long version) {
    Tables truth = history.at(version);
    Tables.Touched touched = truth.touched();
    if (wholeView) {
      assertThat(touched.all()).as("a row cannot be placed at %d", version).isTrue();
      return;
    }
    Map<Key, Map<Long, String>> expected = new TreeMap<>();
    truth.answer().forEach((key, entries) -> expected.put(viewKey.apply(key), entries));
    Set<Key> left = new TreeSet<>(invalid.keySet());
    left.addAll(tainted.keySet());
    expected.keySet().removeIf(k -> !range.test(group(k)) || left.contains(k));
    Map<Key, Map<Long, String>> actual = new TreeMap<>(keys);
    actual.keySet().removeIf(k -> !range.test(group(k)) || left.contains(k));
    actual.values().removeIf(Map::isEmpty);
    if (isOnRead()) {
      expected.keySet().retainAll(populated);
      populatedKeysSeen += expected.size();
    }
    assertThat(actual).as("the valid keys at version %d", version).isEqualTo(expected);
    for (Key key : invalid.keySet()) {
      if (range.test(group(key))
          && invalid.get(key) != Reason.INVALIDATED
          && !tainted.containsKey(key)) {
        invalidKeysSeen++;
        assertThat(touched.keys().stream().map(viewKey))
            .as("the keys that poison touches at version %d", version)
            .contains(key);
      }
    }
  }

  private boolean isOnRead() {
    return history.view.options().onRead();
  }

  /** At the end. */
  void everythingIsValidBut(boolean dead) {
    if (!dead) {
      assertThat(invalid).as("keys that are not valid at the end").isEmpty();
      assertThat(viewInvalid).as("groups whose view is not valid at the end").containsOnly(false);
    }
  }

  static int group(Key key) {
    return KeyGroups.of(key, GROUPS);
  }
}
