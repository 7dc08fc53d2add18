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
 * The server whose binlog is read, and the move to another one. A move is refused when the snapshot
 * is not complete, when the new server lacks transactions that the store holds, and when the store
 * was filled from a server that the source moved to later. After a move {@link FailoverBarrier}
 * says from when on the new server's transactions take effect.
 *
 * <p>Used by one thread, but for {@link #server}.
 */
final class SourceSwitch {
  private final SourceOptions source;
  private final StoreProgress store;
  private final boolean checkpoints;
  private final LogClock clock;
  private final FailoverBarrier barrier = new FailoverBarrier();
  private volatile Captured.Server server;

  /**
   * No server is read yet.
   *
   * @param checkpoints whether the job takes any
   */
  SourceSwitch(SourceOptions source, StoreProgress store, boolean checkpoints, LogClock clock) {
    this.source = source;
    this.store = store;
    this.checkpoints = checkpoints;
    this.clock = clock;
  }

  /** The server that is read; null before the first. Any thread may ask. */
  Captured.Server server() {
    return server;
  }

  /**
   * What follows comes from this server.
   *
   * @return whether another server was read before
   * @throws SourceFault when the job cannot go on with this server
   * @throws Exception when the store does not answer
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

  /** No checkpoint is older than the store's epoch but one that was chosen by hand. */
  private void requireStoreBelow(int epoch) {
    if (epoch <= Version.MAX_EPOCH && clock.stopsFrom(Version.of(epoch, 0, 0))) {
      throw new SourceFault(
          "Source: the store was filled from a server that the source moved to after this"
              + " savepoint; resume from a newer one, or submit the job anew");
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
                + ": it is another server now ("
                + next.id()
                + "), which lacks transactions that the store holds: it has "
                + SourceFault.shown(next.executed())
                + ", the store "
                + SourceFault.shown(gtids.toString())
                + "; fail over to a server that has them, or submit the job anew");
      }
    }
  }

  /** Whether a server is read and the move to it is over. */
  boolean isSettled() {
    return server != null && barrier.isOver();
  }

  /** A transaction ended; the end that takes effect now. */
  Optional<Captured.Boundary> passed(Captured.Boundary boundary) {
    return barrier.told(boundary);
  }

  /** A checkpoint is taken. */
  void checkpoint(long id) {
    barrier.checkpoint(id);
  }

  /** A checkpoint is complete; the end of a transaction that takes effect now. */
  Optional<Captured.Boundary> completed(long id) {
    return barrier.completed(id);
  }
}
