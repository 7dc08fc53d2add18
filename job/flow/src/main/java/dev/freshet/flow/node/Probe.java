package dev.freshet.flow.node;

import java.io.Serializable;

/** Called where handling a row may fail, so that tests can make it fail there. */
@FunctionalInterface
public interface Probe extends Serializable {
  /** Nothing fails. */
  Probe NONE = (stage, row, attempt) -> {};

  /** The stages, in the order of the data. */
  enum Stage {
    /** Capture reads a row. */
    DECODE,
    /** A dimension makes the parts of its row. */
    PART,
    /** A root evaluates the WHERE and what the entry shows. */
    EXPRESSION,
    /** A root makes the entry for the store. */
    ENTRY
  }

  /**
   * A row comes by.
   *
   * @param attempt 1 for the first handling
   */
  void at(Stage stage, Object[] row, int attempt);
}
