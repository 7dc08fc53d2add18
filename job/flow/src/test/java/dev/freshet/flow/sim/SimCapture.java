package dev.freshet.flow.sim;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.Wish;
import dev.freshet.flow.capture.Wishes;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.Poison;
import dev.freshet.view.Key;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Capture in a simulated job: tells the script's steps, makes watermarks at random places between
 * transactions, and takes what failed in again: what a node holds, or what MySQL holds, which is
 * read in a snapshot that may be ahead of the log.
 */
final class SimCapture {
  /** What a checkpoint keeps. */
  record State(int step, long watermark, int consumed, List<byte[]> waiting) {
    static final State NOTHING = new State(0, 0, 0, List.of());
  }

  private final JobPlan plan;
  private final History history;
  private final SourceScript script;
  private final List<Failure> retries;
  private final Random random;
  private final Consumer<Event> events;
  private final Consumer<Long> watermarks;
  private final TreeSet<Long> stops = new TreeSet<>();
  private final Wishes wishes;
  private int step;
  private long lastWatermark;
  private int consumed;
  private long now;
  private List<Key> asked = List.of();
  private long snapshot;

  /**
   * Capture, from a checkpoint on.
   *
   * @param stored progress values of the store
   * @param retries the retry topic: it outlives crashes, and a replay tells it the same again
   */
  SimCapture(
      JobPlan plan,
      History history,
      SourceScript script,
      State from,
      long[] stored,
      List<Failure> retries,
      Random random,
      Consumer<Event> events,
      Consumer<Long> watermarks) {
    this.plan = plan;
    this.history = history;
    this.script = script;
    this.retries = retries;
    this.random = random;
    this.events = events;
    this.watermarks = watermarks;
    this.wishes = new Wishes(plan);
    this.step = from.step();
    this.lastWatermark = from.watermark();
    this.consumed = from.consumed();
    from.waiting().forEach(index -> wish(ByteBuffer.wrap(index).getInt()));
    for (long value : stored) {
      if (value > lastWatermark) {
        stops.add(value);
      }
    }
  }

  void resume() {
    if (lastWatermark > 0) {
      emit(lastWatermark);
    }
  }

  State state() {
    return new State(step, lastWatermark, consumed, wishes.messages());
  }

  /** Whether there is nothing more to tell. */
  boolean isDone() {
    return step == script.steps.size()
        && consumed == retries.size()
        && wishes.backlog().waiting() == 0;
  }

  boolean hasSteps() {
    return step < script.steps.size();
  }

  boolean hasWishes() {
    return consumed < retries.size() || wishes.backlog().waiting() > 0;
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
      wish(consumed++);
      return true;
    }
    if (!asked.isEmpty() && random.nextBoolean()) {
      answer();
      return true;
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
    if (wishes.isDue(now, place)) {
      wishes.next(now, place, lastWatermark + 1).forEach(events);
      emit(lastWatermark + 1);
      return true;
    }
    List<Key> rows = wishes.take(now);
    if (!rows.isEmpty()) {
      asked = rows;
      snapshot = place;
      for (int ahead = step;
          ahead < Math.min(step + random.nextInt(20), script.steps.size());
          ahead++) {
        snapshot = Math.max(snapshot, script.steps.get(ahead).end());
      }
    }
    return !rows.isEmpty();
  }

  private void wish(int index) {
    Failure failure = retries.get(index);
    if (failure.next() == Failure.Next.RETRY || failure.next() == Failure.Next.READ) {
      byte[] source = ByteBuffer.allocate(4).putInt(index).array();
      boolean read = failure.next() == Failure.Next.READ;
      long due = now + random.nextInt(5);
      wishes.add(new Wish(source, failure.key(), failure.of(), read, 1, due));
    }
  }

  private void answer() {
    List<Key> rows = asked;
    asked = List.of();
    if (random.nextInt(8) == 0) {
      wishes.unanswered(now - 100_000);
      return;
    }
    Tables tables = history.at(snapshot);
    Map<Key, Wishes.Row> answers = new HashMap<>();
    for (Key key : rows) {
      int node = plan.nodeOf(key).local();
      Long id = (Long) key.values()[1];
      Poison own = tables.poison(node).get(id);
      boolean fails = own != null && own.reason().isPermanent() && random.nextInt(3) == 0;
      Poison poison = fails ? own : null;
      Object[] row = tables.table(node).get(id);
      answers.put(key, new Wishes.Row(History.visible(row, poison), poison));
    }
    wishes.answered(answers, snapshot);
  }

  /** Where the last transaction ended, if its watermark was made and nothing came since; else 0. */
  private long placeBetween() {
    return step > 0 && lastWatermark >= script.steps.get(step - 1).end()
        ? script.steps.get(step - 1).end()
        : 0;
  }

  private void send(Event event) {
    if (event instanceof Event.RowChange) {
      wishes.changed(event.key());
    }
    events.accept(event);
  }

  private void emit(long watermark) {
    lastWatermark = watermark;
    stops.headSet(watermark, true).clear();
    watermarks.accept(watermark);
  }
}
