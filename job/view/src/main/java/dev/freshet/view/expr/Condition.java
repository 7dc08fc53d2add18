package dev.freshet.view.expr;

/** A condition over the rows of a plan's nodes. */
@FunctionalInterface
public interface Condition {
  /**
   * Whether the condition is true; returns false if it is false or unknown.
   *
   * @param rows one canonical row per node of the plan, null where the node has none
   */
  boolean holds(Object[][] rows);
}
