package dev.freshet.flow.capture;

import dev.freshet.flow.capture.inject.Intake;
import dev.freshet.flow.log.BoundedText;
import dev.freshet.flow.log.ControlMessage;
import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.view.BoundedInput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;

/**
 * The state of capture in a checkpoint.
 *
 * @param views the fingerprint of the job's views
 * @param clock the position in the log
 * @param asOf the newest confirmed time, in milliseconds since the epoch; 0 if there is none
 * @param unaffected for each view, the number of changes that had no effect on it
 * @param waiting the messages that wait to be injected, as they were received
 * @param faults the views that can no longer be maintained, with the reasons
 * @param intake the messages that {@link Intake} still holds back
 * @param aside the retries that were set aside, as they were received; the nodes have not yet been
 *     told that their rows are dead
 */
record CaptureState(
    String views,
    LogClock.State clock,
    long asOf,
    long[] unaffected,
    List<byte[]> waiting,
    List<ViewFault> faults,
    Intake.State intake,
    List<byte[]> aside) {
  private static final int FORMAT = 6;

  /** The format of release 0.1, which held no messages back. */
  private static final int WITHOUT_INTAKE = 5;

  CaptureState {
    Objects.requireNonNull(views, "views");
    Objects.requireNonNull(clock, "clock");
    waiting = List.copyOf(waiting);
    faults = List.copyOf(faults);
    Objects.requireNonNull(intake, "intake");
    aside = List.copyOf(aside);
  }

  byte[] toBytes() throws IOException {
    ByteArrayOutputStream buffer = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(buffer);
    out.writeByte(FORMAT);
    out.writeUTF(views);
    out.writeLong(clock.watermark());
    out.writeInt(clock.gtids().length());
    out.writeChars(clock.gtids());
    out.writeLong(clock.highestChunk());
    out.writeLong(clock.transaction());
    out.writeLong(clock.order());
    out.writeLong(asOf);
    out.writeLong(clock.position());
    out.writeInt(unaffected.length);
    for (long number : unaffected) {
      out.writeLong(number);
    }
    write(waiting, out);
    out.writeInt(faults.size());
    DataOutputViewStreamWrapper view = new DataOutputViewStreamWrapper(out);
    for (ViewFault fault : faults) {
      ControlMessageTypeInfo.Serializer.INSTANCE.serialize(fault, view);
    }
    out.writeInt(clock.unfinished().size());
    for (long watermark : clock.unfinished()) {
      out.writeLong(watermark);
    }
    intake.write(out);
    write(aside, out);
    return buffer.toByteArray();
  }

  private static void write(List<byte[]> messages, DataOutputStream out) throws IOException {
    out.writeInt(messages.size());
    for (byte[] message : messages) {
      out.writeInt(message.length);
      out.write(message);
    }
  }

  private static List<byte[]> messages(DataInputStream in) throws IOException {
    List<byte[]> messages = new ArrayList<>();
    for (int left = BoundedInput.count(in); left > 0; left--) {
      messages.add(BoundedInput.bytes(in));
    }
    return messages;
  }

  /**
   * Reads what {@link #toBytes} wrote.
   *
   * @throws IOException also if the bytes are not such a state
   */
  static CaptureState fromBytes(byte[] bytes) throws IOException {
    try {
      return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (RuntimeException e) {
      throw new IOException("the state of capture is damaged (" + e.getMessage() + ")", e);
    }
  }

  private static CaptureState read(DataInputStream in) throws IOException {
    int format = in.readByte();
    if (format < WITHOUT_INTAKE) {
      throw new IOException(
          "this savepoint is from before the first release; submit the job without it, as a new"
              + " job");
    }
    if (format > FORMAT) {
      throw new IOException(
          "this savepoint has format "
              + format
              + ", which a newer version of Freshet wrote; resume it with that version");
    }
    String fingerprint = BoundedText.utf(in);
    long watermark = in.readLong();
    StringBuilder gtids = new StringBuilder();
    for (int left = BoundedInput.count(in); left > 0; left--) {
      gtids.append(in.readChar());
    }
    long highestChunk = in.readLong();
    long transaction = in.readLong();
    long order = in.readLong();
    long asOf = in.readLong();
    long position = in.readLong();
    int views = BoundedInput.count(in);
    if (views > in.available() / Long.BYTES) {
      throw new IOException(
          "counts of " + views + " views, where " + in.available() + " bytes are left");
    }
    long[] unaffected = new long[views];
    for (int i = 0; i < unaffected.length; i++) {
      unaffected[i] = in.readLong();
    }
    List<byte[]> waiting = messages(in);
    List<ViewFault> faults = new ArrayList<>();
    DataInputViewStreamWrapper view = new DataInputViewStreamWrapper(in);
    for (int left = BoundedInput.count(in); left > 0; left--) {
      ControlMessage message = ControlMessageTypeInfo.Serializer.INSTANCE.deserialize(view);
      if (!(message instanceof ViewFault fault)) {
        throw new IOException("a message in the place of a view's fault");
      }
      faults.add(fault);
    }
    List<Long> unfinished = new ArrayList<>();
    for (int left = BoundedInput.count(in); left > 0; left--) {
      unfinished.add(in.readLong());
    }
    LogClock.State clock =
        new LogClock.State(
            watermark, position, gtids.toString(), highestChunk, transaction, order, unfinished);
    boolean held = format > WITHOUT_INTAKE;
    return new CaptureState(
        fingerprint,
        clock,
        asOf,
        unaffected,
        waiting,
        faults,
        held ? Intake.State.read(in) : Intake.State.NONE,
        held ? messages(in) : List.of());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CaptureState that
        && views.equals(that.views)
        && clock.equals(that.clock)
        && asOf == that.asOf
        && Arrays.equals(unaffected, that.unaffected)
        && faults.equals(that.faults)
        && Arrays.deepEquals(waiting.toArray(), that.waiting.toArray())
        && intake.equals(that.intake)
        && Arrays.deepEquals(aside.toArray(), that.aside.toArray());
  }

  @Override
  public int hashCode() {
    return Objects.hash(views, clock, asOf);
  }
}
