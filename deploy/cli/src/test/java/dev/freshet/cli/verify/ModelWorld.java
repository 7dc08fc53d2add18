package dev.freshet.cli.verify;

import dev.freshet.view.Key;
import dev.freshet.view.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * A source whose binlog is ahead of what its snapshots show, and a store of two ranges that follow
 * it at their own pace. Time passes, by chance, whenever somebody asks.
 */
final class ModelWorld implements Projection, Source {
  static final String INVALID = "handling-failed";

  private final Random random;
  private final Write write;
  private final int busy;
  private final List<Map<Key, Map<Key, Row>>> history = new ArrayList<>();
  private final int[] progress = new int[2];
  private final Map<Key, Map<Key, Optional<Row>>> corrupt = new HashMap<>();
  private final Set<Key> invalid;
  private int committed;
  private boolean stalled;
  private int rounds;

  /** A transaction. */
  interface Write {
    void apply(Map<Key, Map<Key, Row>> rows, Random random);
  }

  /**
   * A world that nothing has happened in.
   *
   * @param keys that have no rows at first
   * @param busy most transactions between two questions
   * @param invalid keys that the projection does not vouch for
   */
  ModelWorld(Collection<Key> keys, Write write, int busy, Set<Key> invalid, long seed) {
    this.random = new Random(seed);
    this.write = write;
    this.busy = busy;
    this.invalid = invalid;
    Map<Key, Map<Key, Row>> empty = new HashMap<>();
    keys.forEach(key -> empty.put(key, new HashMap<>()));
    history.add(empty);
  }

  /** Lets transactions happen, all of which are in the store then. */
  void pass(int transactions) {
    for (int i = 0; i < transactions; i++) {
      commit();
    }
    committed = newest();
    progress[0] = newest();
    progress[1] = newest();
  }

  /** From now on the store has something else of an entry, or nothing. */
  void corrupt(Key key, Key entry, Optional<Row> row) {
    corrupt.computeIfAbsent(key, any -> new HashMap<>()).put(entry, row);
  }

  void mend() {
    corrupt.clear();
  }

  /** From now on the store stands still. */
  void stall() {
    stalled = true;
  }

  /** What MySQL has of an entry now. */
  Optional<Row> row(Key key, Key entry) {
    return Optional.ofNullable(history.get(newest()).get(key).get(entry));
  }

  /** How many snapshots were taken. */
  int rounds() {
    return rounds;
  }

  private int newest() {
    return history.size() - 1;
  }

  private void commit() {
    Map<Key, Map<Key, Row>> next = new HashMap<>();
    history.get(newest()).forEach((key, rows) -> next.put(key, new HashMap<>(rows)));
    write.apply(next, random);
    history.add(next);
  }

  private void time() {
    for (int i = random.nextInt(busy + 1); i > 0; i--) {
      commit();
    }
    committed = between(Math.max(committed, newest() - 2), newest());
    for (int range = 0; range < 2 && !stalled; range++) {
      progress[range] = between(progress[range], newest());
    }
  }

  private int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  private static int range(Key key) {
    return (int) (key.firstLong() % 2);
  }

  private static long position(int transaction) {
    return Version.of(0, 1, 100L + transaction);
  }

  @Override
  public Map<Key, Stored> read(Collection<Key> keys) {
    time();
    return stored(keys);
  }

  private Map<Key, Stored> stored(Collection<Key> keys) {
    Map<Key, Stored> stored = new LinkedHashMap<>();
    for (Key key : keys) {
      int reached = progress[range(key)];
      Map<Key, Row> rows = new HashMap<>(history.get(reached).get(key));
      corrupt
          .getOrDefault(key, Map.of())
          .forEach(
              (entry, row) ->
                  row.ifPresentOrElse(it -> rows.put(entry, it), () -> rows.remove(entry)));
      stored.put(
          key,
          invalid.contains(key)
              ? new NotServed(INVALID)
              : new Served(position(reached), "1-" + reached, rows));
    }
    return stored;
  }

  @Override
  public Optional<Snapshot> read(Collection<Key> keys, Set<String> gtids) {
    rounds++;
    time();
    for (String set : gtids) {
      committed = Math.max(committed, Integer.parseInt(set.substring(2)));
    }
    Map<Key, Map<Key, Row>> seen = history.get(committed);
    time();
    Map<Key, Map<Key, Row>> answers = new HashMap<>();
    keys.forEach(key -> answers.put(key, seen.get(key)));
    return Optional.of(new Snapshot(answers, Map.of(), position(newest())));
  }

  @Override
  public Optional<Map<Key, Stored>> readAt(Collection<Key> keys, long position) {
    time();
    if (stalled) {
      return Optional.empty();
    }
    int wanted = (int) (Version.position(position) - 100);
    for (int range = 0; range < 2; range++) {
      progress[range] = Math.max(progress[range], wanted);
    }
    time();
    return Optional.of(stored(keys));
  }
}
