package dev.freshet.cli.verify;

import dev.freshet.view.Key;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** MySQL's side of a comparison. */
interface Source {
  /**
   * MySQL's own answers as one snapshot has them.
   *
   * @param answers of the keys, each by the primary key of its rows' root row
   * @param unreadable keys that MySQL has no readable answer for, and why
   * @param place in the binlog that the snapshot has nothing beyond
   */
  record Snapshot(Map<Key, Map<Key, Row>> answers, Map<Key, String> unreadable, long place) {}

  /**
   * Takes a snapshot that has at least some transactions, and reads keys in it.
   *
   * @param gtids sets of transactions
   * @return empty when MySQL has not executed all of them in time
   */
  Optional<Snapshot> read(Collection<Key> keys, Set<String> gtids);
}
