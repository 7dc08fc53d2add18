package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
 * <p>Keeps all populated keys in memory. Not thread-safe.
 */
public final class PopulatedKeys {
  private final JobPlan plan;

  /** For each view the keys with their last read, the least recently read key first. */
  private final Map<Integer, Map<Key, Long>> readAt = new HashMap<>();

  public PopulatedKeys(JobPlan plan) {
    this.plan = plan;
    for (int view = 0; view < plan.views().size(); view++) {
      if (plan.views().get(view).options().onRead()) {
        readAt.put(view, new LinkedHashMap<>());
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
   * Removes the keys that were not read for their view's {@code evictAfter}.
   *
   * @param now milliseconds since the epoch
   * @return the removed keys, each with its view's index
   */
  public Map<Key, Integer> evict(long now) {
    Map<Key, Integer> evicted = new LinkedHashMap<>();
    readAt.forEach(
        (view, keys) -> {
          long before = now - plan.views().get(view).options().evictAfter().toMillis();
          for (Map.Entry<Key, Long> oldest : idle(keys, before)) {
            keys.remove(oldest.getKey());
            evicted.put(oldest.getKey(), view);
          }
        });
    return evicted;
  }

  private static List<Map.Entry<Key, Long>> idle(Map<Key, Long> keys, long before) {
    return keys.entrySet().stream().takeWhile(key -> key.getValue() < before).toList();
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
          lost.forEach(keys::remove);
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
