package dev.freshet.flow.sim;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.node.DimensionNode;
import dev.freshet.flow.node.NodeRow;
import dev.freshet.flow.node.RootNode;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One subtask of a node operator over plain maps, without Flink. */
final class MapNode implements SimNode {
  /** What a checkpoint holds of one subtask. */
  record State(
      Map<Key, NodeRow> rows,
      Map<Key, Set<Key>> subscribers,
      List<Event> held,
      boolean handedOver) {}

  private final JobPlan plan;
  private final boolean root;
  private final DimensionNode dimension;
  private final RootNode rootNode;
  private final Consumer<Object> out;
  private final Map<Key, NodeRow> rows = new HashMap<>();
  private final Map<Key, Set<Key>> subscribers = new HashMap<>();
  private List<Event> held = new ArrayList<>();
  private boolean handedOver;

  MapNode(
      JobPlan plan, int depth, Consumer<Object> out, List<Object> restored, Predicate<Key> mine) {
    this.plan = plan;
    this.root = depth == 0;
    this.dimension = new DimensionNode(plan);
    this.rootNode = new RootNode(plan);
    this.out = out;
    for (Object one : restored) {
      State state = (State) one;
      state.rows().forEach((k, v) -> putIf(mine, rows, k, v));
      state.subscribers().forEach((k, v) -> putIf(mine, subscribers, k, new LinkedHashSet<>(v)));
      state.held().stream().filter(e -> mine.test(e.key())).forEach(held::add);
      handedOver |= state.handedOver();
    }
  }

  private static <V> void putIf(Predicate<Key> mine, Map<Key, V> map, Key key, V value) {
    if (mine.test(key)) {
      map.put(key, value);
    }
  }

  @Override
  public Object snapshot() {
    Map<Key, Set<Key>> copy = new HashMap<>();
    subscribers.forEach((k, v) -> copy.put(k, new LinkedHashSet<>(v)));
    return new State(new HashMap<>(rows), copy, new ArrayList<>(held), handedOver);
  }

  @Override
  public void event(Event event) {
    if (event.version() > 0) {
      held.add(event);
    } else {
      apply(event.key(), List.of(event), 0);
    }
  }

  @Override
  public void watermark(long watermark) {
    Map<Key, List<Event>> step = new LinkedHashMap<>();
    List<Event> later = new ArrayList<>();
    for (Event event : held) {
      if (event.version() <= watermark) {
        step.computeIfAbsent(event.key(), k -> new ArrayList<>()).add(event);
      } else {
        later.add(event);
      }
    }
    held = later;
    step.forEach(
        (key, events) -> {
          events.sort(Comparator.comparingLong(Event::version).thenComparingLong(Event::order));
          apply(key, events, watermark);
        });
    if (root && !handedOver) {
      rows.forEach((key, row) -> rootNode.say(key, row, watermark, this::send));
      handedOver = true;
    }
  }

  private void apply(Key key, List<Event> events, long version) {
    NodeRow before = rows.getOrDefault(key, NodeRow.empty(plan.nodeOf(key).children().size()));
    NodeRow after;
    if (root) {
      after = rootNode.step(key, before, events);
      if (handedOver) {
        rootNode.compare(key, before, after, version, this::send);
      }
    } else {
      after = dimension.step(key, before, events, subscribers(key), version, out::accept);
    }
    if (after.isEmpty()) {
      rows.remove(key);
    } else {
      rows.put(key, after);
    }
  }

  private void send(EntryChange change) {
    out.accept(change);
  }

  private DimensionNode.Subscribers subscribers(Key key) {
    Set<Key> set = subscribers.computeIfAbsent(key, k -> new LinkedHashSet<>());
    return new DimensionNode.Subscribers() {
      @Override
      public void add(Key subscriber) {
        set.add(subscriber);
      }

      @Override
      public void remove(Key subscriber) {
        set.remove(subscriber);
      }

      @Override
      public Iterable<Key> all() {
        return set;
      }
    };
  }
}
