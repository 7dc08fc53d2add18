package dev.freshet.flow;

/**
 * The uids of all operators. State in savepoints is found by them: they never change, and none is
 * made from configuration.
 */
public final class Uids {
  public static final String SOURCE = "source";
  public static final String WISHES = "wishes";
  public static final String CAPTURE = "capture";
  public static final String ROOT = "root";
  public static final String WRITER = "writer";
  public static final String FAILURES = "failures";
  public static final String LETTERS = "letters";

  /** The most joins between a root and a dimension. */
  public static final int MAX_DEPTH = 8;

  private Uids() {}

  /** Of the nodes that are {@code depth} joins from their root, 1 to {@link #MAX_DEPTH}. */
  public static String dimensions(int depth) {
    if (depth < 1 || depth > MAX_DEPTH) {
      throw new IllegalArgumentException("depth " + depth + " is outside 1.." + MAX_DEPTH);
    }
    return "dimension-" + depth;
  }

  /** Of the filter that picks the events of the nodes at a depth; it has no state. */
  public static String eventsAt(int depth) {
    return "events-" + depth;
  }
}
