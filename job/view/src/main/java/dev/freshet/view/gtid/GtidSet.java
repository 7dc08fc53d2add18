package dev.freshet.view.gtid;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A set of GTIDs, such as MySQL's {@code gtid_executed}. Immutable.
 *
 * <p>The text form is MySQL's: the UUID of a server, the ranges of its untagged numbers, then each
 * tag with the ranges of its numbers, such as {@code 3e11fa47-…:1-12:15:payroll:1-3}; servers are
 * separated by commas. Equal sets print the same text.
 */
public final class GtidSet {
  /** The empty set. */
  public static final GtidSet EMPTY = new GtidSet(new GtidSource[0], new long[0][]);

  /**
   * The mark of the tagged form, in the highest and in the lowest byte of the number of sources.
   */
  private static final long TAGGED_FORM = 1;

  /** Sorted. */
  private final GtidSource[] sources;

  /** The intervals of each source; never empty. */
  private final long[][] numbers;

  private GtidSet(GtidSource[] sources, long[][] numbers) {
    this.sources = sources;
    this.numbers = numbers;
  }

  private static GtidSet of(Map<GtidSource, long[]> sorted) {
    return new GtidSet(
        sorted.keySet().toArray(GtidSource[]::new), sorted.values().toArray(long[][]::new));
  }

  /**
   * Parses MySQL's text form. The empty text is the empty set. A server or a tag may occur several
   * times, ranges may overlap, and white space is allowed between the parts.
   *
   * @throws IllegalArgumentException with the expected form if the text is malformed
   */
  public static GtidSet parse(String text) {
    return text.isBlank() ? EMPTY : of(new GtidText(text).read());
  }

  /** This set with a GTID added. */
  public GtidSet with(Gtid gtid) {
    long[] number = {gtid.number(), gtid.number()};
    int at = Arrays.binarySearch(sources, gtid.source());
    if (at >= 0) {
      long[][] changed = numbers.clone();
      changed[at] = Intervals.union(numbers[at], number);
      return new GtidSet(sources, changed);
    }
    return union(new GtidSet(new GtidSource[] {gtid.source()}, new long[][] {number}));
  }

  /** The union of both sets. */
  public GtidSet union(GtidSet other) {
    if (other.isEmpty()) {
      return this;
    }
    Map<GtidSource, long[]> all = new TreeMap<>();
    for (GtidSet each : List.of(this, other)) {
      for (int i = 0; i < each.sources.length; i++) {
        all.merge(each.sources[i], each.numbers[i], Intervals::union);
      }
    }
    return of(all);
  }

  /** The GTIDs of this set that are not in the other. */
  public GtidSet subtract(GtidSet other) {
    Map<GtidSource, long[]> rest = new TreeMap<>();
    for (int i = 0; i < sources.length; i++) {
      long[] left = Intervals.subtract(numbers[i], other.of(sources[i]));
      if (left.length > 0) {
        rest.put(sources[i], left);
      }
    }
    return of(rest);
  }

  /** Whether this set contains all GTIDs of the other. */
  public boolean contains(GtidSet other) {
    for (int i = 0; i < other.sources.length; i++) {
      if (!Intervals.contains(of(other.sources[i]), other.numbers[i])) {
        return false;
      }
    }
    return true;
  }

  /** Whether this set contains a GTID. */
  public boolean contains(Gtid gtid) {
    return Intervals.contains(of(gtid.source()), new long[] {gtid.number(), gtid.number()});
  }

  private long[] of(GtidSource source) {
    int at = Arrays.binarySearch(sources, source);
    return at < 0 ? Intervals.NONE : numbers[at];
  }

  public boolean isEmpty() {
    return sources.length == 0;
  }

  /** Whether any GTID of the set has a tag; servers before MySQL 8.3 refuse such sets. */
  public boolean isTagged() {
    return Arrays.stream(sources).anyMatch(GtidSource::isTagged);
  }

  /**
   * Encodes the set for {@code COM_BINLOG_DUMP_GTID}: in the form of MySQL 8.3 if a GTID has a tag,
   * and otherwise in the form that all servers read.
   */
  public byte[] encode() {
    boolean tagged = isTagged();
    int size = Long.BYTES;
    for (int i = 0; i < sources.length; i++) {
      size += 3 * Long.BYTES + numbers[i].length * Long.BYTES;
      size += tagged ? 1 + sources[i].tag().length() : 0;
    }
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    long count = sources.length;
    bytes.putLong(
        tagged ? TAGGED_FORM << (Long.SIZE - Byte.SIZE) | count << Byte.SIZE | TAGGED_FORM : count);
    for (int i = 0; i < sources.length; i++) {
      UUID server = sources[i].server();
      bytes
          .putLong(Long.reverseBytes(server.getMostSignificantBits()))
          .putLong(Long.reverseBytes(server.getLeastSignificantBits()));
      if (tagged) {
        byte[] tag = sources[i].tag().getBytes(StandardCharsets.US_ASCII);
        // A length of variable size; in one byte it is twice the length.
        bytes.put((byte) (tag.length << 1)).put(tag);
      }
      bytes.putLong(numbers[i].length / 2);
      for (int at = 0; at < numbers[i].length; at += 2) {
        bytes.putLong(numbers[i][at]).putLong(numbers[i][at + 1] + 1);
      }
    }
    return bytes.array();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GtidSet that
        && Arrays.equals(sources, that.sources)
        && Arrays.deepEquals(numbers, that.numbers);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(sources) + Arrays.deepHashCode(numbers);
  }

  /** MySQL's text form, but on one line. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < sources.length; i++) {
      GtidSource source = sources[i];
      if (i == 0 || !source.server().equals(sources[i - 1].server())) {
        text.append(i == 0 ? "" : ",").append(source.server());
      }
      if (source.isTagged()) {
        text.append(':').append(source.tag());
      }
      for (int at = 0; at < numbers[i].length; at += 2) {
        text.append(':').append(numbers[i][at]);
        if (numbers[i][at + 1] > numbers[i][at]) {
          text.append('-').append(numbers[i][at + 1]);
        }
      }
    }
    return text.toString();
  }
}
