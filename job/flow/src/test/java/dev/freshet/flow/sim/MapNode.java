package dev.freshet.flow.sim;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.Composite;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.UnroutableRow;
import dev.freshet.flow.node.DimensionNode;
import dev.freshet.flow.node.Handled;
import dev.freshet.flow.node.Marker;
import dev.freshet.flow.node.NodeRow;
import dev.freshet.flow.node.Probe;
import dev.freshet.flow.node.RebuildScan;
import dev.freshet.flow.node.RootNode;
import dev.freshet.flow.node.Steps;
import dev.freshet.view.Key;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** One subtask of a node operator over plain maps, without Flink. */
final class MapNode implements SimNode {
  /** What a checkpoint holds of one subtask. */
  record State(
      Map<Key, NodeRow> rows,
      Map<Key, Set<Key>> subscribers,
      Set<Key> poisoned,
      List<Event> held,
      boolean handedOver) {}

  private static final int MOST_IN_STEP = 3;

  private final JobPlan plan;
  private final boolean root;
  private final DimensionNode dimension;
  private final RootNode rootNode;
  private final Consumer<Object> out;
  private final Map<Key, NodeRow> rows = new HashMap<>();
  private final Map<Key, Set<Key>> subscribers = new HashMap<>();
  private final Set<Key> toEmitAgain = new LinkedHashSet<>();
  private final int piece;
  private final Steps steps = new Steps();
  private List<Event> held = new ArrayList<>();
  private Map<Key, List<Event>> undone = new LinkedHashMap<>();
  private boolean handedOver;
  private NodeRow before;
  private NodeRow after;
  private Iterator<Event> toSend = Collections.emptyIterator();
  private final int subtask;
  private final int subtasks;
  private boolean keysDone;
  private long rebuild;
  private RebuildScan scan;
  private int sentInStep;
  private final RootNode.Out rootOut =
      new RootNode.Out() {
        @Override
        public void entry(EntryChange change) {
          out.accept(change);
        }

        @Override
        public void unplaced(UnroutableRow unplaced) {
          out.accept(unplaced);
        }
      };

  MapNode(
      JobPlan plan,
      int depth,
      int subtask,
      int subtasks,
      int piece,
      Consumer<Object> out,
      List<Object> restored,
      Predicate<Key> mine) {
    this.subtask = subtask;
    this.subtasks = subtasks;
    this.piece = piece;
    this.plan = plan;
    this.root = depth == 0;
    this.dimension = new DimensionNode(plan, Probe.NONE);
    this.rootNode = new RootNode(plan, Probe.NONE);
    this.out = out;
    for (Object one : restored) {
      State state = (State) one;
      state.rows().forEach((k, v) -> putIf(mine, rows, k, v));
      state.subscribers().forEach((k, v) -> putIf(mine, subscribers, k, new LinkedHashSet<>(v)));
      state.poisoned().stream().filter(mine).forEach(toEmitAgain::add);
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
    Set<Key> poisoned = new LinkedHashSet<>(toEmitAgain);
    if (root && handedOver) {
      rows.forEach((key, row) -> mark(poisoned, key, row));
    }
    List<Event> all = new ArrayList<>(held);
    undone.values().forEach(all::addAll);
    return new State(new HashMap<>(rows), copy, poisoned, all, handedOver);
  }

  @Override
  public void event(Event event) {
    if (event.version() > 0) {
      held.add(event);
    } else {
      apply(event.key(), List.of(event), 0);
      toSend.forEachRemaining(out);
      keep(event.key(), before, after);
      before = null;
    }
  }

  @Override
  public boolean isPaused() {
    return steps.current().isPresent();
  }

  @Override
  public void watermark(long watermark) {
    boolean paused = isPaused();
    steps.come(watermark);
    if (!paused) {
      resume();
    }
  }

  @Override
  public void resume() {
    int budget = piece;
    while (isPaused()) {
      long watermark = steps.current().getAsLong();
      if (!steps.isBegun()) {
        undone = take(watermark);
        steps.begin(undone);
      }
      while (steps.key() != null) {
        if (budget <= 0 && (!root || handedOver)) {
          return;
        }
        budget -= piece(steps.key(), watermark, budget);
      }
      if (!keysDone) {
        stepDone(watermark);
        keysDone = true;
      }
      while (scan != null && sentInStep < (steps.last() > watermark ? 1 : MOST_IN_STEP)) {
        if (budget <= 0) {
          return;
        }
        budget--;
        sendAgain(watermark);
      }
      out.accept(new Passed(watermark));
      steps.stepDone();
      keysDone = false;
    }
  }

  private void sendAgain(long watermark) {
    Key key = scan.isDone() ? null : scan.next();
    if (key != null && rows.containsKey(key)) {
      rootNode.emit(key, rows.get(key), watermark, rootOut);
    }
    sentInStep++;
    tell(watermark);
    if (scan.isDone()) {
      scan = null;
    }
  }

  private void tell(long watermark) {
    out.accept(
        new Rebuild.Sent(
            scan.rebuild(),
            subtask,
            subtasks,
            scan.sent(),
            scan.total(),
            scan.isDone(),
            watermark));
  }

  private int piece(Map.Entry<Key, List<Event>> key, long watermark, int budget) {
    int done = 0;
    if (before == null) {
      apply(key.getKey(), key.getValue(), watermark);
      done++;
    }
    while (toSend.hasNext()) {
      if (done >= budget) {
        return done;
      }
      out.accept(toSend.next());
      done++;
    }
    keep(key.getKey(), before, after);
    before = null;
    steps.keyDone();
    undone.remove(key.getKey());
    return done;
  }

  private Map<Key, List<Event>> take(long watermark) {
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
    step.values()
        .forEach(
            events ->
                events.sort(
                    Comparator.comparingLong(Event::version).thenComparingLong(Event::order)));
    return step;
  }

  private void stepDone(long watermark) {
    if (root && !handedOver) {
      for (Key key : List.copyOf(rows.keySet())) {
        NodeRow row = rows.get(key);
        keep(key, row, rootNode.emit(key, row, watermark, rootOut));
      }
      handedOver = true;
    }
    for (Key key : toEmitAgain) {
      if (rows.containsKey(key)) {
        rootNode.emit(key, rows.get(key), watermark, rootOut);
      }
    }
    toEmitAgain.clear();
    sentInStep = 0;
    if (rebuild > 0) {
      List<Key> all = List.copyOf(rows.keySet());
      scan = new RebuildScan(rebuild, Set.of(0L), all::stream);
      rebuild = 0;
      tell(watermark);
    }
  }

  /** A root row that is held whole has another value, lacks a part, or is not there. */
  @Override
  public Key corrupt(Random random) {
    List<Key> whole =
        rows.entrySet().stream()
            .filter(each -> each.getValue().row() != null && !each.getValue().holdsPoison())
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (!root || !handedOver || whole.isEmpty()) {
      return null;
    }
    Key key = whole.get(random.nextInt(whole.size()));
    NodeRow row = rows.get(key);
    Object[] values = row.row().clone();
    Composite[] parts = row.parts().clone();
    if (random.nextInt(4) == 0) {
      rows.remove(key);
      return key;
    }
    if (parts.length > 0 && random.nextBoolean()) {
      parts[random.nextInt(parts.length)] = null;
    } else {
      values[random.nextBoolean() ? RandomPlan.V : RandomPlan.W] = (long) random.nextInt(3);
    }
    rows.put(key, new NodeRow(values, row.children(), parts, row.marker()));
    return key;
  }

  private static void mark(Set<Key> poisoned, Key key, NodeRow row) {
    if (row.holdsPoison()) {
      poisoned.add(key);
    }
  }

  private void apply(Key key, List<Event> events, long version) {
    before = rows.getOrDefault(key, NodeRow.empty(plan.nodeOf(key).children().size()));
    if (events.get(0) instanceof Event.Rebuild begun) {
      rebuild = begun.version();
      after = before;
      toSend = Collections.emptyIterator();
      return;
    }
    if (root) {
      Handled handled = rootNode.step(key, before, events);
      after = handedOver ? rootNode.settle(key, before, handled, version, rootOut) : handled.row();
    } else {
      List<Event> parts = new ArrayList<>();
      after =
          dimension
              .step(
                  key,
                  before,
                  events,
                  subscribers(key),
                  version,
                  out::accept,
                  sent -> sent.forEach(parts::add))
              .row();
      toSend = parts.iterator();
    }
  }

  private void keep(Key key, NodeRow before, NodeRow after) {
    if (after.isEmpty()) {
      rows.remove(key);
    } else {
      rows.put(key, after);
    }
    Marker marker = after.marker();
    if (marker != null && !marker.equals(before.marker())) {
      out.accept(new Failure(key, marker.of(), marker.poison(), marker.next(), 0, 0, after.row()));
    }
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
