package dev.freshet.flow.node;

import dev.freshet.flow.log.Event;

/**
 * The state of a row after the events of a step, and how the changes among these events ended.
 *
 * @param cause the last change, or accepted retry or repair, of the row itself; null if there was
 *     none
 * @param read whether the cause has a row that was read from MySQL
 * @param repaired whether the row was repaired, so that its previously emitted entry may be wrong
 * @param applied the number of changes that took effect, including retries
 * @param superseded the number of failed changes that a newer version replaced
 */
public record Handled(
    NodeRow row, Event.Attempt cause, boolean read, boolean repaired, int applied, int superseded) {

  static Handled nothing(NodeRow row) {
    return new Handled(row, null, false, false, 0, 0);
  }

  /** The same with another row, after an event that is not counted. */
  Handled with(NodeRow next) {
    return new Handled(next, cause, read, repaired, applied, superseded);
  }

  /** Takes back that the cause was applied. */
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

  /**
   * A repair is not a captured change: a waiting change ends with it, and a change that had ended
   * may wait again.
   */
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
