package dev.freshet.cli.verify;

import dev.freshet.view.Key;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads MySQL's side of a comparison. */
interface Source {
  /**
   * MySQL's answers in one snapshot.
   *
   * @param answers the rows of each key, by the primary key of their root row
   * @param unreadable the keys whose answers cannot be read, with the reasons
   * @param position a binlog position after the snapshot's last transaction
   */
  record Snapshot(Map<Key, Map<Key, Row>> answers, Map<Key, String> unreadable, long position) {}

  /**
   * Takes a snapshot that contains at least certain transactions, and reads keys in it.
   *
   * @param gtids the GTID sets that it must contain
   * @return empty if MySQL has not executed all of them in time
   */
  Optional<Snapshot> read(Collection<Key> keys, Set<String> gtids);
}
