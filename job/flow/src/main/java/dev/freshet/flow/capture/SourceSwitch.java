package dev.freshet.flow.capture;

import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.capture.source.Captured;
import dev.freshet.flow.capture.source.SourceFault;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.view.Version;
import dev.freshet.view.gtid.GtidSet;
import java.util.List;
import java.util.Optional;

/**
 * Tracks the server whose binlog is read, and its replacement by another server. A move is refused
 * if the snapshot is not complete, if the new server lacks transactions that the store holds, or if
 * the store holds data of a server to which the source moved after the savepoint was taken. After a
 * move {@link FailoverBarrier} decides when the new server's transactions take effect.
 *
 * <p>Not thread-safe, except for {@link #server}.
 */
final class SourceSwitch {
  private final SourceOptions source;
  private final StoreProgress store;
  private final boolean checkpoints;
  private final LogClock clock;
  private final FailoverBarrier barrier = new FailoverBarrier();
  private volatile Captured.Server server;

  /**
   * Creates a switch without a server.
   *
   * @param checkpoints whether the job takes checkpoints
   */
  SourceSwitch(SourceOptions source, StoreProgress store, boolean checkpoints, LogClock clock) {
    this.source = source;
    this.store = store;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  /** Returns the server that is read; null before the first connection. Thread-safe. */
  Captured.Server server() {
    return server;
  }

  /**
   * Registers the server that the following changes come from.
   *
   * @return whether another server was read before
   * @throws SourceFault if the job cannot continue with this server
   * @throws Exception if the store does not answer
   */
  boolean connected(Captured.Server next) throws Exception {
    Captured.Server before = server;
    long first = Version.of(next.epoch(), 0, 0);
    if (clock.watermark() == 0 && next.epoch() > 0) {
      throw SourceFault.movedInSnapshot();
    }
    requireStoreBelow(next.moved() ? next.epoch() : next.epoch() + 1);
    boolean known = before != null && before.epoch() == next.epoch();
    if (!known && clock.watermark() > 0 && clock.watermark() < first) {
      List<String> ahead = List.of();
      if (clock.stopsBelow(first)) {
        ahead = store.gtidsBetween(clock.watermark(), first);
        clock.forgetStopsBelow(first);
      }
      barrier.begin(ahead, next.moved() && checkpoints);
      requireExecuted(next, barrier.ahead());
    }
    server = next;
    return before != null && !before.id().equals(next.id());
  }

  /**
   * Requires that the store holds no data of this epoch or a later one. It can only hold such data
   * if the job resumes from an older savepoint that an operator chose.
   */
  private void requireStoreBelow(int epoch) {
    if (epoch <= Version.MAX_EPOCH && clock.stopsFrom(Version.of(epoch, 0, 0))) {
      throw new SourceFault(
          "Source: the store holds data of a server to which the source moved after this savepoint"
              + " was taken; resume from a savepoint taken after that move, or submit a new job");
    }
  }

  private void requireExecuted(Captured.Server next, List<GtidSet> ahead) {
    GtidSet executed = GtidSet.parse(next.executed());
    for (GtidSet gtids : ahead) {
      if (!executed.contains(gtids)) {
        throw new SourceFault(
            "Source "
                + source.host()
                + ":"
                + source.port()
                + ": it is now another server ("
                + next.id()
                + "), which lacks transactions that the store holds: it has "
                + SourceFault.shown(next.executed())
                + ", the store "
                + SourceFault.shown(gtids.toString())
                + "; fail over to a server that has them, or submit a new job");
      }
    }
  }

  /** Whether a server is read and the move to it is over. */
  boolean isSettled() {
    return server != null && barrier.isOver();
  }

  /** Takes a transaction end and returns the transaction end that takes effect now, if any. */
  Optional<Captured.Boundary> passed(Captured.Boundary boundary) {
    return barrier.passed(boundary);
  }

  /** To be called when a checkpoint is taken. */
  void checkpoint(long id) {
    barrier.checkpoint(id);
  }

  /**
   * To be called when a checkpoint is complete; returns the transaction end that takes effect now,
   * if any.
   */
  Optional<Captured.Boundary> completed(long id) {
    return barrier.completed(id);
  }
}
