package dev.freshet.view.expr;

/** A value computed from the rows of a plan's nodes. */
@FunctionalInterface
public interface Value {
  /**
   * Computes the value in canonical form; null for NULL.
   *
   * @param rows one canonical row per node of the plan, null where the node has none
   */
  Object of(Object[][] rows);
}
