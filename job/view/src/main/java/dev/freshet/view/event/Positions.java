package dev.freshet.view.event;

import dev.freshet.view.event.RecordPosition.Partition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * How far the partitions of some topics have been read: for each partition the next offset. A
 * partition that is not named has not been read. Positions are partially ordered by {@link #cover}.
 *
 * <p>Their text names for each partition the last record that was read, sorted and separated by
 * commas: {@code shipments/0:12,shipments/3:4711}. So positions cover what a producer's
 * acknowledgement says if the partition's offset is at least that of the acknowledgement.
 *
 * <p>Immutable.
 */
public final class Positions {
  /** Nothing has been read. */
  public static final Positions NONE = new Positions(new TreeMap<>());

  private final SortedMap<Partition, Long> next;

  private Positions(SortedMap<Partition, Long> next) {
    this.next = Collections.unmodifiableSortedMap(next);
  }

  /** Positions with these next offsets; those that are 0 are left out. */
  public static Positions of(Map<Partition, Long> next) {
    SortedMap<Partition, Long> read = new TreeMap<>(next);
    read.values().removeIf(offset -> offset <= 0);
    return new Positions(read);
  }

  /**
   * Parses the form of {@link #toString}.
   *
   * @throws IllegalArgumentException with the expected form if the text has another one, or names a
   *     partition twice
   */
  public static Positions parse(String text) {
    SortedMap<Partition, Long> next = new TreeMap<>();
    for (String each : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      RecordPosition last = RecordPosition.parse(each);
      if (next.put(last.in(), last.offset() + 1) != null) {
        throw new IllegalArgumentException(
            "the positions name a partition twice; write them like"
                + " shipments/0:12,shipments/3:4711");
      }
    }
    return new Positions(next);
  }

  /** The next offset of each partition that has been read; cannot be changed. */
  public Map<Partition, Long> next() {
    return next;
  }

  /** The next offset of a partition; 0 if it has not been read. */
  public long next(Partition partition) {
    return next.getOrDefault(partition, 0L);
  }

  /** The positions in some topics. */
  public Positions in(Set<String> topics) {
    SortedMap<Partition, Long> found = new TreeMap<>(next);
    found.keySet().removeIf(partition -> !topics.contains(partition.topic()));
    return new Positions(found);
  }

  /** The names of the topics, sorted. */
  public SortedSet<String> topics() {
    return next.keySet().stream()
        .map(Partition::topic)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether a record has been read. */
  public boolean cover(RecordPosition record) {
    return record.offset() < next(record.in());
  }

  /** Whether everything has been read that others say has been. */
  public boolean cover(Positions others) {
    return others.next.entrySet().stream().allMatch(each -> next(each.getKey()) >= each.getValue());
  }

  /** The least positions that cover these and others. */
  public Positions union(Positions others) {
    SortedMap<Partition, Long> union = new TreeMap<>(next);
    others.next.forEach((partition, offset) -> union.merge(partition, offset, Math::max));
    return new Positions(union);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Positions that && next.equals(that.next);
  }

  @Override
  public int hashCode() {
    return next.hashCode();
  }

  @Override
  public String toString() {
    List<String> last = new ArrayList<>();
    next.forEach(
        (partition, offset) ->
            last.add(
                new RecordPosition(partition.topic(), partition.number(), offset - 1).toString()));
    return String.join(",", last);
  }
}
