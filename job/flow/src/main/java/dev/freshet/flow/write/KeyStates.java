package dev.freshet.flow.write;

import dev.freshet.flow.log.EntryChange;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The invalid keys of a writer. A key is INVALID while one of its entries holds poison, or after it
 * was invalidated until it is repaired; otherwise it is VALID. If there are several reasons, the
 * first in the order of {@link Reason} counts.
 *
 * <p>Stores nothing for valid keys. Not thread-safe.
 */
public final class KeyStates {
  /**
   * The entry under which {@link #invalidate} records a reason of the whole key; no real entry has
   * these bytes.
   */
  static final Key ITSELF = Key.ofBytes(new byte[] {-1});

  private final Map<Key, Map<Key, Reason>> poisoned = new LinkedHashMap<>();

  /**
   * A change of a key's state.
   *
   * @param view the index of the view in the job's plan
   * @param reason why the key is invalid; null if it is valid
   * @param version the watermark of the step that caused the change
   */
  public record Change(int view, Key key, Reason reason, long version) {}

  /** Applies a change of an entry. Returns the change of its key's state, if any. */
  public Optional<Change> apply(EntryChange change) {
    Map<Key, Reason> entries = poisoned.get(change.key());
    if (entries == null && change.poison() == null) {
      return Optional.empty();
    }
    Reason before = entries == null ? null : reason(entries);
    if (change.poison() != null) {
      poisoned
          .computeIfAbsent(change.key(), key -> new TreeMap<>())
          .put(change.entry(), change.poison());
    } else if (entries.remove(change.entry()) != null && entries.isEmpty()) {
      poisoned.remove(change.key());
    }
    Reason after = reasonOf(change.key());
    return after == before
        ? Optional.empty()
        : Optional.of(new Change(change.view(), change.key(), after, change.version()));
  }

  /** Makes a key invalid until it is repaired. Returns the change of its state, if any. */
  public Optional<Change> invalidate(int view, Key key, long version) {
    Reason before = reasonOf(key);
    restore(key, ITSELF, Reason.INVALIDATED);
    Reason after = reasonOf(key);
    return after == before ? Optional.empty() : Optional.of(new Change(view, key, after, version));
  }

  /**
   * Completes a repair of a key: {@code entries} are all its entries that hold poison. Returns its
   * new state.
   */
  public Change repaired(int view, Key key, Map<Key, Reason> entries, long version) {
    poisoned.remove(key);
    entries.forEach((entry, reason) -> restore(key, entry, reason));
    return new Change(view, key, reasonOf(key), version);
  }

  /** Forgets a key. */
  public void forget(Key key) {
    poisoned.remove(key);
  }

  /** Returns why a key is invalid; null if it is valid. */
  public Reason reasonOf(Key key) {
    Map<Key, Reason> entries = poisoned.get(key);
    return entries == null ? null : reason(entries);
  }

  /** Returns the invalid keys. */
  public Collection<Key> invalid() {
    return poisoned.keySet();
  }

  /**
   * Returns the keys whose state differs from the store's, with their reasons; null for a valid
   * key.
   *
   * @param stored the invalid keys in the store, with their reasons
   */
  public Map<Key, Reason> differences(Map<Key, Reason> stored) {
    Map<Key, Reason> different = new LinkedHashMap<>();
    for (Key key : stored.keySet()) {
      if (reasonOf(key) != stored.get(key)) {
        different.put(key, reasonOf(key));
      }
    }
    for (Key key : poisoned.keySet()) {
      if (!stored.containsKey(key)) {
        different.put(key, reasonOf(key));
      }
    }
    return different;
  }

  /**
   * Returns the keys that are valid here but invalid in the store. The event that made them invalid
   * was injected after the checkpoint, so it is not repeated, and their entries in the store may be
   * wrong.
   *
   * @param stored the invalid keys in the store, with their reasons
   * @param repaired the keys that the next flush rewrites
   */
  public List<Key> doubtful(Map<Key, Reason> stored, Set<Key> repaired) {
    return stored.keySet().stream()
        .filter(key -> reasonOf(key) == null && !repaired.contains(key))
        .toList();
  }

  /** Returns the entries of a key that hold poison, with the reasons; empty if the key is valid. */
  public Map<Key, Reason> entries(Key key) {
    return poisoned.getOrDefault(key, Map.of());
  }

  /** Restores an entry with poison from a checkpoint. */
  public void restore(Key key, Key entry, Reason reason) {
    poisoned.computeIfAbsent(key, k -> new TreeMap<>()).put(entry, reason);
  }

  private static Reason reason(Map<Key, Reason> entries) {
    return entries.values().stream().min(Reason::compareTo).orElseThrow();
  }
}
