package dev.freshet.flow.event;

import dev.freshet.view.BoundedInput;
import dev.freshet.view.event.Positions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * What {@link EventCaptureOperator} keeps in checkpoints.
 *
 * @param log the state of the log
 * @param awaited the positions that must be reached before the log makes progress
 * @param clock the clock of the {@link Horizon}
 * @param asOf the time up to which the log was complete, in milliseconds since the epoch; 0 if it
 *     is not known
 * @param dead for each view the number of records that were refused
 */
record EventCaptureState(
    EventLog.State log, Positions awaited, long clock, long asOf, long[] dead) {
  private static final int FORMAT = 1;

  EventCaptureState {
    Objects.requireNonNull(log, "log");
    Objects.requireNonNull(awaited, "awaited");
    Objects.requireNonNull(dead, "dead");
  }

  /** Before a job's first start. */
  static EventCaptureState first(int views) {
    return new EventCaptureState(
        EventLog.State.NONE, Positions.NONE, Horizon.NONE, 0, new long[views]);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventCaptureState that
        && log.equals(that.log)
        && awaited.equals(that.awaited)
        && clock == that.clock
        && asOf == that.asOf
        && Arrays.equals(dead, that.dead);
  }

  @Override
  public int hashCode() {
    return Objects.hash(log, awaited, clock, asOf);
  }

  /** Writes the format, then the fields in their order. */
  byte[] toBytes() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      write(log.toBytes(), out);
      write(awaited.toString().getBytes(StandardCharsets.UTF_8), out);
      out.writeLong(clock);
      out.writeLong(asOf);
      out.writeInt(dead.length);
      for (long count : dead) {
        out.writeLong(count);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(byte[] bytes, DataOutputStream out) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IOException also if the bytes have another form
   */
  static EventCaptureState fromBytes(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException(
          "the capture of events has format %d, which this version of Freshet does not know (it"
                  .formatted(format)
              + " knows %d); resume it with the version that wrote it".formatted(FORMAT));
    }
    try {
      EventLog.State log = EventLog.State.fromBytes(BoundedInput.bytes(in));
      Positions awaited =
          Positions.parse(new String(BoundedInput.bytes(in), StandardCharsets.UTF_8));
      long clock = in.readLong();
      long asOf = in.readLong();
      int views = BoundedInput.count(in);
      if (views > in.available() / Long.BYTES) {
        throw new IOException("counts of " + views + " views");
      }
      long[] dead = new long[views];
      for (int i = 0; i < views; i++) {
        dead[i] = in.readLong();
      }
      return new EventCaptureState(log, awaited, clock, asOf, dead);
    } catch (IllegalArgumentException e) {
      throw new IOException("the capture of events is damaged: " + e.getMessage(), e);
    }
  }
}
