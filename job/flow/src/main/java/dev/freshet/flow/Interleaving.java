package dev.freshet.flow;

import java.io.Serializable;

/** Called at the places of a repair where others may come between, so that tests can. */
@FunctionalInterface
public interface Interleaving extends Serializable {
  /** Nobody comes between. */
  Interleaving NONE = point -> {};

  /** The places, in their order; all in the reading thread. */
  enum Point {
    /** The repair began; the store and MySQL are not yet waited for. */
    BEFORE_WAIT,
    /** MySQL's snapshot is taken and its rows are read. */
    AFTER_SNAPSHOT,
    /** The end of the binlog is known; capture is not told yet. */
    AFTER_END
  }

  void at(Point point);
}
