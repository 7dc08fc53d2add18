package dev.freshet.flow.node;

import dev.freshet.view.Key;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The rows of root nodes whose entries a rebuild has yet to send, in any order. The keys come from
 * state in slices, so that a bounded number of them is in memory however many rows there are; each
 * slice looks at the keys of all rows once.
 *
 * <p>Rows that come while the scan goes on need not be in it: what a node sends of them is new to
 * everybody. Rows that go may be in it still.
 *
 * <p>Not safe for several threads.
 */
public final class RebuildScan {
  /** Keys in memory at once: some tens of megabytes. */
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
   * A scan of all rows of some nodes.
   *
   * @param rebuild version of the rebuild that it is for
   * @param nodes their numbers
   * @param rows gives the keys of all rows that there are, of these and other nodes
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

  /** The first slice is what is left when the rows were halved as often as it takes. */
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

  /** Not the bits that the key group was made of. */
  private boolean isIn(Key key, int slice) {
    return (((key.hashCode() * 0x9E3779B9) >>> 7) & mask) == slice;
  }

  /** The next row's key; null when there is none. */
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

  /** Whether {@link #next} has given all. */
  public boolean isDone() {
    return slice.isEmpty() && number >= mask;
  }

  /** The version of the rebuild that it is for. */
  public long rebuild() {
    return rebuild;
  }

  /** How many rows there were when it began. */
  public long total() {
    return total;
  }

  /** How many of them it gave. */
  public long sent() {
    return sent;
  }
}
