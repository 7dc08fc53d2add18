package dev.freshet.flow.capture.inject;

import dev.freshet.view.BoundedInput;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes messages from Kafka on. If the job fails repeatedly, it finds the message that causes the
 * failures and sets it aside; {@code Injection.giveUp} handles that message.
 *
 * <p>Messages pass at once until two attempts in a row end before a checkpoint. From then on they
 * are held and tried in groups:
 *
 * <ol>
 *   <li>A checkpoint records the next group. The group passes once that checkpoint is complete.
 *   <li>The next complete checkpoint proves that every operator has survived the group. The next
 *       group has twice its size.
 *   <li>If the attempt ends before, the next one tries the first half of the group. A message that
 *       was tried alone when {@value #MOST_ENDS} attempts ended is set aside.
 * </ol>
 *
 * Once no message is held, messages pass at once again. Not thread-safe.
 */
public final class Intake {
  private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

  /** The number of attempts in a row without a checkpoint from which on messages are tried. */
  static final int SUSPICIOUS_ENDS = 2;

  /** The number of ended attempts after which a message that was tried alone is set aside. */
  static final int MOST_ENDS = 2;

  private static final int MOST_GROUP = 1 << 20;

  private final Consumer<byte[]> next;
  private final Consumer<byte[]> aside;
  private final Deque<byte[]> held = new ArrayDeque<>();
  private int attempt;
  private boolean trying;

  /** The size of the next group. */
  private int group = 1;

  /** How many attempts ended while the first held message was tried alone. */
  private int ends;

  /** Whether a group has passed that no complete checkpoint has proved yet. */
  private boolean unproved;

  private long recordedAt = -1;
  private int recorded;

  /**
   * Creates an intake; call {@link #start} next.
   *
   * @param next receives the messages that pass, in order
   * @param aside receives the messages that are set aside; again after a restore from a checkpoint
   *     before that
   */
  public Intake(Consumer<byte[]> next, Consumer<byte[]> aside) {
    this.next = next;
    this.aside = aside;
  }

  /**
   * What a checkpoint keeps.
   *
   * @param attempt the number of the attempt that made the checkpoint, from 0
   * @param inWork how many of the first held messages pass once the checkpoint is complete
   * @param ends how many attempts ended while the first held message was tried alone
   * @param held the messages that have not passed
   */
  public record State(int attempt, int inWork, int ends, List<byte[]> held) {
    /** The state of an intake that has held nothing. */
    public static final State NONE = new State(0, 0, 0, List.of());

    public State {
      held = List.copyOf(held);
      if (attempt < 0 || ends < 0 || inWork < 0 || inWork > held.size()) {
        throw new IllegalArgumentException(
            "attempt %d, %d of %d messages in work, %d ends"
                .formatted(attempt, inWork, held.size(), ends));
      }
    }

    /** Writes the state. */
    public void write(DataOutputStream out) throws IOException {
      out.writeInt(attempt);
      out.writeInt(inWork);
      out.writeInt(ends);
      out.writeInt(held.size());
      for (byte[] message : held) {
        out.writeInt(message.length);
        out.write(message);
      }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException if the bytes end too early
     * @throws IllegalArgumentException if the bytes are no such state
     */
    public static State read(DataInputStream in) throws IOException {
      int attempt = in.readInt();
      int inWork = in.readInt();
      int ends = in.readInt();
      List<byte[]> held = new ArrayList<>();
      for (int left = BoundedInput.count(in); left > 0; left--) {
        held.add(BoundedInput.bytes(in));
      }
      return new State(attempt, inWork, ends, held);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof State that
          && attempt == that.attempt
          && inWork == that.inWork
          && ends == that.ends
          && Arrays.deepEquals(held.toArray(), that.held.toArray());
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(new int[] {attempt, inWork, ends, held.size()});
    }
  }

  /**
   * Starts an attempt.
   *
   * @param saved the state of the checkpoint, or {@link State#NONE}
   * @param waiting the messages of the checkpoint that have passed and still wait for their time
   * @param attempt the number of this attempt, from 0; Flink counts from 0 again when a job is
   *     submitted
   */
  public void start(State saved, List<byte[]> waiting, int attempt) {
    this.attempt = attempt;
    int ended = attempt < saved.attempt() ? attempt : attempt - saved.attempt();
    held.addAll(saved.held());
    ends = saved.ends();
    group = Math.max(1, saved.inWork());
    trying = !held.isEmpty() || ended >= SUSPICIOUS_ENDS;
    if (saved.inWork() > 0 && ended > 0) {
      endedInWork();
    }
    if (!trying) {
      waiting.forEach(next);
      return;
    }
    held.addAll(waiting);
    LOG.warn(
        "Kafka: attempts of the job end before a checkpoint. To find a message that ends them, {}"
            + " messages are tried in groups, the next of {}, each between two checkpoints",
        held.size(),
        group);
  }

  private void endedInWork() {
    if (group > 1) {
      group /= 2;
      ends = 0;
    } else if (++ends >= MOST_ENDS) {
      ends = 0;
      aside.accept(held.remove());
    }
  }

  /** Takes a message. */
  public void take(byte[] message) {
    if (trying) {
      held.add(message);
    } else {
      next.accept(message);
    }
  }

  /**
   * Records the next group.
   *
   * @param checkpoint the checkpoint that will keep the returned state
   */
  public State record(long checkpoint) {
    recordedAt = checkpoint;
    recorded = Math.min(group, held.size());
    return new State(attempt, recorded, ends, List.copyOf(held));
  }

  /** Passes the recorded group, if this is the newest checkpoint. */
  public void completed(long checkpoint) {
    if (!trying || checkpoint != recordedAt) {
      return;
    }
    if (unproved) {
      group = Math.min(2 * group, MOST_GROUP);
      ends = 0;
      unproved = false;
    }
    trying = !held.isEmpty();
    for (; recorded > 0; recorded--) {
      unproved = true;
      next.accept(held.remove());
    }
  }
}
