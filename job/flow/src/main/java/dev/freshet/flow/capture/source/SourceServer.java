package dev.freshet.flow.capture.source;

import dev.freshet.view.Version;
import java.util.Map;
import java.util.Objects;

/**
 * The server that a binlog position belongs to. It is stored in the split's offset together with
 * the position, so that a checkpoint always contains both.
 *
 * @param id MySQL's {@code server_uuid}; empty if it is unknown
 * @param epoch how often the source has moved; every version of an epoch is above all versions of
 *     the previous epochs
 * @param half the GTIDs of transactions that an earlier server sent in part and that this server
 *     must send again completely; empty if there are none
 */
record SourceServer(String id, int epoch, String half) {
  private static final String ID_KEY = "server_uuid";
  private static final String EPOCH_KEY = "epoch";
  private static final String HALF_KEY = "half";

  SourceServer {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(half, "half");
  }

  /** Returns the server of an offset. */
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

  /** Returns the server as entries of an offset. */
  Map<String, String> values() {
    return Map.of(ID_KEY, id, EPOCH_KEY, Integer.toString(epoch), HALF_KEY, half);
  }

  /**
   * Whether this is another server than {@code other}; false if this server's identity is unknown.
   */
  boolean isNot(String other) {
    return !id.isEmpty() && !id.equals(other);
  }

  /** Returns this server with its identity. */
  SourceServer called(String known) {
    return new SourceServer(known, epoch, half);
  }

  /**
   * Returns the next server, in the next epoch.
   *
   * @param other its {@code server_uuid}
   * @param open the GTID of the transaction that this server sent in part; empty if there is none
   * @throws SourceFault if there are no more epochs
   */
  SourceServer next(String other, String open) {
    if (epoch == Version.MAX_EPOCH) {
      throw new SourceFault(
          "Source: it has moved to another server "
              + Version.MAX_EPOCH
              + " times, and versions cannot distinguish more servers; submit the job again");
    }
    String both = half.isEmpty() || open.isEmpty() ? half + open : half + "," + open;
    return new SourceServer(other, epoch + 1, both);
  }

  /** Returns this server after it has sent all transactions completely. */
  SourceServer whole() {
    return new SourceServer(id, epoch, "");
  }
}
