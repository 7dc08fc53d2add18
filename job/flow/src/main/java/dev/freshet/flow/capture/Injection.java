package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.Rebuilds;
import dev.freshet.flow.capture.inject.Repair;
import dev.freshet.flow.capture.inject.Repairs;
import dev.freshet.flow.capture.inject.RetryQueue;
import dev.freshet.flow.capture.inject.RetryRequest;
import dev.freshet.flow.capture.inject.RowReads;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.ReadRow;
import dev.freshet.flow.log.Backlog;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Reads;
import dev.freshet.flow.log.Rebuild;
import dev.freshet.flow.log.RepairMark;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.stream.KeysRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what is put into the log between two transactions, and when: rows that are tried again
 * ({@link RetryQueue}), keys that are repaired ({@link Repairs}), and rebuilds that the store asks
 * for ({@link Rebuilds}).
 *
 * <p>{@link #advance} does all that can be done now. It must be called after each batch of the log,
 * after each message and each answer, and when the time comes that was passed to {@link
 * Outside#wakeAt}. What is injected has the version {@link LogClock#injectAt} and gets a watermark
 * of its own. While the source is silent there are few such versions, so that from the {@value
 * #UNPACED}th on each waits longer than the one before.
 *
 * <p>A checkpoint keeps {@link #messages}; reads that are in flight begin anew after a restore.
 * Used by one thread.
 */
final class Injection {
  private static final Logger LOG = LoggerFactory.getLogger(Injection.class);

  /** Versions after a transaction that are used at once. */
  private static final int UNPACED = 40;

  private final JobPlan plan;
  private final String job;
  private final LogClock clock;
  private final ViewFaults faults;
  private final LongSupplier wallClock;
  private final Outside outside;
  private final RetryQueue retries;
  private final Repairs repairs;
  private final Rebuilds rebuilds;
  private long rebuildsFrom = Version.NONE;
  private long injectedAt;
  private boolean asksForRebuilds;

  /**
   * Takes what is injected, and reads what is needed for it. Answers come in the thread that calls
   * the injection, and those of a server that is read no longer do not come.
   */
  interface Outside extends LogClock.Watermarks {
    /** Sends an event to the nodes. */
    void send(Event event);

    /** Sends a message to the writers. */
    void send(ControlMessage message);

    /** Reads rows from MySQL as of the last watermark or later. */
    void readRows(List<Key> rows, RowReads.Listener listener);

    /** Reads from MySQL and the store what repairs need, as of the last watermark or later. */
    void readForRepairs(List<Repair> repairs, RowReads.Listener listener);

    /**
     * Asks the store which views are to be rebuilt; there is always an answer.
     *
     * @param running version of the rebuild under way, or 0
     */
    void readRebuilds(long running, Consumer<StoreProgress.Wanted> listener);

    /**
     * Calls {@link Injection#advance} later.
     *
     * @param time milliseconds of the wall clock
     */
    void wakeAt(long time);
  }

  /**
   * Nothing waits yet.
   *
   * @param job the job's name, which messages bear
   * @param keyGroups the job's maximal parallelism
   * @param faults the views that can no longer follow the source
   * @param wallClock milliseconds
   */
  Injection(
      JobPlan plan,
      String job,
      int keyGroups,
      LogClock clock,
      ViewFaults faults,
      LongSupplier wallClock,
      Outside outside) {
    this.plan = plan;
    this.job = job;
    this.clock = clock;
    this.faults = faults;
    this.wallClock = wallClock;
    this.outside = outside;
    this.retries = new RetryQueue(plan);
    this.repairs = new Repairs(plan);
    this.rebuilds = new Rebuilds(plan, keyGroups);
  }

  /**
   * No rebuild begins before this watermark: until then writers could not write what the nodes
   * send, and would have all of it in memory.
   */
  void rebuildsFrom(long watermark) {
    rebuildsFrom = watermark;
  }

  /**
   * Takes a message from Kafka, or from a checkpoint. One that cannot be understood is logged and
   * passed over.
   *
   * @param message as {@link Capture#retry} or {@link Capture#request} made it
   */
  void take(byte[] message) {
    try {
      byte[] ofKey = RetryRequest.ofKey(message);
      byte[] ofReads = RetryRequest.ofReads(message);
      if (ofKey != null) {
        Repair.parse(message, ofKey, job, plan).ifPresent(this::take);
      } else if (ofReads != null) {
        Reads.parse(KeysRead.read(ofReads), job, plan).ifPresent(outside::send);
      } else {
        RetryRequest.parse(message, job, plan).ifPresent(retries::add);
      }
    } catch (RuntimeException e) {
      LOG.warn("A message is passed over, as nobody understands it: {}", e.getMessage());
    }
  }

  private void take(Repair repair) {
    boolean onRead = plan.views().get(repair.view()).options().onRead();
    if (repair.populate() && (!onRead || faults.has(repair.view()))) {
      return;
    }
    if (faults.has(repair.view())) {
      LOG.warn(
          "View {}: {} is not repaired, as the whole view is INVALID; build it anew",
          name(repair),
          repair.target());
    } else if (!repairs.add(repair)) {
      LOG.warn(
          "View {}: the repair of {} is not taken, as {} wait already; ask for it later",
          name(repair),
          repair.target(),
          Repairs.MOST_WAITING);
    }
  }

  private String name(Repair repair) {
    return plan.views().get(repair.view()).view();
  }

  /** The log has a change of a row. */
  void changed(Event.RowChange change) {
    if (retries.watches()) {
      retries.changed(change.key());
    }
    if (repairs.watches()) {
      repairs.changed(change);
    }
  }

  /** Another server is read now. What the one before answered may hold what this one never had. */
  void sourceMoved() {
    long now = wallClock.getAsLong();
    if (retries.watches()) {
      retries.unanswered(now);
    }
    if (repairs.watches()) {
      repairs.unanswered(now);
    }
  }

  /** Injects what is due, and begins the reads that are. */
  void advance() {
    long now = wallClock.getAsLong();
    if (clock.watermark() > 0) {
      repairs.invalidated(clock.watermark()).forEach(outside::send);
    }
    if (mayInject(now)) {
      inject(now, clock.injectAt());
    }
    rebuild(now);
    if (clock.injectAt() > 0) {
      readForRepairs(now);
      readRows(now);
      long due = Math.min(retries.nextDue(), repairs.nextDue());
      if (due != Long.MAX_VALUE) {
        outside.wakeAt(Math.max(due, pausedUntil()));
      } else if (repairs.isDue(clock.place()) || retries.isDue(now, clock.place())) {
        outside.wakeAt(pausedUntil());
      }
    }
    // Otherwise the binlog has to go on first, and its next batch ends with a call of this method.
  }

  private boolean mayInject(long now) {
    return clock.injectAt() > 0 && now >= pausedUntil();
  }

  /** The fewer versions are left, the longer one waits, so that more share a version. */
  private long pausedUntil() {
    long used = clock.injected();
    return injectedAt + (used <= UNPACED ? 0 : 1L << ((used - UNPACED) / 2));
  }

  private void inject(long now, long version) {
    List<Event> events = new ArrayList<>();
    List<RepairMark> done = List.of();
    if (retries.isDue(now, clock.place())) {
      events.addAll(retries.next(now, clock.place(), version));
      events.forEach(repairs::injected);
    }
    if (repairs.isDue(clock.place())) {
      done = repairs.finish(now, version, events);
    }
    if (!events.isEmpty() || !done.isEmpty()) {
      done.forEach(outside::send);
      events.forEach(outside::send);
      close(now);
    }
  }

  /** While the source is silent the nodes need watermarks to send the entries under. */
  private void rebuild(long now) {
    if (!mayInject(now)) {
      return;
    }
    if (rebuilds.isDue() && clock.watermark() >= rebuildsFrom) {
      Rebuild begun = rebuilds.begin(clock.injectAt());
      LOG.info("{}: the nodes send all entries again", begun);
      outside.send(begun);
      rebuilds.events().forEach(outside::send);
      close(now);
    } else if (mayPace() && now >= injectedAt + Rebuilds.PACE_MS) {
      close(now);
    }
    if (mayPace()) {
      outside.wakeAt(Math.max(injectedAt + Rebuilds.PACE_MS, pausedUntil()));
    }
  }

  /** The last of the free versions are for retries and repairs. */
  private boolean mayPace() {
    return rebuilds.isRunning() && clock.injected() < UNPACED;
  }

  private void close(long now) {
    clock.injected(outside);
    injectedAt = now;
  }

  /** Nothing is injected for it: whoever hears the mark has not passed the watermark it names. */
  private void readForRepairs(long now) {
    List<Repair> taken = repairs.take(now);
    if (!taken.isEmpty()) {
      repairs.begun(clock.watermark()).forEach(outside::send);
      outside.readForRepairs(taken, new RepairAnswer());
    }
  }

  private void readRows(long now) {
    List<Key> rows = retries.take(now);
    if (!rows.isEmpty()) {
      outside.readRows(rows, new RetryAnswer());
    }
  }

  private final class RepairAnswer implements RowReads.Listener {
    @Override
    public void answered(Map<Key, ReadRow> rows, long end) {
      repairs.answered(rows, end);
    }

    @Override
    public void unanswered() {
      repairs.unanswered(wallClock.getAsLong());
    }

    @Override
    public void refused(String why) {
      repairs
          .refused(wallClock.getAsLong())
          .ifPresent(
              repair ->
                  LOG.warn(
                      "View {}: {} is not repaired, MySQL refuses what is asked for it ({}); ask"
                          + " for it again once that is mended",
                      name(repair),
                      repair.target(),
                      why));
    }
  }

  private final class RetryAnswer implements RowReads.Listener {
    @Override
    public void answered(Map<Key, ReadRow> rows, long end) {
      retries.answered(rows, end);
    }

    @Override
    public void unanswered() {
      retries.unanswered(wallClock.getAsLong());
    }

    @Override
    public void refused(String why) {
      unanswered();
    }
  }

  /** Asks the store what to rebuild, unless it is being asked already. */
  void askForRebuilds() {
    if (asksForRebuilds) {
      return;
    }
    asksForRebuilds = true;
    long running = rebuilds.running();
    outside.readRebuilds(
        running,
        wanted -> {
          asksForRebuilds = false;
          rebuilds.told(wanted.views(), running, wanted.done());
        });
  }

  /** The rows that wait to be tried again. */
  Backlog backlog() {
    return retries.backlog();
  }

  /** What a checkpoint keeps, for {@link #take(byte[])}. */
  List<byte[]> messages() {
    List<byte[]> messages = new ArrayList<>(retries.messages());
    messages.addAll(repairs.messages());
    return messages;
  }
}
