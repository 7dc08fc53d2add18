package dev.freshet.flow.sim;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.flow.log.UnroutableRow;
import dev.freshet.flow.write.EntriesToDelete;
import dev.freshet.flow.write.KeyRepairs;
import dev.freshet.flow.write.KeyStates;
import dev.freshet.flow.write.PopulatedKeys;
import dev.freshet.flow.write.RangeRebuild;
import dev.freshet.flow.write.UnroutableRows;
import dev.freshet.flow.write.WriteBuffer;
import dev.freshet.view.Key;
import dev.freshet.view.Reason;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A whole job in one thread: capture, nodes and writers of random parallelism, joined by channels
 * that are emptied in a random order, with aligned checkpoints, and restores from the last one at
 * another parallelism.
 */
final class SimCluster {
  private record Watermark(long value) {}

  private record Barrier(int id) {}

  private record WriterState(
      List<EntryChange> held,
      BitSet written,
      List<EntryChange> poisoned,
      List<ControlMessage> unplaced,
      List<EntriesToDelete> toGo,
      List<Key> toRewrite,
      List<RepairMark> repairMarks,
      List<EntryChange> repaired,
      Map<Key, Long> populated,
      long[] commits) {}

  /** One subtask with its inputs; whatever it holds is behind {@code deliver}. */
  private static final class Task {
    final List<Deque<Object>> inputs = new ArrayList<>();
    final List<Long> watermarks = new ArrayList<>();
    final BitSet blocked = new BitSet();
    final Consumer<Object> element;
    final Consumer<Long> onWatermark;
    final Consumer<Barrier> onBarrier;
    final Runnable idle;
    private long watermark = Long.MIN_VALUE;

    Task(
        Consumer<Object> element,
        Consumer<Long> onWatermark,
        Consumer<Barrier> onBarrier,
        Runnable idle) {
      this.element = element;
      this.onWatermark = onWatermark;
      this.onBarrier = onBarrier;
      this.idle = idle;
    }

    Deque<Object> input() {
      Deque<Object> channel = new ArrayDeque<>();
      inputs.add(channel);
      watermarks.add(Long.MIN_VALUE);
      return channel;
    }

    void deliver(int input) {
      Object next = inputs.get(input).poll();
      if (next instanceof Watermark mark) {
        watermarks.set(input, mark.value());
        long lowest = watermarks.stream().mapToLong(Long::longValue).min().orElseThrow();
        if (lowest > watermark) {
          watermark = lowest;
          onWatermark.accept(lowest);
        }
      } else if (next instanceof Barrier barrier) {
        blocked.set(input);
        if (blocked.cardinality() == inputs.size()) {
          onBarrier.accept(barrier);
          blocked.clear();
        }
      } else {
        element.accept(next);
      }
    }
  }

  private static final int MOST_MOVES = 200_000;

  private final JobPlan plan;
  private final Random random;
  private final SimStore store;
  private final SimNode.Factory nodeFactory;
  private final List<SimNode> open = new ArrayList<>();
  private final int movesPerCheckpoint;
  private SourceScript script;
  private int parallelism;
  private long storeAtStart;

  private List<Task> tasks;
  private List<Deque<Object>> captureOutputs;
  private List<List<Deque<Object>>> captureByDepth;
  private List<Deque<Object>> captureToWriters;
  private SimCapture log;

  /** What the nodes said of failures: the topics outlive crashes. */
  private final List<Failure> failures = new ArrayList<>();

  /** The keys that somebody wants repaired; likewise. */
  private final List<Key> requests = new ArrayList<>();

  private final List<Key> corrupted = new ArrayList<>();
  private final int movesPerRequest;

  /** 0 where the store keeps what it has. */
  private final int movesPerLoss;

  private final History history;

  /** Milliseconds, as the writers have it: one for each move. */
  private long clock;

  private int barrier;
  private SimCapture.State pendingCapture;
  private List<List<Object>> pendingNodes = new ArrayList<>();
  private List<WriterState> pendingWriters = new ArrayList<>();
  private int acknowledged;
  private int expected;
  private SimCapture.State capture;
  private List<List<Object>> nodes;
  private List<WriterState> writers;

  SimCluster(
      JobPlan plan,
      History history,
      SourceScript script,
      SimStore store,
      SimNode.Factory nodeFactory,
      Random random) {
    this.nodeFactory = nodeFactory;
    this.plan = plan;
    this.history = history;
    this.script = script;
    this.store = store;
    this.random = random;
    boolean onRead = plan.views().get(0).options().onRead();
    this.movesPerRequest = onRead ? 15 : random.nextBoolean() ? 0 : 50;
    this.movesPerLoss = random.nextInt(3) == 0 ? 40 : 0;
    this.movesPerCheckpoint = random.nextInt(3) == 0 ? 2_000 : 20;
  }

  /** Starts again from the last complete checkpoint, or from nothing. */
  void start(SourceScript freshScript) {
    if (capture == null) {
      script = freshScript;
    }
    open.forEach(SimNode::close);
    open.clear();
    parallelism = 1 + random.nextInt(3);
    storeAtStart = Arrays.stream(store.progressValues()).max().orElseThrow();
    log =
        new SimCapture(
            plan,
            history,
            script,
            capture == null ? SimCapture.State.NOTHING : capture,
            store.progressValues(),
            failures,
            requests,
            random,
            new World());
    corrupted.forEach(key -> store.taint(key, log.watermark()));
    tasks = new ArrayList<>();
    captureOutputs = new ArrayList<>();
    captureByDepth = new ArrayList<>();
    pendingCapture = null;
    List<List<Deque<Object>>> outputsBelow = new ArrayList<>();
    for (int depth = plan.depth(); depth >= 0; depth--) {
      List<Task> level = new ArrayList<>();
      List<List<Deque<Object>>> outputs = new ArrayList<>();
      for (int i = 0; i < parallelism; i++) {
        List<Deque<Object>> mine = new ArrayList<>();
        outputs.add(mine);
        level.add(nodeTask(depth, i, mine));
      }
      List<Deque<Object>> fromCapture = new ArrayList<>();
      for (Task task : level) {
        fromCapture.add(task.input());
      }
      captureOutputs.addAll(fromCapture);
      captureByDepth.add(0, fromCapture);
      connect(outputsBelow, level);
      tasks.addAll(level);
      outputsBelow = outputs;
    }
    List<Task> writerTasks = new ArrayList<>();
    captureToWriters = new ArrayList<>();
    for (int i = 0; i < parallelism; i++) {
      Task task = writerTask(i);
      captureToWriters.add(task.input());
      captureOutputs.add(captureToWriters.get(i));
      writerTasks.add(task);
    }
    connect(outputsBelow, writerTasks);
    tasks.addAll(writerTasks);
    expected = tasks.size();
    log.resume();
  }

  private static void connect(List<List<Deque<Object>>> outputs, List<Task> to) {
    for (List<Deque<Object>> from : outputs) {
      for (Task task : to) {
        from.add(task.input());
      }
    }
  }

  /** Runs until the whole script has reached the store. */
  void run(int crashes, java.util.function.Supplier<SourceScript> freshScript) {
    start(script);
    int left = crashes;
    int sinceStart = 0;
    int until = 20 + random.nextInt(400);
    while (true) {
      boolean moved;
      try {
        moved = move();
      } catch (SimStore.WentBack e) {
        start(freshScript.get());
        continue;
      }
      sinceStart++;
      if (sinceStart > MOST_MOVES) {
        throw new IllegalStateException("nothing comes to an end: " + log);
      }
      if (left > 0 && sinceStart > until) {
        left--;
        sinceStart = 0;
        until = 20 + random.nextInt(400);
        start(freshScript.get());
      } else if (!moved) {
        if (!log.isDone() || left > 0) {
          continue;
        }
        try {
          tasks.forEach(t -> t.idle.run());
        } catch (SimStore.WentBack e) {
          start(freshScript.get());
          continue;
        }
        if (!log.isDone() || !isWhole()) {
          // A writer's first flush may ask for repairs, or find that the store went back.
          continue;
        }
        open.forEach(SimNode::close);
        return;
      }
    }
  }

  private boolean isWhole() {
    return Arrays.stream(store.progressValues()).min().orElseThrow() >= history.lastPlace();
  }

  /** One random move; false when there was nothing to do for the one that was drawn. */
  private boolean move() {
    clock++;
    if (random.nextInt(movesPerCheckpoint) == 0 && pendingCapture == null) {
      checkpoint();
      return true;
    }
    if (movesPerRequest > 0 && random.nextInt(movesPerRequest) == 0 && log.hasSteps()) {
      request();
    }
    if (movesPerLoss > 0 && random.nextInt(movesPerLoss) == 0 && log.hasSteps()) {
      lose();
    }
    if (random.nextInt(4) == 0 && log.hasRequests() && log.fulfil()) {
      return true;
    }
    if (random.nextInt(4) == 0 && log.hasSteps()) {
      log.tell();
      return true;
    }
    List<int[]> ready = new ArrayList<>();
    for (int t = 0; t < tasks.size(); t++) {
      Task task = tasks.get(t);
      for (int i = 0; i < task.inputs.size(); i++) {
        if (!task.inputs.get(i).isEmpty() && !task.blocked.get(i)) {
          ready.add(new int[] {t, i});
        }
      }
    }
    for (int node = 0; node < open.size(); node++) {
      if (open.get(node).isPaused()) {
        ready.add(new int[] {node});
      }
    }
    if (ready.isEmpty()) {
      return false;
    }
    int[] drawn = ready.get(random.nextInt(ready.size()));
    if (drawn.length == 1) {
      open.get(drawn[0]).resume();
      return true;
    }
    tasks.get(drawn[0]).deliver(drawn[1]);
    return true;
  }

  /** The store keeps a moment, goes back to the one it kept, or is to be rebuilt. */
  private void lose() {
    switch (random.nextInt(4)) {
      case 0 -> store.goBack();
      case 1 -> store.wantRebuild();
      default -> store.save();
    }
  }

  /** Somebody wants a key repaired, with or without a reason. */
  private void request() {
    if (random.nextBoolean() && !log.hasRepairs()) {
      corruptState();
      return;
    }
    Key key = viewKey(random.nextInt(3));
    if (random.nextInt(3) == 0 && store.roots(List.of(key), 1) != null) {
      store.corrupt(key, random);
      corrupted.add(key);
    }
    requests.add(key);
  }

  private Key viewKey(long value) {
    return plan.views().get(0).viewKeyOf(value);
  }

  /** Nobody knows which keys it touches, so that the row and all keys are repaired. */
  private void corruptState() {
    Key row = open.get(random.nextInt(open.size())).corrupt(random);
    if (row != null) {
      requests.add(row);
      for (long value = 0; value < 3; value++) {
        store.taint(viewKey(value), log.watermark());
        corrupted.add(viewKey(value));
        requests.add(viewKey(value));
      }
    }
  }

  private final class World implements SimCapture.Outside {
    @Override
    public void event(Event event) {
      send(event);
    }

    @Override
    public void mark(RepairMark mark) {
      captureToWriters.forEach(channel -> channel.add(mark));
    }

    @Override
    public boolean wantsRebuild() {
      return store.isRebuildWanted();
    }

    @Override
    public boolean isRebuilt(long version) {
      return store.isRebuilt(version);
    }

    @Override
    public void rebuild(long version) {
      Rebuild begun = new Rebuild(Set.of(0), version);
      captureToWriters.forEach(channel -> channel.add(begun));
      for (int group = 0; group < SimStore.GROUPS; group++) {
        long i = 0;
        while (SimStore.group(Key.of(0L, "rebuild", i)) != group) {
          i++;
        }
        send(new Event.Rebuild(Key.of(0L, "rebuild", i), version, group));
      }
    }

    @Override
    public void watermark(long watermark) {
      captureOutputs.forEach(channel -> channel.add(new Watermark(watermark)));
    }

    @Override
    public long lowest() {
      long lowest = Arrays.stream(store.progressValues()).min().orElseThrow();
      return lowest > storeAtStart ? lowest : WriteBuffer.NOTHING;
    }

    @Override
    public Set<Key> roots(List<Key> keys, long watermark) {
      Set<Long> ids = store.roots(keys, watermark);
      return ids == null
          ? null
          : ids.stream().map(id -> Key.of(0L, id)).collect(Collectors.toSet());
    }
  }

  /** Whether a row was given up, at some time. */
  boolean dead() {
    return failures.stream().anyMatch(failure -> failure.next() == Failure.Next.DEAD);
  }

  private void send(Event event) {
    int depth = plan.nodeOf(event.key()).plan().depth();
    captureByDepth.get(depth).get(subtask(event.key())).add(event);
  }

  private void checkpoint() {
    barrier++;
    pendingCapture = log.state();
    pendingNodes = new ArrayList<>();
    for (int depth = 0; depth <= plan.depth(); depth++) {
      pendingNodes.add(new ArrayList<>());
    }
    pendingWriters = new ArrayList<>();
    acknowledged = 0;
    captureOutputs.forEach(c -> c.add(new Barrier(barrier)));
  }

  private void acknowledge() {
    if (++acknowledged == expected) {
      capture = pendingCapture;
      nodes = pendingNodes;
      writers = pendingWriters;
      pendingCapture = null;
    }
  }

  private Task nodeTask(int depth, int index, List<Deque<Object>> outputs) {
    SimNode node =
        nodeFactory.create(
            depth,
            index,
            parallelism,
            sent -> {
              if (sent instanceof SimNode.Passed passed) {
                outputs.forEach(c -> c.add(new Watermark(passed.watermark())));
              } else if (sent instanceof Failure failure) {
                failures.add(failure);
              } else if (sent instanceof UnroutableRow || sent instanceof Rebuild.Sent) {
                outputs.forEach(channel -> channel.add(sent));
              } else {
                Key to = sent instanceof Event e ? e.key() : ((EntryChange) sent).key();
                outputs.get(subtask(to)).add(sent);
              }
            },
            capture == null ? List.of() : nodes.get(depth));
    open.add(node);
    return new Task(
        e -> node.event((Event) e),
        node::watermark,
        b -> {
          pendingNodes.get(depth).add(node.snapshot());
          outputs.forEach(c -> c.add(b));
          acknowledge();
        },
        () -> {});
  }

  private Task writerTask(int index) {
    BitSet unwritten = new BitSet();
    long stored = WriteBuffer.NOTHING;
    for (int group = 0; group < SimStore.GROUPS; group++) {
      if (subtaskOf(group) == index) {
        unwritten.set(group);
        stored = Math.max(stored, store.progress(group));
      }
    }
    BitSet range = (BitSet) unwritten.clone();
    List<EntryChange> held = new ArrayList<>();
    if (capture != null) {
      for (WriterState state : writers) {
        state.held().stream().filter(c -> subtask(c.key()) == index).forEach(held::add);
        unwritten.andNot(state.written());
      }
    }
    KeyStates keys = new KeyStates();
    PopulatedKeys populated = new PopulatedKeys(plan, 1);
    Map<Key, Long> populatedAt = new LinkedHashMap<>();
    if (capture != null) {
      writers.forEach(state -> populatedAt.putAll(state.populated()));
      populatedAt.keySet().removeIf(key -> subtask(key) != index);
      populated.restore(populatedAt);
    }
    UnroutableRows unplaced = new UnroutableRows(range.nextSetBit(0), range.length() - 1);
    if (capture != null) {
      for (WriterState state : writers) {
        state.poisoned().stream().filter(c -> subtask(c.key()) == index).forEach(keys::apply);
      }
      unplaced.restore(
          writers.stream().flatMap(state -> state.unplaced().stream()).toList(),
          writers.stream().flatMap(state -> state.toGo().stream()).toList());
    }
    long[] durable = new long[SimStore.GROUPS];
    if (capture != null) {
      for (WriterState state : writers) {
        for (int group = 0; group < SimStore.GROUPS; group++) {
          durable[group] = Math.max(durable[group], state.commits()[group]);
        }
      }
    }
    long[] commits = store.fence(range::get, durable);
    boolean isHidden = range.stream().anyMatch(store::isHidden);
    RangeRebuild rebuild =
        new RangeRebuild(isHidden ? Set.of(0) : Set.of(), isHidden ? "store-lost" : null, 0);
    Map<Key, Long> rewritten = new LinkedHashMap<>();
    WriteBuffer pending = new WriteBuffer(stored);
    KeyRepairs repairs = new KeyRepairs();
    if (capture != null) {
      writers.stream()
          .flatMap(state -> state.toRewrite().stream())
          .filter(key -> subtask(key) == index)
          .forEach(
              key -> {
                pending.rewriteAgain(0, key);
                rewritten.put(key, WriteBuffer.NOTHING);
              });
      repairs.restore(
          writers.stream()
              .flatMap(state -> state.repairMarks().stream())
              .filter(mark -> subtask(mark.key()) == index)
              .toList(),
          writers.stream()
              .flatMap(state -> state.repaired().stream())
              .filter(change -> subtask(change.key()) == index)
              .toList());
    }
    BiConsumer<Key, Integer> drop =
        (key, view) -> {
          keys.forget(key);
          pending.drop(view, key);
          rewritten.remove(key);
          populatedAt.remove(key);
        };
    Consumer<KeyRepairs.Outcome> populate =
        outcome -> {
          for (KeyRepairs.Done done : outcome.done()) {
            if (populated.populate(0, done.mark().key(), clock)) {
              pending.keep(done.mark().key());
              populatedAt.put(done.mark().key(), clock);
            }
          }
        };
    Consumer<KeyRepairs.Outcome> repair =
        outcome -> {
          for (RepairMark mark : outcome.invalidated()) {
            if (populated.has(0, mark.key())) {
              keys.invalidate(0, mark.key(), mark.version()).ifPresent(pending::state);
              pending.touch();
            }
          }
          for (KeyRepairs.Done done : outcome.done()) {
            Key key = done.mark().key();
            pending.state(keys.repaired(0, key, done.poisoned(), done.mark().version()));
            pending.rewrite(0, key, done.mark().version(), done.received());
            rewritten.put(key, done.mark().version());
          }
        };
    // The first mark after a restore is of capture's last watermark.
    long marked = capture == null ? WriteBuffer.NOTHING : capture.watermark();
    boolean[] compared = new boolean[1];
    Runnable flush =
        () -> {
          if (pending.isDue() && pending.complete() >= marked) {
            if (!compared[0]) {
              Set<Key> again = pending.rewritten().keySet();
              if (!populated.isIdle()) {
                populated
                    .reconcile(store.populated(range::get), again, rebuild.hidden())
                    .forEach(drop);
              }
              Map<Key, Reason> invalid = store.invalid(range::get);
              if (!rebuild.hidden().isEmpty()) {
                invalid.clear();
              }
              invalid.keySet().removeIf(key -> !populated.has(0, key));
              if (unwritten.isEmpty()) {
                keys.doubtful(invalid, again)
                    .forEach(
                        key -> {
                          keys.invalidate(0, key, pending.complete());
                          requests.add(key);
                        });
              }
              Map<Key, Reason> different = keys.differences(invalid);
              if (!populated.isIdle()) {
                again.forEach(key -> different.put(key, keys.reasonOf(key)));
              }
              different.forEach((k, why) -> pending.state(new KeyStates.Change(0, k, why, 0)));
              compared[0] = true;
            }
            Map<Key, KeyStates.Change> headers = new LinkedHashMap<>();
            if (!rebuild.toClear().isEmpty()) {
              store.clear(range::get);
              rebuild.cleared();
              List<Key> noted = new ArrayList<>(keys.invalid());
              noted.addAll(populated.keys(0));
              for (Key key : noted) {
                headers.put(key, new KeyStates.Change(0, key, keys.reasonOf(key), 0));
              }
            }
            pending.states().forEach(change -> headers.put(change.key(), change));
            if (rebuild.isComplete()) {
              rebuild.complete();
            }
            store.flush(
                range::get,
                unwritten::get,
                pending.changes(),
                headers.values(),
                !unplaced.views().isEmpty(),
                unplaced.entriesToDelete(),
                rewritten,
                pending.absent().keySet(),
                pending.complete(),
                commits,
                !rebuild.hidden().isEmpty(),
                rebuild.rebuilt());
            pending.flushed();
            rewritten.clear();
            unplaced.flushed();
            unwritten.clear();
          }
        };
    return new Task(
        e -> {
          if (e instanceof UnroutableRow note) {
            unplaced.add(note);
          } else if (e instanceof Rebuild begun) {
            rebuild.add(begun);
          } else if (e instanceof Rebuild.Sent sent) {
            rebuild.add(sent);
          } else if (e instanceof RepairMark mark) {
            if (subtask(mark.key()) == index) {
              repairs.add(mark);
              KeyRepairs.Outcome outcome = repairs.step(List.of(), pending.complete());
              populate.accept(outcome);
              repair.accept(outcome);
            }
          } else {
            held.add((EntryChange) e);
          }
        },
        watermark -> {
          List<EntryChange> due = new ArrayList<>();
          held.removeIf(c -> c.version() <= watermark && due.add(c));
          due.sort(java.util.Comparator.comparingLong(EntryChange::version));
          KeyRepairs.Outcome outcome = repairs.step(List.of(due), watermark);
          populate.accept(outcome);
          List<EntryChange> kept =
              due.stream().filter(change -> populated.has(0, change.key())).toList();
          pending.step(List.of(kept), watermark);
          for (EntryChange change : kept) {
            keys.apply(change).ifPresent(pending::state);
          }
          repair.accept(outcome);
          unplaced.step(watermark);
          rebuild.step(watermark);
          Key read = viewKey(random.nextInt(9));
          if (populated.read(0, read, clock) && subtask(read) == index) {
            populatedAt.put(read, clock);
          }
          if (compared[0] && !populated.isIdle()) {
            Map<Key, Integer> evicted = populated.evict(clock);
            evicted.forEach(drop);
            evicted.keySet().forEach(key -> pending.touch());
          }
          if (random.nextBoolean()) {
            flush.run();
          }
        },
        b -> {
          flush.run();
          List<EntryChange> all = new ArrayList<>(pending.copy());
          all.addAll(held);
          BitSet written = (BitSet) range.clone();
          written.andNot(unwritten);
          List<EntryChange> stillPoisoned = new ArrayList<>();
          for (Key key : keys.invalid()) {
            keys.entries(key)
                .forEach(
                    (entry, reason) ->
                        stillPoisoned.add(
                            new EntryChange(0, key, entry, 0, true, new Object[0], reason)));
          }
          pendingWriters.add(
              new WriterState(
                  all,
                  written,
                  stillPoisoned,
                  index == 0 ? unplaced.copy() : List.of(),
                  unplaced.entriesToDelete(),
                  List.copyOf(pending.rewritten().keySet()),
                  repairs.marks(),
                  repairs.received(),
                  Map.copyOf(populatedAt),
                  mine(range, commits)));
          acknowledge();
        },
        () -> {
          // As-of moves on however silent the source is, and is written.
          pending.touch();
          flush.run();
        });
  }

  private static long[] mine(BitSet range, long[] commits) {
    long[] mine = new long[commits.length];
    range.stream().forEach(group -> mine[group] = commits[group]);
    return mine;
  }

  private int subtask(Key key) {
    return subtaskOf(SimStore.group(key));
  }

  private int subtaskOf(int group) {
    return group * parallelism / SimStore.GROUPS;
  }
}
