package dev.freshet.flow.node;

import java.io.Serializable;

/** A hook for tests, called wherever the handling of a row may fail; a test makes it throw. */
@FunctionalInterface
public interface Probe extends Serializable {
  /** Does nothing. */
  Probe NONE = (stage, row, attempt) -> {};

  /** The points at which the hook is called, in the order of the data. */
  enum Stage {
    /** Capture decodes a row. */
    DECODE,
    /** A dimension node makes the parts of its row. */
    PART,
    /** A root node evaluates the WHERE and the entry's expressions. */
    EXPRESSION,
    /** A root node checks the entry for the store. */
    ENTRY
  }

  /**
   * Called when the handling of a row reaches a stage. An exception makes the handling fail there.
   *
   * @param attempt the number of the attempt, from 1
   */
  void at(Stage stage, Object[] row, int attempt);
}
