package dev.freshet.flow.event;

import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition.Partition;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds records that Kafka removed before they were read: their retention had passed before the job
 * was first started, or while it was stopped.
 *
 * <p>Offsets are skipped also where Kafka has the mark of a transaction, or has compacted a topic.
 * So a gap between two offsets counts only as far as it lies before the beginning of its partition,
 * as Kafka says it after the gap was seen. The marks of transactions that were removed too are
 * counted with the records. Not thread-safe.
 */
final class RemovedRecords {
  /** With more gaps in a partition, the last one grows, so that memory is bounded. */
  private static final int MOST_GAPS = 10_000;

  private final Map<Partition, List<Gap>> gaps = new HashMap<>();

  private record Gap(long from, long to, long seen) {}

  /**
   * Records that were removed from a partition.
   *
   * @param from the first offset that was not read
   * @param atMost the number of offsets
   */
  record Removed(Partition partition, long from, long atMost) {}

  /**
   * Notes that the log goes on at another offset than the next one.
   *
   * @param from the offset that was expected
   * @param to the offset at which it goes on; nothing is noted if it is not greater
   * @param now in milliseconds since the epoch
   */
  void passed(Partition partition, long from, long to, long now) {
    if (to <= from) {
      return;
    }
    List<Gap> of = gaps.computeIfAbsent(partition, any -> new ArrayList<>());
    if (of.size() < MOST_GAPS) {
      of.add(new Gap(from, to, now));
    } else {
      of.set(MOST_GAPS - 1, new Gap(of.get(MOST_GAPS - 1).from(), to, now));
    }
  }

  /**
   * Returns what was removed in the gaps that were seen before a question, and forgets these gaps.
   *
   * @param asked when Kafka was asked for the beginnings, in milliseconds since the epoch
   * @param begins the first offsets that the partitions have
   * @return by partition, then by offset
   */
  List<Removed> answered(long asked, Positions begins) {
    List<Removed> removed = new ArrayList<>();
    gaps.forEach(
        (partition, of) -> {
          for (Gap gap : of) {
            long atMost = Math.min(gap.to(), begins.next(partition)) - gap.from();
            if (gap.seen() < asked && atMost > 0) {
              removed.add(new Removed(partition, gap.from(), atMost));
            }
          }
          of.removeIf(gap -> gap.seen() < asked);
        });
    gaps.values().removeIf(List::isEmpty);
    removed.sort(Comparator.comparing(Removed::partition).thenComparing(Removed::from));
    return removed;
  }
}
