package dev.freshet.reader.answer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds the memory of all answers in work, and the size of each answer. Bytes count from the
 * moment they are read until the response is written. A row that is read counts twice, because the
 * driver and the answer hold it.
 *
 * <p>Thread-safe; no method blocks.
 */
public final class ByteBudget {
  private static final int COPIES = 2;

  /** An answer may have at most one eighth of the total. */
  private static final int PART = 8;

  private final long total;
  private final long most;
  private final AtomicLong used = new AtomicLong();

  /**
   * Creates a budget.
   *
   * @param total the maximum number of bytes at the same time
   * @param most the maximum number of bytes of an answer; reduced to an eighth of the total
   */
  public ByteBudget(long total, long most) {
    this.total = total;
    this.most = Math.min(most, total / PART);
  }

  /**
   * Creates a budget of a quarter of this JVM's heap.
   *
   * @param most the maximum number of bytes of an answer; reduced to an eighth of the budget
   */
  public static ByteBudget ofHeap(long most) {
    return new ByteBudget(Runtime.getRuntime().maxMemory() / 4, most);
  }

  /** Returns the maximum number of bytes of an answer. */
  public long most() {
    return most;
  }

  /** Returns the number of reserved bytes. */
  public long used() {
    return used.get();
  }

  /** Begins an answer. */
  public Reservation reserve() {
    return new Reservation();
  }

  private void take(long bytes) throws Unanswered {
    if (used.addAndGet(bytes) > total && bytes > 0) {
      used.addAndGet(-bytes);
      throw new Unanswered(
          Unanswered.Kind.OVERLOAD,
          "the answers in work use all memory for them; try again, or ask for a smaller limit");
    }
  }

  /** Returns the failure of an answer that is too large. */
  public Unanswered tooLarge() {
    return new Unanswered(
        Unanswered.Kind.ANSWER_TOO_LARGE,
        "the answer has more than %d bytes; ask for a smaller limit, or for fewer keys at once"
            .formatted(most));
  }

  /** The bytes of one answer. */
  public final class Reservation implements Meter, AutoCloseable {
    private long rows;
    private long encoded;
    private boolean closed;

    private Reservation() {}

    /** Counts bytes of rows. */
    @Override
    public synchronized void add(long bytes) throws Unanswered {
      checkOpen();
      if (rows + bytes > most) {
        throw tooLarge();
      }
      take(COPIES * bytes);
      rows += bytes;
    }

    /** Counts bytes of the encoded answer. */
    public synchronized void encode(long bytes) throws Unanswered {
      checkOpen();
      if (encoded + bytes > most) {
        throw tooLarge();
      }
      take(bytes);
      encoded += bytes;
    }

    private void checkOpen() throws Unanswered {
      if (closed) {
        throw new Unanswered(Unanswered.Kind.ABANDONED, "the request has ended");
      }
    }

    /** Releases the rows; to be called when the answer has been encoded. */
    public synchronized void encoded() {
      used.addAndGet(-COPIES * rows);
      rows = 0;
    }

    /** Releases all bytes; does nothing if they were released. */
    @Override
    public synchronized void close() {
      encoded();
      used.addAndGet(-encoded);
      encoded = 0;
      closed = true;
    }
  }
}
