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
 * Which keys of a writer are not valid: a key is INVALID exactly while an entry of it holds poison
 * or somebody wants it repaired first, and VALID otherwise. Its reason is the first, in the order
 * of {@link Reason}, that it has.
 *
 * <p>Keeps nothing of valid keys. Not safe for several threads.
 */
public final class KeyStates {
  /** Stands among a key's entries for the key itself; no entry has these bytes. */
  static final Key ITSELF = Key.ofBytes(new byte[] {-1});

  private final Map<Key, Map<Key, Reason>> poisoned = new LinkedHashMap<>();

  /**
   * A key's state changed.
   *
   * @param view place of the view in the job's plan
   * @param reason why the key is not valid from now on; null when it is
   * @param version the watermark of the step that made it so
   */
  public record Change(int view, Key key, Reason reason, long version) {}

  /** Takes what an entry is from now on; says how that changes its key. */
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

  /** The key is not valid until it is repaired; says how that changes it. */
  public Optional<Change> invalidate(int view, Key key, long version) {
    Reason before = reasonOf(key);
    restore(key, ITSELF, Reason.INVALIDATED);
    Reason after = reasonOf(key);
    return after == before ? Optional.empty() : Optional.of(new Change(view, key, after, version));
  }

  /** The key was repaired: these are all its entries that hold poison. */
  public Change repaired(int view, Key key, Map<Key, Reason> entries, long version) {
    poisoned.remove(key);
    entries.forEach((entry, reason) -> restore(key, entry, reason));
    return new Change(view, key, reasonOf(key), version);
  }

  /** Nothing is said of a key any longer. */
  public void forget(Key key) {
    poisoned.remove(key);
  }

  /** Why a key is not valid; null when it is. */
  public Reason reasonOf(Key key) {
    Map<Key, Reason> entries = poisoned.get(key);
    return entries == null ? null : reason(entries);
  }

  /** The keys that are not valid. */
  public Collection<Key> invalid() {
    return poisoned.keySet();
  }

  /**
   * The reasons that differ from those a store has; null where a key is valid.
   *
   * @param stored by key, those that are not valid
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
   * The keys that are valid, and that a store has as not valid: what made them so came after the
   * checkpoint, and was injected, so that it does not come again. What the store shows of them
   * nobody knows.
   *
   * @param stored by key, those that are not valid
   * @param repaired those that are written anew, though the store does not know it yet
   */
  public List<Key> doubtful(Map<Key, Reason> stored, Set<Key> repaired) {
    return stored.keySet().stream()
        .filter(key -> reasonOf(key) == null && !repaired.contains(key))
        .toList();
  }

  /** The entries of a key that hold poison; empty when it is valid. */
  public Map<Key, Reason> entries(Key key) {
    return poisoned.getOrDefault(key, Map.of());
  }

  /** Takes up what a checkpoint holds. */
  public void restore(Key key, Key entry, Reason reason) {
    poisoned.computeIfAbsent(key, k -> new TreeMap<>()).put(entry, reason);
  }

  private static Reason reason(Map<Key, Reason> entries) {
    return entries.values().stream().min(Reason::compareTo).orElseThrow();
  }
}
