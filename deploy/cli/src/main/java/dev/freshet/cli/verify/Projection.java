package dev.freshet.cli.verify;

import dev.freshet.view.Key;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** The store's side of a comparison. */
interface Projection {
  /** What is stored of a key. */
  sealed interface Stored permits Served, NotServed {}

  /**
   * What a reader would answer from.
   *
   * @param version up to which the key's own range is complete
   * @param gtids executed up to there
   * @param rows by the primary key of their root row
   */
  record Served(long version, String gtids, Map<Key, Row> rows) implements Stored {}

  /** A reader would ask MySQL. */
  record NotServed(String reason) implements Stored {}

  /** All of the keys, each with its progress, as of one moment. */
  Map<Key, Stored> read(Collection<Key> keys);

  /**
   * The same, once each key's range has come to a place.
   *
   * @param place in the source's binlog, without the epoch that the store counts
   * @return empty when they do not come there in time
   */
  Optional<Map<Key, Stored>> readAt(Collection<Key> keys, long place);
}
