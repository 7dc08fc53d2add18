package dev.freshet.flow.sim;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.Repair;
import dev.freshet.flow.capture.inject.Repairs;
import dev.freshet.flow.capture.inject.RetryQueue;
import dev.freshet.flow.capture.inject.RetryRequest;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.Poison;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.view.Key;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Capture in a simulated job: tells the script's steps, makes watermarks at random places between
 * transactions, and takes what failed in again: what a node holds, or what MySQL holds, which is
 * read in a snapshot that may be ahead of the log.
 */
final class SimCapture {
  /** What a checkpoint keeps. */
  record State(
      int step,
      long watermark,
      int consumed,
      int heard,
      List<byte[]> waiting,
      List<Long> unfinished) {
    static final State NOTHING = new State(0, 0, 0, 0, List.of(), List.of());
  }

  /** What others hear and say. */
  interface Outside {
    void event(Event event);

    void mark(RepairMark mark);

    /** The store wants a rebuild. */
    boolean wantsRebuild();

    /** Whether a rebuild is in the whole store. */
    boolean isRebuilt(long version);

    /** Begins one. */
    void rebuild(long version);

    void watermark(long watermark);

    /** The root rows that the store shows under keys; null as long as it is not so far. */
    Set<Key> roots(List<Key> keys, long watermark);

    /** Up to where the whole store is. */
    long lowest();
  }

  private final JobPlan plan;
  private final History history;
  private final SourceScript script;
  private final List<Failure> retries;
  private final Random random;
  private final List<Key> requests;
  private final Outside outside;
  private final TreeSet<Long> stops = new TreeSet<>();
  private final TreeSet<Long> unfinished = new TreeSet<>();
  private final RetryQueue queue;
  private final Repairs repairs;
  private int step;
  private long lastWatermark;
  private int consumed;
  private long now;
  private List<Key> asked = List.of();
  private long snapshot;
  private int heard;
  private List<Repair> toRepair = List.of();
  private long begun;
  private long begunAt;
  private Set<Key> shown;
  private long rebuilding;

  /**
   * Capture, from a checkpoint on.
   *
   * @param stored progress values of the store
   * @param retries the retry topic: it outlives crashes, and a replay tells it the same again
   * @param requests the requests topic likewise: keys to be repaired
   */
  SimCapture(
      JobPlan plan,
      History history,
      SourceScript script,
      State from,
      long[] stored,
      List<Failure> retries,
      List<Key> requests,
      Random random,
      Outside outside) {
    this.plan = plan;
    this.history = history;
    this.script = script;
    this.retries = retries;
    this.requests = requests;
    this.random = random;
    this.outside = outside;
    this.queue = new RetryQueue(plan);
    this.repairs = new Repairs(plan);
    this.step = from.step();
    this.lastWatermark = from.watermark();
    this.consumed = from.consumed();
    this.heard = from.heard();
    from.waiting().forEach(this::again);
    unfinished.addAll(from.unfinished());
    for (long value : stored) {
      if (value > lastWatermark) {
        stops.add(value);
      }
    }
  }

  void resume() {
    unfinished.headSet(lastWatermark).forEach(outside::watermark);
    if (lastWatermark > 0) {
      emit(lastWatermark);
    }
  }

  State state() {
    List<byte[]> waiting = new ArrayList<>(queue.messages());
    waiting.addAll(repairs.messages());
    if (random.nextBoolean()) {
      unfinished.headSet(outside.lowest(), true).clear();
    }
    return new State(step, lastWatermark, consumed, heard, waiting, List.copyOf(unfinished));
  }

  /** Whether there is nothing more to tell. */
  boolean isDone() {
    return step == script.steps.size()
        && consumed == retries.size()
        && heard == requests.size()
        && queue.backlog().waiting() == 0
        && repairs.size() == 0
        && rebuilding == 0
        && !outside.wantsRebuild();
  }

  @Override
  public String toString() {
    return "step %d of %d, watermark %d, stops %s, %d of %d failures, %d of %d requests, %s, %d repairs, %s to repair, shown %s"
        .formatted(
            step,
            script.steps.size(),
            lastWatermark,
            stops,
            consumed,
            retries.size(),
            heard,
            requests.size(),
            queue.backlog(),
            repairs.size(),
            toRepair,
            shown);
  }

  /** Whether somebody waits for a repair. */
  boolean hasRepairs() {
    return heard < requests.size() || repairs.size() > 0;
  }

  /** The last one that left. */
  long watermark() {
    return lastWatermark;
  }

  boolean hasSteps() {
    return step < script.steps.size();
  }

  boolean hasRequests() {
    // A silent source passes the stops that stand behind its last transaction.
    return consumed < retries.size()
        || (!hasSteps() && !stops.isEmpty())
        || queue.backlog().waiting() > 0
        || hasRepairs()
        || rebuilding > 0
        || outside.wantsRebuild();
  }

  /** Tells the next transaction, and maybe a watermark. */
  void tell() {
    SourceScript.Step next = script.steps.get(step);
    long begin = next.events().isEmpty() ? next.end() : next.events().get(0).version();
    boolean between = step > 0 && script.steps.get(step - 1).end() > 0;
    if (between && !stops.isEmpty() && stops.first() < begin) {
      long stop = stops.pollFirst();
      if (stop >= script.highestChunk) {
        emit(stop);
      }
      return;
    }
    step++;
    next.events().forEach(this::send);
    boolean last = step == script.steps.size();
    boolean stop = !stops.isEmpty() && next.end() >= stops.first();
    if (next.end() > 0
        && next.end() >= script.highestChunk
        && next.end() > lastWatermark
        && (last || stop || random.nextInt(3) > 0)) {
      emit(next.end());
    }
  }

  /** Some of the way of what failed; false when nothing moved. */
  boolean fulfil() {
    now++;
    if (consumed < retries.size() && random.nextBoolean()) {
      request(consumed++);
      return true;
    }
    if (heard < requests.size() && random.nextBoolean()) {
      repair(heard++);
      return true;
    }
    if (!asked.isEmpty() && random.nextBoolean()) {
      answer();
      return true;
    }
    if (!toRepair.isEmpty() && random.nextBoolean() && readForRepair()) {
      return true;
    }
    if (lastWatermark > 0) {
      repairs.invalidated(lastWatermark).forEach(outside::mark);
    }
    long place = placeBetween();
    boolean over = !hasSteps();
    if (place == 0 || (!over && lastWatermark + 1 >= place + History.GAP)) {
      return false;
    }
    if (!stops.isEmpty()) {
      boolean here = over || stops.first() < place + History.GAP;
      if (here) {
        emit(stops.first());
      }
      return here;
    }
    if (rebuilding > 0 && random.nextBoolean()) {
      if (outside.isRebuilt(rebuilding)) {
        rebuilding = 0;
        return true;
      }
      if (random.nextInt(8) == 0) {
        emit(lastWatermark + 1);
        return true;
      }
    }
    if (rebuilding == 0 && outside.wantsRebuild() && lastWatermark > 0 && random.nextBoolean()) {
      rebuilding = lastWatermark + 1;
      outside.rebuild(rebuilding);
      emit(rebuilding);
      return true;
    }
    List<Event> injected = new ArrayList<>();
    List<RepairMark> done = List.of();
    if (queue.isDue(now, place)) {
      injected.addAll(queue.next(now, place, lastWatermark + 1));
      injected.forEach(repairs::injected);
    }
    if (repairs.isDue(place)) {
      done = repairs.finish(now - 100_000, lastWatermark + 1, injected);
    }
    if (!injected.isEmpty() || !done.isEmpty()) {
      done.forEach(outside::mark);
      injected.forEach(outside::event);
      emit(lastWatermark + 1);
      return true;
    }
    if (toRepair.isEmpty()) {
      toRepair = repairs.take(now);
      if (!toRepair.isEmpty()) {
        begun = lastWatermark;
        begunAt = place;
        shown = null;
        repairs.begun(begun).forEach(outside::mark);
        return true;
      }
    }
    List<Key> rows = queue.take(now);
    if (!rows.isEmpty()) {
      asked = rows;
      snapshot = ahead(place);
    }
    return !rows.isEmpty();
  }

  /** Where MySQL is, which is at a place or further. */
  private long ahead(long place) {
    long furthest = place;
    for (int next = step; next < Math.min(step + random.nextInt(20), script.steps.size()); next++) {
      furthest = Math.max(furthest, script.steps.get(next).end());
    }
    return furthest;
  }

  private static final int OF_KEY = 5;

  private void again(byte[] source) {
    if (source.length == OF_KEY) {
      repair(ByteBuffer.wrap(source).getInt());
    } else {
      request(ByteBuffer.wrap(source).getInt());
    }
  }

  private void repair(int index) {
    byte[] source = ByteBuffer.allocate(OF_KEY).putInt(index).array();
    Key target = requests.get(index);
    // A view key has the view's name in front, a row's the node's number.
    boolean ofRow = target.values()[0] instanceof Long;
    repairs.add(new Repair(source, 0, target, ofRow, !ofRow && index % 2 == 1, false));
  }

  /** The store first, then MySQL; false as long as the store is behind. */
  private boolean readForRepair() {
    List<Key> keys =
        toRepair.stream().filter(repair -> !repair.ofRow()).map(Repair::target).toList();
    List<Key> wanted = toRepair.stream().filter(Repair::ofRow).map(Repair::target).toList();
    if (shown == null) {
      shown = outside.roots(keys, begun);
      return shown != null;
    }
    toRepair = List.of();
    if (random.nextInt(8) == 0) {
      repairs.unanswered(now - 100_000);
      return true;
    }
    long read = ahead(begunAt);
    Tables tables = history.at(read);
    Set<Key> next = new LinkedHashSet<>(shown);
    next.addAll(wanted);
    for (Key key : keys) {
      tables.roots((Long) key.values()[1]).forEach(id -> next.add(Key.of(0L, id)));
    }
    Map<Key, ReadRow> rows = new HashMap<>();
    List<Key> open = new ArrayList<>(next);
    for (int i = 0; i < open.size(); i++) {
      Key key = open.get(i);
      if (rows.containsKey(key)) {
        continue;
      }
      ReadRow row = row(tables, key);
      rows.put(key, row);
      if (row.values() != null) {
        for (int id : plan.nodeOf(key).children()) {
          Key child = plan.childKey(plan.node(id), row.values());
          if (child != null) {
            open.add(child);
          }
        }
      }
    }
    repairs.answered(rows, ahead(read));
    return true;
  }

  private void request(int index) {
    Failure failure = retries.get(index);
    if (failure.next() == Failure.Next.RETRY || failure.next() == Failure.Next.READ) {
      byte[] source = ByteBuffer.allocate(4).putInt(index).array();
      boolean read = failure.next() == Failure.Next.READ;
      long due = now + random.nextInt(5);
      queue.add(new RetryRequest(source, failure.key(), failure.of(), read, 1, due));
    }
  }

  private void answer() {
    List<Key> rows = asked;
    asked = List.of();
    if (random.nextInt(8) == 0) {
      queue.unanswered(now - 100_000);
      return;
    }
    Tables tables = history.at(snapshot);
    Map<Key, ReadRow> answers = new HashMap<>();
    for (Key key : rows) {
      answers.put(key, row(tables, key));
    }
    queue.answered(answers, snapshot);
  }

  private ReadRow row(Tables tables, Key key) {
    int node = plan.nodeOf(key).local();
    Long id = (Long) key.values()[1];
    Poison own = tables.poison(node).get(id);
    Poison poison = own != null && fails(own) ? own : null;
    return new ReadRow(History.visible(tables.table(node).get(id), poison), poison);
  }

  /**
   * Whether what is read cannot be handled either. Of a row that cannot be placed each reading says
   * the same: what is stored is read by the same rule each time.
   */
  private boolean fails(Poison own) {
    return own.placed()
        ? own.reason().isPermanent() && random.nextInt(3) == 0
        : own.message().equals(History.FOR_GOOD);
  }

  /** Where the last transaction ended, if its watermark was made and nothing came since; else 0. */
  private long placeBetween() {
    return step > 0 && lastWatermark >= script.steps.get(step - 1).end()
        ? script.steps.get(step - 1).end()
        : 0;
  }

  private void send(Event event) {
    if (event instanceof Event.RowChange change) {
      queue.changed(event.key());
      repairs.changed(change);
    } else if (event instanceof Event.Cascade cascade) {
      repairs.deleted(cascade.key());
    }
    outside.event(event);
  }

  private void emit(long watermark) {
    lastWatermark = watermark;
    unfinished.add(watermark);
    stops.headSet(watermark, true).clear();
    outside.watermark(watermark);
  }
}
