package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.Rebuilds;
import dev.freshet.flow.capture.inject.Received;
import dev.freshet.flow.capture.inject.RefusedMessages;
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
import dev.freshet.view.form.OneLine;
import dev.freshet.view.stream.KeyRequest;
import dev.freshet.view.stream.KeysRead;
import dev.freshet.view.stream.Stream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which events are injected into the log between two transactions, and when: retries of
 * rows ({@link RetryQueue}), repairs of keys ({@link Repairs}), and rebuilds that the store
 * requests ({@link Rebuilds}).
 *
 * <p>{@link #advance} does everything that can be done now. It must be called after each batch of
 * the log, after each message and each answer, and at the time passed to {@link Outside#wakeAt}.
 * Injected events have the version {@link LogClock#injectAt} and are followed by a watermark of
 * their own. While the source sends no changes only few such versions are available; from the
 * {@value #UNPACED}th on, the pause before each grows.
 *
 * <p>A checkpoint keeps {@link #messages}; reads in flight start again after a restore. Not
 * thread-safe.
 */
final class Injection {
  private static final Logger LOG = LoggerFactory.getLogger(Injection.class);

  /** The number of versions after a transaction that are used without a pause. */
  private static final int UNPACED = 40;

  /**
   * The number of versions after a transaction that a rebuild may use; the rest is reserved for
   * retries and repairs.
   */
  private static final int MOST_PACED = 56;

  private final JobPlan plan;
  private final String job;
  private final LogClock clock;
  private final FaultedViews faults;
  private final LongSupplier wallClock;
  private final Outside outside;
  private final RetryQueue retries;
  private final Repairs repairs;
  private final Rebuilds rebuilds;
  private final RefusedMessages refused = new RefusedMessages();
  private long rebuildsFrom = Version.NONE;
  private long injectedAt;
  private boolean asksForRebuilds;

  /**
   * Sends the injected events and reads the rows for them. Listeners are called by the thread that
   * uses the injection. A listener is not called if the source has become another server meanwhile.
   */
  interface Outside extends LogClock.Watermarks {
    /** Sends an event to the nodes. */
    void send(Event event);

    /** Sends a message to the writers. */
    void send(ControlMessage message);

    /** Reads rows from MySQL, asynchronously, as of the last watermark or later. */
    void readRows(List<Key> rows, RowReads.Listener listener);

    /**
     * Reads the rows for repairs from MySQL and the store, asynchronously, as of the last watermark
     * or later.
     */
    void readForRepairs(List<Repair> repairs, RowReads.Listener listener);

    /**
     * Reads from the store which views to rebuild, asynchronously. The listener is always called.
     *
     * @param running version of the running rebuild, or 0
     */
    void readRebuilds(long running, Consumer<StoreProgress.Wanted> listener);

    /**
     * Schedules a call of {@link Injection#advance}.
     *
     * @param time when, in milliseconds since the epoch
     */
    void wakeAt(long time);
  }

  /**
   * Creates an empty injection.
   *
   * @param job the job's name; messages for other jobs are ignored
   * @param keyGroups the job's maximum parallelism
   * @param faults the views that can no longer be maintained
   * @param wallClock returns milliseconds since the epoch
   */
  Injection(
      JobPlan plan,
      String job,
      int keyGroups,
      LogClock clock,
      FaultedViews faults,
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
   * Delays rebuilds until this watermark. Before it the writers cannot write entries yet, and would
   * have to keep a whole rebuild in memory.
   */
  void rebuildsFrom(long watermark) {
    rebuildsFrom = watermark;
  }

  /**
   * Takes a message from Kafka or from a checkpoint. A message that cannot be parsed is left out,
   * see {@link RefusedMessages}.
   *
   * @param source a message that {@link Capture#received} encoded
   */
  void take(byte[] source) {
    parsed(source).ifPresent(Runnable::run);
  }

  /**
   * Parses a message, and returns what is to be done with it; empty if there is nothing. Anyone may
   * have sent it, so not even an error of the JVM, such as a lack of memory, ends more than this
   * message.
   */
  private Optional<Runnable> parsed(byte[] source) {
    try {
      Received received = Received.read(source);
      byte[] message = received.message();
      boolean request = received.stream() == Stream.REQUESTS;
      if (request && KeyRequest.isOne(message)) {
        return Repair.parse(source, message, job, plan).map(repair -> () -> take(repair));
      }
      if (request && KeysRead.isOne(message)) {
        return Reads.parse(KeysRead.read(message), job, plan)
            .map(reads -> () -> outside.send(reads));
      }
      return RetryRequest.parse(source, received, job, plan).map(retry -> () -> retries.add(retry));
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      refused.add(source, e, wallClock.getAsLong());
      return Optional.empty();
    }
  }

  /**
   * Sets a message aside that would end the job. The row of a retry becomes a dead row; other
   * messages are left out, see {@link RefusedMessages}.
   *
   * @param source a message that {@link Capture#received} encoded
   */
  void giveUp(byte[] source) {
    refused.add(
        source,
        new IllegalArgumentException(
            "two attempts of the job ended while they handled only this message"),
        wallClock.getAsLong());
    try {
      Received received = Received.read(source);
      if (received.stream() == Stream.RETRY) {
        RetryRequest.parse(source, received, job, plan).ifPresent(retries::giveUp);
      }
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      LOG.debug("a message that was set aside cannot be parsed", e);
    }
  }

  /**
   * Returns the retries of {@link #giveUp}, for a checkpoint, as long as the nodes have not been
   * told that their rows are dead.
   */
  List<byte[]> givenUp() {
    return retries.givenUp();
  }

  /** Returns the number of messages that were left out since the start. */
  long refused() {
    return refused.count();
  }

  private void take(Repair repair) {
    boolean onRead = plan.views().get(repair.view()).options().onRead();
    if (repair.populate() && (!onRead || faults.has(repair.view()))) {
      return;
    }
    if (faults.has(repair.view())) {
      LOG.warn(
          "View {}: {} is not repaired, because the whole view is INVALID; rebuild the view",
          name(repair),
          OneLine.of(String.valueOf(repair.target())));
    } else if (!repairs.add(repair)) {
      LOG.warn(
          "View {}: the repair of {} is rejected, because {} repairs are waiting; request it again"
              + " later",
          name(repair),
          OneLine.of(String.valueOf(repair.target())),
          Repairs.MOST_WAITING);
    }
  }

  private String name(Repair repair) {
    return plan.views().get(repair.view()).view();
  }

  /** To be called with each row change of the log. */
  void changed(Event.RowChange change) {
    if (retries.watches()) {
      retries.changed(change.key());
    }
    if (repairs.watches()) {
      repairs.changed(change);
    }
  }

  /** To be called with each deletion of the log on which foreign keys act. */
  void deleted(Event.Cascade cascade) {
    if (repairs.watches()) {
      repairs.deleted(cascade.key());
    }
  }

  /**
   * To be called when the source became another server. Discards rows that were read from the
   * previous server, because the new one may lack them.
   */
  void sourceMoved() {
    long now = wallClock.getAsLong();
    if (retries.watches()) {
      retries.unanswered(now);
    }
    if (repairs.watches()) {
      repairs.unanswered(now);
    }
  }

  /** Injects the events that are due, and starts the reads that are due. */
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
      } else if (repairs.isDue(clock.position()) || retries.isDue(now, clock.position())) {
        outside.wakeAt(pausedUntil());
      }
    }
    // Otherwise nothing can be injected until the binlog continues; this method is called after its
    // next batch.
  }

  private boolean mayInject(long now) {
    return clock.injectAt() > 0 && now >= pausedUntil();
  }

  /** The fewer versions are left, the longer the pause, so that more events share a version. */
  private long pausedUntil() {
    long used = clock.injected();
    return injectedAt + (used <= UNPACED ? 0 : 1L << ((used - UNPACED) / 2));
  }

  private void inject(long now, long version) {
    List<Event> events = new ArrayList<>();
    List<RepairMark> done = List.of();
    if (retries.isDue(now, clock.position())) {
      events.addAll(retries.next(now, clock.position(), version));
      events.forEach(repairs::injected);
    }
    if (repairs.isDue(clock.position())) {
      done = repairs.finish(now, version, events);
    }
    if (!events.isEmpty() || !done.isEmpty()) {
      done.forEach(outside::send);
      events.forEach(outside::send);
      close(now);
    }
  }

  /**
   * Starts a rebuild that is due. While the source sends no changes, the nodes need injected
   * watermarks to emit entries.
   */
  private void rebuild(long now) {
    if (!mayInject(now)) {
      return;
    }
    if (rebuilds.isDue() && clock.watermark() >= rebuildsFrom) {
      Rebuild begun = rebuilds.begin(clock.injectAt());
      LOG.info("{} starts: the nodes send all entries of these views again", begun);
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

  /** Whether a running rebuild may use a version. */
  private boolean mayPace() {
    return rebuilds.isRunning() && clock.injected() < MOST_PACED;
  }

  private void close(long now) {
    clock.injected(outside);
    injectedAt = now;
  }

  /**
   * Starts a read for repairs. The marks need no watermark of their own: they name the last
   * watermark, and the writers receive them before the next one.
   */
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
                      "View {}: {} is not repaired, because MySQL rejects the queries for it ({});"
                          + " request the repair again after fixing the cause",
                      name(repair),
                      OneLine.of(String.valueOf(repair.target())),
                      OneLine.of(String.valueOf(why))));
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

  /** Reads from the store which views to rebuild, unless such a read is in flight. */
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
          rebuilds.update(wanted.views(), running, wanted.done());
        });
  }

  /** Returns the number and age of the rows that wait for a retry. */
  Backlog backlog() {
    return retries.backlog();
  }

  /** Returns the messages that a checkpoint keeps; {@link #take(byte[])} restores them. */
  List<byte[]> messages() {
    List<byte[]> messages = new ArrayList<>(retries.messages());
    messages.addAll(repairs.messages());
    return messages;
  }
}
