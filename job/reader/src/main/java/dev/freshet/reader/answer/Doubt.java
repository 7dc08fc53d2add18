package dev.freshet.reader.answer;

import dev.freshet.view.Reason;
import java.util.Objects;

/**
 * Why MySQL was asked.
 *
 * @param wireName stands in answers and metrics
 */
public record Doubt(String wireName) {
  public static final Doubt BUILDING = new Doubt("building");

  /** The store lacks what was committed before; what it lacks is rebuilt. */
  public static final Doubt STORE_LOST = new Doubt("store-lost");

  /** The view is rebuilt because somebody asked for it. */
  public static final Doubt REBUILDING = new Doubt("rebuilding");

  /** The key is not in the store; the job is asked to populate it. */
  public static final Doubt ABSENT = new Doubt("absent");

  public static final Doubt STALE = new Doubt("stale");

  /** A write that the answer must show did not arrive in time. */
  public static final Doubt BEHIND = new Doubt("behind");

  public static final Doubt STORE_UNAVAILABLE = new Doubt("store-unavailable");

  public Doubt {
    Objects.requireNonNull(wireName, "wireName");
  }

  /** The key is not valid. */
  public static Doubt of(Reason reason) {
    return new Doubt(reason.wireName());
  }
}
