package dev.freshet.view.event;

/** The result of a function. */
public sealed interface Result {
  /** A value in canonical form; null for NULL. */
  record Known(Object value) implements Result {}

  /** No value of the result's type is the result; more events may change that. */
  record Unrepresentable(String why) implements Result {}
}
