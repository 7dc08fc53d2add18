package dev.freshet.flow.write;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.States;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Reads;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * The states of a writer's keys, with a copy in keyed state: the invalid keys ({@link KeyStates})
 * and the populated keys ({@link PopulatedKeys}). Changed states are added to the {@link
 * WriteBuffer} that is passed.
 *
 * <p>Keyed state contains nothing for a valid key of an eager view. Not thread-safe.
 */
final class WriterKeys {
  private final JobPlan plan;
  private final KeyedStateBackend<Key> backend;
  private final MapState<Key, String> poisonedState;
  private final ValueState<Long> populatedState;
  private final KeyStates states = new KeyStates();
  private final PopulatedKeys populated;

  /**
   * Creates an object without keys.
   *
   * @param part the part of all key groups that the writer has; above 0, up to 1
   */
  WriterKeys(
      JobPlan plan,
      double part,
      KeyedStateBackend<Key> backend,
      MapState<Key, String> poisoned,
      ValueState<Long> readAt) {
    this.plan = plan;
    this.backend = backend;
    this.poisonedState = poisoned;
    this.populatedState = readAt;
    this.populated = new PopulatedKeys(plan, part);
  }

  /** Restores the states of this subtask's keys from keyed state. */
  void restore() throws Exception {
    if (!populated.isIdle()) {
      Map<Key, Long> keys = new LinkedHashMap<>();
      backend.applyToAllKeys(
          VoidNamespace.INSTANCE,
          VoidNamespaceSerializer.INSTANCE,
          States.POPULATED,
          (Key key, ValueState<Long> readAt) -> keys.put(key, readAt.value()));
      populated.restore(keys);
    }
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        States.POISONED_ENTRIES,
        (Key key, MapState<Key, String> entries) -> {
          if (has(plan.viewNamed(key), key)) {
            for (Map.Entry<Key, String> entry : entries.entries()) {
              states.restore(key, entry.getKey(), Reason.of(entry.getValue()));
            }
          }
        });
  }

  /** Whether no view is populated on read. */
  boolean areAllKept() {
    return populated.isIdle();
  }

  /** Returns the number of populated keys. */
  int populated() {
    return populated.size();
  }

  /** Whether the store contains a key: it is populated, or its view is eager. */
  boolean has(int view, Key key) {
    return populated.has(view, key);
  }

  /**
   * Notes that clients have read keys.
   *
   * @param mine whether a key belongs to this writer
   * @param now milliseconds since the epoch
   */
  void read(Reads reads, Predicate<Key> mine, long now) throws Exception {
    for (Key key : reads.keys()) {
      if (mine.test(key) && populated.read(reads.view(), key, now)) {
        backend.setCurrentKey(key);
        populatedState.update(now);
      }
    }
  }

  /** Removes the keys that were not read for too long, and those beyond their view's limit. */
  void evict(long now, WriteBuffer buffer) throws Exception {
    for (Map.Entry<Key, Integer> key : populated.evict(now).entrySet()) {
      drop(key.getValue(), key.getKey(), buffer);
      buffer.touch();
    }
  }

  /** Marks a repaired key as populated if its view is populated on read. */
  void populate(KeyRepairs.Done done, long now, WriteBuffer buffer) throws Exception {
    RepairMark mark = done.mark();
    if (populated.populate(mark.view(), mark.key(), now)) {
      if (done.isEmpty()) {
        populated.markEmpty(mark.view(), mark.key());
      }
      buffer.keep(mark.key());
      backend.setCurrentKey(mark.key());
      populatedState.update(now);
    }
  }

  /**
   * Applies a change of an entry. Accesses keyed state only if the entry holds poison or did
   * before.
   */
  void apply(EntryChange change, WriteBuffer buffer) throws Exception {
    populated.changed(change.view(), change.key());
    boolean held = states.entries(change.key()).containsKey(change.entry());
    states.apply(change).ifPresent(buffer::state);
    if (held || change.poison() != null) {
      backend.setCurrentKey(change.key());
      if (change.poison() == null) {
        poisonedState.remove(change.entry());
      } else {
        poisonedState.put(change.entry(), change.poison().wireName());
      }
    }
  }

  /** Applies the repairs that a step completed, and the invalidations. */
  void repair(KeyRepairs.Outcome outcome, WriteBuffer buffer) throws Exception {
    for (RepairMark mark : outcome.invalidated()) {
      if (has(mark.view(), mark.key())) {
        invalidate(mark.view(), mark.key(), mark.version(), buffer);
        buffer.touch();
      }
    }
    for (KeyRepairs.Done done : outcome.done()) {
      RepairMark mark = done.mark();
      Map<Key, Reason> poisoned = done.poisoned();
      buffer.state(states.repaired(mark.view(), mark.key(), poisoned, mark.version()));
      backend.setCurrentKey(mark.key());
      poisonedState.clear();
      for (Map.Entry<Key, Reason> entry : poisoned.entrySet()) {
        poisonedState.put(entry.getKey(), entry.getValue().wireName());
      }
      buffer.rewrite(mark.view(), mark.key(), mark.version(), done.received());
    }
  }

  private void invalidate(int view, Key key, long version, WriteBuffer buffer) throws Exception {
    states.invalidate(view, key, version).ifPresent(buffer::state);
    backend.setCurrentKey(key);
    poisonedState.put(KeyStates.ITSELF, Reason.INVALIDATED.wireName());
  }

  private void drop(int view, Key key, WriteBuffer buffer) throws Exception {
    states.forget(key);
    buffer.drop(view, key);
    backend.setCurrentKey(key);
    poisonedState.clear();
    populatedState.clear();
  }

  /**
   * Makes the next flush write the states of all keys that differ from the store. To be called
   * before the first flush. The two may differ because events that were injected before a restore
   * are not repeated at the same version.
   *
   * @param stored the keys in the store
   * @param hidden the views that are rebuilt; the store's states of their keys are ignored, because
   *     they are deleted
   * @param handedOver whether the store has been written from this state before
   * @param repairs the keys for which to request a repair
   * @return the keys for which a repair must be requested
   */
  List<Key> compare(
      StoredKeys.Content stored,
      Set<Integer> hidden,
      boolean handedOver,
      WriterOperator.StartRepairs repairs,
      WriteBuffer buffer)
      throws Exception {
    Set<Key> rewritten = buffer.rewritten().keySet();
    for (Map.Entry<Key, Integer> key :
        populated.reconcile(stored.populated(), rewritten, hidden).entrySet()) {
      drop(key.getValue(), key.getKey(), buffer);
    }
    Map<Key, Reason> invalid = new LinkedHashMap<>(stored.invalid());
    invalid
        .keySet()
        .removeIf(
            key -> {
              int view = plan.viewNamed(key);
              return hidden.contains(view) || !has(view, key);
            });
    List<Key> toRepair = new ArrayList<>();
    if (repairs == WriterOperator.StartRepairs.INVALID) {
      toRepair.addAll(states.invalid());
    }
    if (handedOver && repairs != WriterOperator.StartRepairs.NONE) {
      for (Key key : states.doubtful(invalid, rewritten)) {
        invalidate(plan.viewNamed(key), key, buffer.complete(), buffer);
        toRepair.add(key);
      }
    }
    states.differences(invalid).keySet().forEach(key -> buffer.state(state(key, buffer)));
    for (Key key : rewritten) {
      if (plan.views().get(plan.viewNamed(key)).options().onRead()) {
        buffer.state(state(key, buffer));
      }
    }
    return toRepair;
  }

  private KeyStates.Change state(Key key, WriteBuffer buffer) {
    return new KeyStates.Change(plan.viewNamed(key), key, states.reasonOf(key), buffer.complete());
  }

  /** Returns the states of all invalid and populated keys of some views. */
  Map<Key, KeyStates.Change> states(Set<Integer> views, WriteBuffer buffer) {
    if (views.isEmpty()) {
      return Map.of();
    }
    List<Key> known = new ArrayList<>(states.invalid());
    views.forEach(view -> known.addAll(populated.keys(view)));
    Map<Key, KeyStates.Change> of = new LinkedHashMap<>();
    for (Key key : known) {
      if (views.contains(plan.viewNamed(key))) {
        of.put(key, state(key, buffer));
      }
    }
    return of;
  }
}
