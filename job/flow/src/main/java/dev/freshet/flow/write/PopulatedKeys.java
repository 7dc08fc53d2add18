package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The keys that a writer maintains in the store: all keys of an eager view, and the requested keys
 * of a view that is populated on read, each with the time of its last read. Changes of other keys
 * are not written: they are ABSENT, and readers query MySQL.
 *
 * <p>A key becomes populated when its repair is complete, and is evicted when it was not read for
 * the view's {@code evictAfter}. After a restore neither happens again at the same version.
 * Therefore {@link #reconcile} keeps only the keys that both the restored state and the store have:
 * the store contains all their rows at its own progress, and the state has received every change
 * since.
 *
 * <p>If a view has more keys than its {@code maxKeys}, keys without entries are evicted first, then
 * those that were read longest ago. Whoever asks for many keys that do not exist evicts no others.
 * A restored key counts as one with entries.
 *
 * <p>Keeps all populated keys in memory. Not thread-safe.
 */
public final class PopulatedKeys {
  private final JobPlan plan;

  /** For each view the keys with their last read, the least recently read key first. */
  private final Map<Integer, Map<Key, Long>> readAt = new HashMap<>();

  /** For each view the keys that had no entries when they were populated, nor since. */
  private final Map<Integer, Set<Key>> empty = new HashMap<>();

  private final double part;

  /**
   * Creates an object without keys.
   *
   * @param part the part of all key groups that the writer has; above 0, up to 1
   */
  public PopulatedKeys(JobPlan plan, double part) {
    this.plan = plan;
    this.part = part;
    for (int view = 0; view < plan.views().size(); view++) {
      if (plan.views().get(view).options().onRead()) {
        readAt.put(view, new LinkedHashMap<>());
        empty.put(view, new LinkedHashSet<>());
      }
    }
  }

  /** Whether no view is populated on read. */
  public boolean isIdle() {
    return readAt.isEmpty();
  }

  /** Whether the store contains a key: it is populated, or its view is eager. */
  public boolean has(int view, Key key) {
    Map<Key, Long> ofView = readAt.get(view);
    return ofView == null || ofView.containsKey(key);
  }

  /** Returns the populated keys of a view; empty for an eager view. */
  public Set<Key> keys(int view) {
    return readAt.getOrDefault(view, Map.of()).keySet();
  }

  /** Returns the number of populated keys. */
  public int size() {
    return readAt.values().stream().mapToInt(Map::size).sum();
  }

  /**
   * Marks a key as populated and as read now.
   *
   * @param now milliseconds since the epoch
   * @return whether the view is populated on read
   */
  public boolean populate(int view, Key key, long now) {
    Map<Key, Long> ofView = readAt.get(view);
    if (ofView == null) {
      return false;
    }
    ofView.remove(key);
    ofView.put(key, now);
    return true;
  }

  /**
   * Notes that a populated key has no entries.
   *
   * @param view the index of a view that is populated on read
   */
  public void markEmpty(int view, Key key) {
    empty.get(view).add(key);
  }

  /** Notes that an entry of a key changed. */
  public void changed(int view, Key key) {
    Set<Key> ofView = empty.get(view);
    if (ofView != null) {
      ofView.remove(key);
    }
  }

  /**
   * Marks a populated key as read now.
   *
   * @param now milliseconds since the epoch
   * @return false if the key is not populated
   */
  public boolean read(int view, Key key, long now) {
    return readAt.containsKey(view)
        && readAt.get(view).containsKey(key)
        && populate(view, key, now);
  }

  /**
   * Removes the keys that were not read for their view's {@code evictAfter}, and those beyond its
   * {@code maxKeys}.
   *
   * @param now milliseconds since the epoch
   * @return the removed keys, each with its view's index
   */
  public Map<Key, Integer> evict(long now) {
    Map<Key, Integer> evicted = new LinkedHashMap<>();
    readAt.forEach(
        (view, keys) -> {
          long before = now - plan.views().get(view).options().evictAfter().toMillis();
          List<Key> leaving = idle(keys, before);
          leaving.forEach(key -> remove(view, key));
          for (Key key : surplus(view, keys)) {
            remove(view, key);
            leaving.add(key);
          }
          leaving.forEach(key -> evicted.put(key, view));
        });
    return evicted;
  }

  private void remove(int view, Key key) {
    readAt.get(view).remove(key);
    empty.get(view).remove(key);
  }

  /** The keys beyond a view's limit: those without entries first, then the least recently read. */
  private List<Key> surplus(int view, Map<Key, Long> keys) {
    int most = (int) Math.ceil(plan.views().get(view).options().maxKeys() * part);
    int count = Math.max(0, keys.size() - most);
    Set<Key> without = empty.get(view);
    return Stream.concat(
            without.stream(), keys.keySet().stream().filter(key -> !without.contains(key)))
        .limit(count)
        .toList();
  }

  private static List<Key> idle(Map<Key, Long> keys, long before) {
    return keys.entrySet().stream()
        .takeWhile(key -> key.getValue() < before)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /**
   * Restores keys from a checkpoint, each with the time of its last read in milliseconds since the
   * epoch.
   */
  public void restore(Map<Key, Long> keys) {
    keys.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
        .forEach(key -> populate(plan.viewNamed(key.getKey()), key.getKey(), key.getValue()));
  }

  /**
   * Forgets the keys that the store does not have. To be called after a restore, before the first
   * flush.
   *
   * @param stored the keys in the store, of views that are populated on read
   * @param rewritten the keys that the first flush rewrites; they are kept
   * @param rebuilt the views whose populated keys are all rewritten; their keys are kept
   * @return the keys to delete from the store, each with its view's index
   */
  public Map<Key, Integer> reconcile(Set<Key> stored, Set<Key> rewritten, Set<Integer> rebuilt) {
    Map<Key, Integer> absent = new LinkedHashMap<>();
    readAt.forEach(
        (view, keys) -> {
          if (rebuilt.contains(view)) {
            return;
          }
          List<Key> lost = new ArrayList<>();
          for (Key key : keys.keySet()) {
            if (!stored.contains(key) && !rewritten.contains(key)) {
              lost.add(key);
            }
          }
          lost.forEach(key -> remove(view, key));
          lost.forEach(key -> absent.put(key, view));
        });
    for (Key key : stored) {
      int view = plan.viewNamed(key);
      if (!rebuilt.contains(view) && !has(view, key)) {
        absent.put(key, view);
      }
    }
    return absent;
  }
}
