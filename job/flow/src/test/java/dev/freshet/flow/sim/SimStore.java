package dev.freshet.flow.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.write.EntriesToDelete;
import dev.freshet.flow.write.KeyStates;
import dev.freshet.flow.write.WriteBuffer;
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

  /** How many flushes were committed of each group. */
  private final long[] commits = new long[GROUPS];

  private final boolean[] hidden = new boolean[GROUPS];
  private final long[] rebuilt = new long[GROUPS];
  private boolean rebuildWanted;
  private Saved saved;
  int timesBack;
  int rebuilds;
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
    Arrays.fill(progress, WriteBuffer.NOTHING);
  }

  /** What the store held at an earlier moment. */
  private record Saved(
      Map<Key, Map<Long, String>> keys,
      Map<Key, Reason> invalid,
      Set<Key> populated,
      boolean[] viewInvalid,
      long[] progress,
      long[] commits,
      boolean[] hidden,
      long[] rebuilt,
      boolean rebuildWanted,
      Map<Key, Long> tainted) {}

  /** Keeps what is here, so that the store may go back to it. */
  void save() {
    Map<Key, Map<Long, String>> copy = new TreeMap<>();
    keys.forEach((key, entries) -> copy.put(key, new TreeMap<>(entries)));
    saved =
        new Saved(
            copy,
            new TreeMap<>(invalid),
            new TreeSet<>(populated),
            viewInvalid.clone(),
            progress.clone(),
            commits.clone(),
            hidden.clone(),
            rebuilt.clone(),
            rebuildWanted,
            new TreeMap<>(tainted));
  }

  /** All commits since are lost; without any that was kept nothing happens. */
  void goBack() {
    if (saved == null) {
      return;
    }
    timesBack++;
    keys.clear();
    saved.keys().forEach((key, entries) -> keys.put(key, new TreeMap<>(entries)));
    invalid.clear();
    invalid.putAll(saved.invalid());
    populated.clear();
    populated.addAll(saved.populated());
    System.arraycopy(saved.viewInvalid(), 0, viewInvalid, 0, GROUPS);
    System.arraycopy(saved.progress(), 0, progress, 0, GROUPS);
    System.arraycopy(saved.commits(), 0, commits, 0, GROUPS);
    System.arraycopy(saved.hidden(), 0, hidden, 0, GROUPS);
    System.arraycopy(saved.rebuilt(), 0, rebuilt, 0, GROUPS);
    rebuildWanted = saved.rebuildWanted();
    saved.tainted().forEach(this::taint);
  }

  /** The store is no longer as a writer left it; nothing was written. */
  static final class WentBack extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /**
   * A writer takes groups over.
   *
   * @param durable by group how many commits the store must have
   * @return by group how many it has from now on
   */
  long[] fence(IntPredicate range, long[] durable) {
    boolean lost = false;
    boolean wasHidden = false;
    long most = 0;
    for (int group = 0; group < GROUPS; group++) {
      if (range.test(group)) {
        lost |= commits[group] < durable[group];
        wasHidden |= hidden[group];
        most = Math.max(most, Math.max(commits[group], durable[group]));
      }
    }
    for (int group = 0; group < GROUPS; group++) {
      if (range.test(group)) {
        commits[group] = most + 1;
        hidden[group] |= lost;
      }
    }
    rebuildWanted |= lost || wasHidden;
    return commits.clone();
  }

  boolean isHidden(int group) {
    return hidden[group];
  }

  /** Whether a rebuild was asked for and is not done. */
  boolean isRebuildWanted() {
    return rebuildWanted;
  }

  /** Somebody asks for a rebuild. */
  void wantRebuild() {
    rebuildWanted = true;
  }

  /** As capture does: what is done is wanted no longer. */
  boolean isRebuilt(long version) {
    boolean done = Arrays.stream(rebuilt).allMatch(each -> each == version) && !isAnyHidden();
    if (done) {
      rebuildWanted = false;
      rebuilds++;
    }
    return done;
  }

  private boolean isAnyHidden() {
    for (boolean each : hidden) {
      if (each) {
        return true;
      }
    }
    return false;
  }

  /** Removes everything of some groups, which are not served from now on. */
  void clear(IntPredicate range) {
    keys.keySet().removeIf(key -> range.test(group(key)));
    invalid.keySet().removeIf(key -> range.test(group(key)));
    populated.removeIf(key -> range.test(group(key)));
    for (int group = 0; group < GROUPS; group++) {
      hidden[group] |= range.test(group);
    }
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
      Collection<EntriesToDelete> entriesToDelete,
      Map<Key, Long> rewritten,
      Set<Key> absent,
      long version,
      long[] expected,
      boolean hide,
      long rebuild) {
    for (int group = 0; group < GROUPS; group++) {
      if (range.test(group) && commits[group] != expected[group]) {
        throw new WentBack();
      }
    }
    keys.keySet().removeIf(k -> clear.test(group(k)));
    keys.keySet().removeAll(rewritten.keySet());
    keys.keySet().removeAll(absent);
    invalid.keySet().removeAll(absent);
    populated.removeAll(absent);
    for (EntriesToDelete gone : entriesToDelete) {
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
        expected[group]++;
        commits[group] = expected[group];
        hidden[group] = hide;
        rebuilt[group] = rebuild == 0 ? rebuilt[group] : rebuild;
        viewInvalid[group] = wholeView;
      }
    }
    flushes++;
    repaired += rewritten.size();
    rewritten.forEach(
        (key, done) -> tainted.computeIfPresent(key, (k, at) -> done > at ? null : at));
    if (!hide) {
      compare(range, wholeView, version);
    }
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
    taint(key, WriteBuffer.NOTHING);
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
