package dev.freshet.flow.node;

import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * Holds what came until its watermark does. In memory between checkpoints; at a checkpoint what is
 * held goes to keyed state, so that it follows its keys when the job is rescaled. Of a transaction
 * of very many rows each checkpoint writes what has come since the last one, not all of it again.
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

  /** What keyed state holds, the very elements. */
  private Map<Key, List<E>> written = new HashMap<>();

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
   *
   * @param more elements that were taken, and are still to be kept
   */
  public void store(Iterable<E> more) throws Exception {
    Map<Key, List<E>> all = new HashMap<>();
    more.forEach(element -> put(all, element));
    held.forEach(element -> put(all, element));
    for (Map.Entry<Key, List<E>> before : written.entrySet()) {
      if (!all.containsKey(before.getKey())) {
        backend.setCurrentKey(before.getKey());
        stored.clear();
      }
    }
    for (Map.Entry<Key, List<E>> entry : all.entrySet()) {
      if (!areTheSame(entry.getValue(), written.get(entry.getKey()))) {
        backend.setCurrentKey(entry.getKey());
        stored.update(entry.getValue());
      }
    }
    written = all;
  }

  /** Most keys have one element, of which a list of one takes the least room. */
  private void put(Map<Key, List<E>> all, E element) {
    all.merge(
        key.apply(element),
        List.of(element),
        (before, one) -> {
          List<E> longer = before.size() == 1 ? new ArrayList<>(before) : before;
          longer.addAll(one);
          return longer;
        });
  }

  private static boolean areTheSame(List<?> elements, List<?> before) {
    if (before == null || before.size() != elements.size()) {
      return false;
    }
    for (int i = 0; i < elements.size(); i++) {
      if (elements.get(i) != before.get(i)) {
        return false;
      }
    }
    return true;
  }

  /** Takes up what keyed state holds for this subtask's keys. */
  public void restore() throws Exception {
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        descriptor,
        (Key current, ListState<E> state) -> {
          for (E element : state.get()) {
            held.add(element);
            put(written, element);
          }
        });
  }
}
