package dev.freshet.flow.node;

import dev.freshet.view.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Iterates, in any order, over the rows of root nodes whose entries a rebuild emits again. It reads
 * the keys from state in slices, so that a bounded number of keys is in memory; each slice needs
 * one pass over the keys of all rows.
 *
 * <p>A row that is inserted during the scan may be missing from it, because the node emits its
 * entry anyway. A row that is deleted during the scan may still be in it.
 *
 * <p>Not thread-safe.
 */
public final class RebuildScan {
  /** The maximum number of keys in memory, which take some tens of megabytes. */
  private static final int MOST_KEYS = 500_000;

  private final long rebuild;
  private final Set<Long> nodes;
  private final Supplier<Stream<Key>> rows;
  private final int most;
  private Deque<Key> slice = new ArrayDeque<>();
  private int mask;
  private int number;
  private long total;
  private long sent;

  /**
   * Makes a scan of all rows of some nodes.
   *
   * @param rebuild the version of the rebuild
   * @param nodes the numbers of the root nodes
   * @param rows supplies the keys of all rows, of these and of other nodes
   */
  public RebuildScan(long rebuild, Set<Long> nodes, Supplier<Stream<Key>> rows) {
    this(rebuild, nodes, rows, MOST_KEYS);
  }

  RebuildScan(long rebuild, Set<Long> nodes, Supplier<Stream<Key>> rows, int most) {
    this.rebuild = rebuild;
    this.nodes = Set.copyOf(nodes);
    this.rows = rows;
    this.most = most;
    readFirst();
  }

  /**
   * Reads the first slice and halves it until it fits into memory; that determines the number of
   * slices.
   */
  private void readFirst() {
    try (Stream<Key> keys = ofNodes()) {
      keys.forEach(
          key -> {
            total++;
            if (isIn(key, 0)) {
              slice.add(key);
            }
            while (slice.size() > most) {
              mask = (mask << 1) | 1;
              slice.removeIf(each -> !isIn(each, 0));
            }
          });
    }
  }

  private Stream<Key> ofNodes() {
    return rows.get().filter(key -> nodes.contains(key.firstLong()));
  }

  /** Whether a key is in a slice. Uses bits of the hash that do not determine the key group. */
  private boolean isIn(Key key, int slice) {
    return (((key.hashCode() * 0x9E3779B9) >>> 7) & mask) == slice;
  }

  /** The key of the next row; null if there is none. */
  public Key next() {
    while (slice.isEmpty() && number < mask) {
      number++;
      try (Stream<Key> keys = ofNodes()) {
        keys.filter(key -> isIn(key, number)).forEach(slice::add);
      }
    }
    Key next = slice.poll();
    if (next != null) {
      sent++;
    }
    return next;
  }

  /** Whether {@link #next} has returned all rows. */
  public boolean isDone() {
    return slice.isEmpty() && number >= mask;
  }

  /** The version of the rebuild. */
  public long rebuild() {
    return rebuild;
  }

  /** The number of rows when the scan began. */
  public long total() {
    return total;
  }

  /** The number of rows that {@link #next} has returned. */
  public long sent() {
    return sent;
  }
}
