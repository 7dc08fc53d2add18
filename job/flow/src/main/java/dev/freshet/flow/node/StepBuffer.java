package dev.freshet.flow.node;

import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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
 * Holds what came until its watermark does, and then until it is done with. In memory between
 * checkpoints; at a checkpoint what is held goes to keyed state, so that it follows its keys when
 * the job is rescaled. A checkpoint visits the keys alone of which something came or went since the
 * last one: a transaction of very many rows is written once.
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

  private final Map<Key, List<E>> taken = new HashMap<>();
  private Map<Key, List<E>> held = new LinkedHashMap<>();
  private Map<Key, List<E>> more = new HashMap<>();

  /** No element that is held is due before. */
  private long earliest = Long.MAX_VALUE;

  /** Keys of which keyed state holds something. */
  private final Set<Key> written = new HashSet<>();

  /** Keys of which something came or went since the last checkpoint. */
  private final Set<Key> changed = new HashSet<>();

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
    Key of = key.apply(element);
    put(held, of, element);
    earliest = Math.min(earliest, version.applyAsLong(element));
    changed.add(of);
  }

  /**
   * Takes out all elements due at a watermark, by key, those of a key in order. Checkpoints keep
   * them until {@link #done}.
   */
  public Map<Key, List<E>> take(long watermark) {
    Map<Key, List<E>> due = new LinkedHashMap<>();
    if (earliest > watermark) {
      return due;
    }
    earliest = Long.MAX_VALUE;
    Map<Key, List<E>> later = new LinkedHashMap<>();
    for (Map.Entry<Key, List<E>> entry : held.entrySet()) {
      for (E element : entry.getValue()) {
        long place = version.applyAsLong(element);
        if (place <= watermark) {
          put(due, entry.getKey(), element);
        } else {
          put(later, entry.getKey(), element);
          earliest = Math.min(earliest, place);
        }
      }
    }
    held = later;
    for (Map.Entry<Key, List<E>> entry : due.entrySet()) {
      if (entry.getValue().size() > 1) {
        entry.getValue().sort(order);
      }
      taken.merge(entry.getKey(), entry.getValue(), StepBuffer::joined);
    }
    return due;
  }

  /** What was taken of a key need not be kept any more. */
  public void done(Key of) {
    taken.remove(of);
    if (written.contains(of) || held.containsKey(of)) {
      changed.add(of);
    } else {
      changed.remove(of);
    }
  }

  /**
   * Puts into keyed state what is to be kept, in place of what was put there before.
   *
   * @param beside elements that are kept beside what is held here, until the next call
   */
  public void store(Iterable<E> beside) throws Exception {
    changed.addAll(more.keySet());
    more = new HashMap<>();
    beside.forEach(element -> put(more, key.apply(element), element));
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

  /** Most keys have one element, of which a list of one takes the least room. */
  private static <E> void put(Map<Key, List<E>> elements, Key of, E element) {
    elements.merge(of, List.of(element), StepBuffer::joined);
  }

  private static <E> List<E> joined(List<E> before, List<E> then) {
    List<E> longer = before.size() == 1 ? new ArrayList<>(before) : before;
    longer.addAll(then);
    return longer;
  }

  /** Takes up what keyed state holds for this subtask's keys. */
  public void restore() throws Exception {
    backend.applyToAllKeys(
        VoidNamespace.INSTANCE,
        VoidNamespaceSerializer.INSTANCE,
        descriptor,
        (Key current, ListState<E> state) -> {
          for (E element : state.get()) {
            put(held, current, element);
            earliest = Math.min(earliest, version.applyAsLong(element));
          }
          written.add(current);
        });
  }
}
