package dev.freshet.flow;

import java.io.Serializable;

/**
 * A hook at the points of a repair where concurrent changes may happen, so that tests can make them
 * happen.
 */
@FunctionalInterface
public interface Interleaving extends Serializable {
  /** Does nothing. */
  Interleaving NONE = point -> {};

  /** The points in their order; all are in the reading thread. */
  enum Point {
    /** The repair has begun; the waits for the store and MySQL have not. */
    BEFORE_WAIT,
    /** The rows were read from MySQL's snapshot. */
    AFTER_SNAPSHOT,
    /** The end of the binlog was read; capture does not have the result yet. */
    AFTER_END
  }

  void at(Point point);
}
