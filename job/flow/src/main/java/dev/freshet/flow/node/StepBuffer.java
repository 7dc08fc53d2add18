package dev.freshet.flow.node;

import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * Holds what came until its watermark does. In memory between checkpoints; at a checkpoint what is
 * held goes to keyed state, so that it follows its keys when the job is rescaled.
 *
 * @param <E> elements that are never changed
 */
public final class StepBuffer<E> {
  private final KeyedStateBackend<Key> backend;
  private final ListStateDescriptor<E> descriptor;
  private final ListState<E> stored;
  private final Function<E, Key> key;
  private final ToLongFunction<E> version;
  private final Comparator<E> order;
  private final Set<Key> storedKeys = new HashSet<>();
  private List<E> held = new ArrayList<>();

  /**
   * A buffer over the state of one operator; empty until {@link #restore()}.
   *
   * @param key what an element belongs to; the key its stream is partitioned by
   * @param version the watermark at or beyond which an element is due
   * @param order of the elements of one key in one step
   */
  public StepBuffer(
      KeyedStateBackend<Key> backend,
      ListStateDescriptor<E> descriptor,
      Function<E, Key> key,
      ToLongFunction<E> version,
      Comparator<E> order)
      throws Exception {
    this.backend = backend;
    this.descriptor = descriptor;
    this.key = key;
    this.version = version;
    this.order = order;
    this.stored =
        backend.getPartitionedState(
            VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
  }

  public void add(E element) {
    held.add(element);
  }

  public int size() {
    return held.size();
  }

  /** Takes out all elements due at a watermark, by key, those of a key in order. */
  public Map<Key, List<E>> take(long watermark) {
    Map<Key, List<E>> due = new LinkedHashMap<>();
    List<E> later = new ArrayList<>();
    for (E element : held) {
      if (version.applyAsLong(element) <= watermark) {
        due.computeIfAbsent(key.apply(element), k -> new ArrayList<>(2)).add(element);
      } else {
        later.add(element);
      }
    }
    held = later;
    for (List<E> elements : due.values()) {
      if (elements.size() > 1) {
        elements.sort(order);
      }
    }
    return due;
  }

  /**
   * Puts what is held, and {@code more}, into keyed state, in place of what was put there before.
   */
  public void store(Iterable<E> more) throws Exception {
    for (Key old : storedKeys) {
      backend.setCurrentKey(old);
      stored.clear();
    }
    storedKeys.clear();
    Map<Key, List<E>> byKey = new LinkedHashMap<>();
    for (E element : more) {
      byKey.computeIfAbsent(key.apply(element), k -> new ArrayList<>()).add(element);
    }
    for (E element : held) {
      byKey.computeIfAbsent(key.apply(element), k -> new ArrayList<>()).add(element);
    }
    for (Map.Entry<Key, List<E>> entry : byKey.entrySet()) {
      backend.setCurrentKey(entry.getKey());
      stored.update(entry.getValue());
      storedKeys.add(entry.getKey());
    }
  }

  /** Takes up what keyed state holds for this subtask's keys. */
  public void restore() throws Exception {
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        descriptor,
        (Key current, ListState<E> state) -> {
          storedKeys.add(current);
          for (E element : state.get()) {
            held.add(element);
          }
        });
  }
}
