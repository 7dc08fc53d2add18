package dev.freshet.flow.event;

import dev.freshet.view.event.Positions;
import java.io.Serializable;
import java.util.Set;

/**
 * Asks Kafka for the ends and the beginnings of topics. Used by one thread.
 *
 * <p>The ends are those of the records that a reader may see: of a transaction only when it is
 * committed.
 */
public interface TopicEnds extends AutoCloseable {
  /** Connects to Kafka. */
  @FunctionalInterface
  interface Factory extends Serializable {
    TopicEnds open();
  }

  /**
   * Returns the ends of all partitions of topics.
   *
   * @throws RuntimeException if Kafka does not answer in time, or has no such topic
   */
  Positions ends(Set<String> topics);

  /**
   * Returns the first offsets that partitions still have. A partition that has all its records is
   * left out.
   *
   * @throws RuntimeException if Kafka does not answer in time
   */
  Positions begins(Positions of);

  /**
   * Returns the positions of the next records in those partitions that have not reached their ends,
   * or the ends where there is no next record. They are further than the given ones where Kafka has
   * no records: they were removed, or are the marks of transactions.
   *
   * @throws RuntimeException if Kafka does not answer in time
   */
  Positions nextRecords(Positions from, Positions ends);

  @Override
  void close();
}
