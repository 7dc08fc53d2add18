package dev.freshet.flow;

/**
 * The uids of all operators. Savepoints identify state by them, so they must never change, and none
 * depends on the configuration.
 */
public final class Uids {
  public static final String SOURCE = "source";
  public static final String RETRY_REQUESTS = "wishes";
  public static final String CAPTURE = "capture";
  public static final String EVENT_SOURCE = "event-source";
  public static final String EVENT_CAPTURE = "event-capture";
  public static final String GROUPS = "groups";
  public static final String ROOT = "root";
  public static final String WRITER = "writer";
  public static final String FAILURES = "failures";
  public static final String OUTBOUND = "letters";

  /** The maximum number of joins between a root and a dimension. */
  public static final int MAX_DEPTH = 8;

  private Uids() {}

  /**
   * Returns the uid of the nodes at a depth: their number of joins from the root, 1 to {@link
   * #MAX_DEPTH}.
   */
  public static String dimensions(int depth) {
    if (depth < 1 || depth > MAX_DEPTH) {
      throw new IllegalArgumentException(
          "a dimension is %d joins from the root; 1 to %d are supported"
              .formatted(depth, MAX_DEPTH));
    }
    return "dimension-" + depth;
  }

  /** Returns the uid of the stateless filter that selects the events of the nodes at a depth. */
  public static String eventsAt(int depth) {
    return "events-" + depth;
  }
}
