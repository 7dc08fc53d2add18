package dev.freshet.flow.capture.source;

import dev.freshet.view.Version;
import java.util.Map;
import java.util.Objects;

/**
 * The server whose binlog a place is of. It travels in the split's offset, beside the place, so
 * that a checkpoint never holds one without the other.
 *
 * @param id MySQL's {@code server_uuid}; empty where it is not known, as in a state that was made
 *     before sources could move
 * @param epoch how often the source has moved; every version of a server is above all of the
 *     servers before
 * @param half the GTIDs of transactions that an earlier server had told in part; this one tells
 *     them again, whole; empty when there are none
 */
record SourceServer(String id, int epoch, String half) {
  private static final String ID_KEY = "server_uuid";
  private static final String EPOCH_KEY = "epoch";
  private static final String HALF_KEY = "half";

  SourceServer {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(half, "half");
  }

  /** The one that an offset is of. */
  static SourceServer of(Map<String, ?> offset) {
    return new SourceServer(
        text(offset, ID_KEY),
        offset.get(EPOCH_KEY) == null ? 0 : Integer.parseInt(text(offset, EPOCH_KEY)),
        text(offset, HALF_KEY));
  }

  private static String text(Map<String, ?> offset, String key) {
    Object value = offset.get(key);
    return value == null ? "" : value.toString();
  }

  /** What an offset bears of it. */
  Map<String, String> values() {
    return Map.of(ID_KEY, id, EPOCH_KEY, Integer.toString(epoch), HALF_KEY, half);
  }

  /** Whether an answer comes from another one; never when this one's identity is not known. */
  boolean isNot(String other) {
    return !id.isEmpty() && !id.equals(other);
  }

  /** This one, whose identity is known now. */
  SourceServer called(String known) {
    return new SourceServer(known, epoch, half);
  }

  /**
   * The one after it.
   *
   * @param open the GTID of the transaction that this one told in part; empty when there is none
   * @throws SourceFault when there were too many
   */
  SourceServer next(String other, String open) {
    if (epoch == Version.MAX_EPOCH) {
      throw new SourceFault(
          "Source: it has moved to another server "
              + Version.MAX_EPOCH
              + " times, and versions cannot tell more apart; submit the job anew");
    }
    String both = half.isEmpty() || open.isEmpty() ? half + open : half + "," + open;
    return new SourceServer(other, epoch + 1, both);
  }

  /** This one, once all was told whole. */
  SourceServer whole() {
    return new SourceServer(id, epoch, "");
  }
}
