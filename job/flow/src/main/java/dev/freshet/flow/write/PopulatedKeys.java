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
 * The keys that a writer keeps in the store: all of an eager view, and of a view that is populated
 * on read those that somebody asked for, each with when it was last read. What happens to other
 * keys does not reach the store: they are ABSENT, and readers ask MySQL.
 *
 * <p>A key is populated where its repair is done, and leaves when nobody read it for as long as the
 * view says. Neither comes again at the same place after a restore. So {@link #reconcile} keeps the
 * keys alone that the restored state and the store both have: of these the store has every row at
 * its own progress, and the state has had every change since.
 *
 * <p>In memory are the populated keys. Not safe for several threads.
 */
public final class PopulatedKeys {
  private final JobPlan plan;

  /** By view; the one that was read longest ago comes first. */
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

  /** Whether what happens to a key of a view reaches the store. */
  public boolean has(int view, Key key) {
    Map<Key, Long> ofView = readAt.get(view);
    return ofView == null || ofView.containsKey(key);
  }

  /** The populated keys of a view; none of an eager one. */
  public Set<Key> keys(int view) {
    return readAt.getOrDefault(view, Map.of()).keySet();
  }

  /** How many keys are populated. */
  public int size() {
    return readAt.values().stream().mapToInt(Map::size).sum();
  }

  /**
   * The store is to have a key from now on.
   *
   * @param now milliseconds of the wall clock, as in all that follows
   * @return whether it is of a view that is populated on read
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
   * Somebody read a key.
   *
   * @return whether it is populated
   */
  public boolean read(int view, Key key, long now) {
    return readAt.containsKey(view)
        && readAt.get(view).containsKey(key)
        && populate(view, key, now);
  }

  /**
   * The keys that nobody read for too long; they are populated no longer.
   *
   * @return each with its view's place
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

  /** Takes up what a checkpoint holds: by key when it was last read. */
  public void restore(Map<Key, Long> keys) {
    keys.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.naturalOrder()))
        .forEach(key -> populate(plan.viewNamed(key.getKey()), key.getKey(), key.getValue()));
  }

  /**
   * After a restore, before anything is written: forgets the keys that the store has not.
   *
   * @param stored the keys of views populated on read that the store has
   * @param rewritten those that are written anew, though the store may not have them yet
   * @param rebuilt views of which all populated keys are written anew, so that none is forgotten
   * @return the keys that the store has, or may have rows of, and shall not have, each with its
   *     view's place
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
