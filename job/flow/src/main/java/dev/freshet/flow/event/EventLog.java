package dev.freshet.flow.event;

import dev.freshet.view.BoundedInput;
import dev.freshet.view.event.Positions;
import dev.freshet.view.event.RecordPosition;
import dev.freshet.view.event.RecordPosition.Partition;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Makes one log of the partitions of some topics: numbers the records in the order in which they
 * are read, and says up to which number the log is complete. The numbers are the versions of events
 * and the watermarks of the job.
 *
 * <p>After a restore the partitions are read from the checkpoint again, in another interleaving. So
 * the log withholds its progress until it has read everything that the store had, and goes on with
 * numbers above all that the checkpoint or the store had. Hence, of the progress that reached the
 * store:
 *
 * <ul>
 *   <li>a number stands for one set of records, which are the first ones of each partition
 *   <li>a larger number stands for a superset
 * </ul>
 *
 * <p>So what readers see never goes back. The caller must fence off the writers of earlier attempts
 * before it reads the store's state, or these may write more.
 *
 * <p>Not thread-safe.
 */
public final class EventLog {
  private final Map<Partition, Long> next;

  /** What must be read before progress is made: the partitions that have not been read so far. */
  private final Map<Partition, Long> awaited = new HashMap<>();

  private long number;
  private long progress;

  /**
   * A number of the log, and the positions for which it stands.
   *
   * @param number 0 if there is no log yet
   */
  public record State(long number, Positions positions) {
    /** Before a job's first start, and of an empty store. */
    public static final State NONE = new State(0, Positions.NONE);

    private static final int FORMAT = 1;

    public State {
      Objects.requireNonNull(positions, "positions");
      if (number < 0) {
        throw new IllegalArgumentException("number " + number + " below 0");
      }
    }

    /** The larger number, and the least positions that cover those of both. */
    public State union(State other) {
      return new State(Math.max(number, other.number), positions.union(other.positions));
    }

    /** Writes the format, the number, and the text of the positions. */
    public byte[] toBytes() {
      try {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        byte[] text = positions.toString().getBytes(StandardCharsets.UTF_8);
        out.writeByte(FORMAT);
        out.writeLong(number);
        out.writeInt(text.length);
        out.write(text);
        return bytes.toByteArray();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IOException also if the bytes have another form
     */
    public static State fromBytes(byte[] bytes) throws IOException {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      int format = in.readByte();
      if (format != FORMAT) {
        throw new IOException(
            "the log of events has format %d, which this version of Freshet does not know (it"
                    .formatted(format)
                + " knows %d); resume it with the version that wrote it".formatted(FORMAT));
      }
      try {
        long number = in.readLong();
        String text = new String(BoundedInput.bytes(in), StandardCharsets.UTF_8);
        return new State(number, Positions.parse(text));
      } catch (IllegalArgumentException e) {
        throw new IOException("the log of events is damaged: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Begins or resumes a log.
   *
   * @param restored the state of the checkpoint, from whose positions the records follow; {@link
   *     State#NONE} if there is none
   * @param stored the union of the states that the parts of the store have
   */
  public EventLog(State restored, State stored) {
    next = new HashMap<>(restored.positions().next());
    number = Math.max(restored.number(), stored.number()) + 1;
    await(stored.positions());
  }

  /**
   * Withholds progress until these positions are reached too, such as the ends of the topics when a
   * job starts for the first time.
   *
   * @throws IllegalStateException if progress was made in this attempt
   */
  public void await(Positions positions) {
    if (progress > 0) {
      throw new IllegalStateException("the log has progressed to " + progress);
    }
    positions
        .next()
        .forEach(
            (partition, offset) -> {
              if (next(partition) < offset) {
                awaited.merge(partition, offset, Math::max);
              }
            });
  }

  /** The next offset of a partition; 0 if it has not been read. */
  public long next(Partition partition) {
    return next.getOrDefault(partition, 0L);
  }

  /**
   * Adds a record, also one that was read before.
   *
   * @return its version
   */
  public long add(RecordPosition record) {
    number++;
    reach(record.in(), record.offset() + 1);
    return number;
  }

  /**
   * Notes that a partition has no records below an offset that are still to come, because they were
   * read, or Kafka no longer has them.
   *
   * @param offset from 0
   */
  public void skipTo(String topic, int partition, long offset) {
    Partition of = new Partition(topic, partition);
    if (next(of) < offset) {
      number++;
      reach(of, offset);
    }
  }

  private void reach(Partition partition, long offset) {
    long reached = next.merge(partition, offset, Math::max);
    if (reached >= awaited.getOrDefault(partition, Long.MAX_VALUE)) {
      awaited.remove(partition);
    }
  }

  /**
   * Whether progress is withheld. Events that are added meanwhile may be in the store already,
   * together with others that have not been added again.
   */
  public boolean isCatchingUp() {
    return !awaited.isEmpty();
  }

  /** The positions that must be reached before progress is made, without those that are. */
  public Positions awaited() {
    return Positions.of(awaited);
  }

  /**
   * Returns the number up to which the log is complete, if it has grown since the last call, or if
   * none was returned in this attempt. It is the version of the last event.
   */
  public OptionalLong progress() {
    if (isCatchingUp() || number == progress) {
      return OptionalLong.empty();
    }
    progress = number;
    return OptionalLong.of(number);
  }

  /** The state for a checkpoint. */
  public State state() {
    return new State(number, positions());
  }

  /** The positions that have been reached. */
  public Positions positions() {
    return Positions.of(next);
  }
}
