package dev.freshet.cli.verify;

import dev.freshet.view.Key;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** Reads the store's side of a comparison. */
interface Projection {
  /** The stored data of a key. */
  sealed interface Stored permits Served, NotServed {}

  /**
   * The data from which a reader would answer.
   *
   * @param version the version up to which the key's range is complete
   * @param gtids the executed GTIDs at that version
   * @param rows the entries by the primary key of their root row
   */
  record Served(long version, String gtids, Map<Key, Row> rows) implements Stored {}

  /** A reader would query MySQL for this reason. */
  record NotServed(String reason) implements Stored {}

  /** Reads keys with their progress from one snapshot. */
  Map<Key, Stored> read(Collection<Key> keys);

  /**
   * Waits until each key's range has reached a position, then reads the keys.
   *
   * @param position a position in the source's binlog, without the store's epoch
   * @return empty if the position is not reached in time
   */
  Optional<Map<Key, Stored>> readAt(Collection<Key> keys, long position);
}
