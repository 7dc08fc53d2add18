package dev.freshet.flow.node;

import dev.freshet.flow.log.Event;

/**
 * What is kept of a row after the events of one step, and how the changes among them ended.
 *
 * @param cause the last change of the row itself, or the retry or repair that was taken; null when
 *     there was none
 * @param read whether the cause is a row that MySQL had been asked for
 * @param repaired whether the row was put right, so that what was said of it may be wrong
 * @param applied changes that took effect, those of retries included
 * @param superseded changes that had failed and were overtaken by a newer version
 */
public record Handled(
    NodeRow row, Event.Attempt cause, boolean read, boolean repaired, int applied, int superseded) {

  static Handled nothing(NodeRow row) {
    return new Handled(row, null, false, false, 0, 0);
  }

  /** The same with another row, after nothing that counts. */
  Handled with(NodeRow next) {
    return new Handled(next, cause, read, repaired, applied, superseded);
  }

  /** The cause took no effect after all. */
  Handled failed(NodeRow next) {
    return new Handled(next, cause, read, repaired, applied - 1, superseded);
  }

  Handled changed(NodeRow next, Event.RowChange change) {
    return new Handled(
        next,
        new Event.Attempt(change.version(), change.order(), 1),
        false,
        repaired,
        applied + (next.isPoisoned() ? 0 : 1),
        superseded + (row.isPoisoned() ? 1 : 0));
  }

  Handled retried(NodeRow next, Event.Retry retry) {
    boolean ended = row.isPoisoned() && !next.isPoisoned();
    return new Handled(
        next, retry.of().next(), retry.read(), repaired, applied + (ended ? 1 : 0), superseded);
  }

  /** No change was captured: one that waits ends here, one that had ended may wait again. */
  Handled repaired(NodeRow next, Event.Repair repair) {
    int ended = (row.isPoisoned() ? 1 : 0) - (next.isPoisoned() ? 1 : 0);
    return new Handled(
        next,
        repair.read() ? new Event.Attempt(repair.version(), repair.order(), 1) : cause,
        repair.read() || read,
        true,
        applied + ended,
        superseded);
  }
}
