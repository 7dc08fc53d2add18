package dev.freshet.flow.node;

import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;

/**
 * Buffers elements until their watermark arrives, and keeps them in checkpoints until they are
 * processed. It returns the elements by key, and sorts each key's elements with the comparator of
 * the constructor. Between checkpoints the elements are in memory; a checkpoint writes them to
 * keyed state, so that they move with their keys when the job is rescaled. A checkpoint only writes
 * keys that changed since the last one, so a very large transaction is written once.
 *
 * @param <E> the type of the elements, which must be immutable
 */
public final class StepBuffer<E> {
  private final KeyedStateBackend<Key> backend;
  private final ListStateDescriptor<E> descriptor;
  private final ListState<E> stored;
  private final Function<E, Key> key;
  private final ToLongFunction<E> version;
  private final Comparator<E> order;

  private final Map<Key, List<E>> taken = new HashMap<>();
  private final Map<Key, List<E>> held = new HashMap<>();
  private Map<Key, List<E>> more = new HashMap<>();

  /**
   * The keys of the held elements, by version. The work of a watermark must not grow with the
   * elements of later ones, which pile up while the job catches up.
   */
  private final NavigableMap<Long, List<Key>> heldAt = new TreeMap<>();

  /** The keys that have elements in keyed state. */
  private final Set<Key> written = new HashSet<>();

  /** The keys whose elements changed since the last checkpoint. */
  private final Set<Key> changed = new HashSet<>();

  /**
   * Makes an empty buffer over the keyed state of one operator; call {@link #restore()} after a
   * restore.
   *
   * @param key the key of an element, by which its stream is partitioned
   * @param version the lowest watermark at which an element is due
   * @param order the order of a key's elements within a step
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

  /** Whether elements wait for their watermark. */
  public boolean isEmpty() {
    return held.isEmpty();
  }

  public void add(E element) {
    Key of = key.apply(element);
    hold(of, element);
    changed.add(of);
  }

  private void hold(Key of, E element) {
    put(held, of, element);
    heldAt.computeIfAbsent(version.applyAsLong(element), any -> new ArrayList<>(1)).add(of);
  }

  /**
   * Removes and returns all elements that are due at a watermark, by key and in order. Checkpoints
   * still contain them until {@link #done}.
   */
  public Map<Key, List<E>> take(long watermark) {
    Map<Key, List<E>> due = new LinkedHashMap<>();
    Map<Long, List<Key>> versions = heldAt.headMap(watermark, true);
    for (List<Key> keys : versions.values()) {
      for (Key of : keys) {
        // A key stands here once for each of its elements.
        if (!due.containsKey(of)) {
          due.put(of, takeDue(of, watermark));
        }
      }
    }
    versions.clear();
    for (Map.Entry<Key, List<E>> entry : due.entrySet()) {
      if (entry.getValue().size() > 1) {
        entry.getValue().sort(order);
      }
      taken.merge(entry.getKey(), entry.getValue(), StepBuffer::joined);
    }
    return due;
  }

  /** Removes and returns the elements of a key that are due; at least one is. */
  private List<E> takeDue(Key of, long watermark) {
    List<E> all = held.remove(of);
    if (all.stream().allMatch(element -> version.applyAsLong(element) <= watermark)) {
      return all;
    }
    List<E> due = new ArrayList<>();
    for (E element : all) {
      if (version.applyAsLong(element) <= watermark) {
        due.add(element);
      } else {
        put(held, of, element);
      }
    }
    return due;
  }

  /**
   * Marks the elements that were taken of a key as processed: checkpoints no longer contain them.
   */
  public void done(Key of) {
    taken.remove(of);
    if (written.contains(of) || held.containsKey(of)) {
      changed.add(of);
    } else {
      changed.remove(of);
    }
  }

  /**
   * Writes the elements to keyed state, for a checkpoint.
   *
   * @param further further elements to write, until the next call
   */
  public void store(Iterable<E> further) throws Exception {
    changed.addAll(more.keySet());
    more = new HashMap<>();
    further.forEach(element -> put(more, key.apply(element), element));
    changed.addAll(more.keySet());
    for (Key of : changed) {
      List<E> kept = new ArrayList<>();
      kept.addAll(taken.getOrDefault(of, List.of()));
      kept.addAll(more.getOrDefault(of, List.of()));
      kept.addAll(held.getOrDefault(of, List.of()));
      if (!kept.isEmpty()) {
        backend.setCurrentKey(of);
        stored.update(kept);
        written.add(of);
      } else if (written.remove(of)) {
        backend.setCurrentKey(of);
        stored.clear();
      }
    }
    changed.clear();
  }

  /** Adds an element. Uses immutable one-element lists, because most keys have one element. */
  private static <E> void put(Map<Key, List<E>> elements, Key of, E element) {
    elements.merge(of, List.of(element), StepBuffer::joined);
  }

  private static <E> List<E> joined(List<E> before, List<E> then) {
    List<E> longer = before.size() == 1 ? new ArrayList<>(before) : before;
    longer.addAll(then);
    return longer;
  }

  /** Restores the elements of this subtask's keys from keyed state. */
  public void restore() throws Exception {
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        descriptor,
        (Key current, ListState<E> state) -> {
          for (E element : state.get()) {
            hold(current, element);
          }
          written.add(current);
        });
  }
}
