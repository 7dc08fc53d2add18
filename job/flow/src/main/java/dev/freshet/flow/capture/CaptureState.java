package dev.freshet.flow.capture;

import dev.freshet.flow.log.ControlMessageTypeInfo;
import dev.freshet.flow.log.ViewFault;
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
 * What capture keeps in a checkpoint.
 *
 * @param views the fingerprint of the job's views
 * @param clock the log's place
 * @param asOf the newest confirmed time; 0 when there is none
 * @param unaffected changes that no node had to be told of, by view
 * @param waiting what waits to be injected, as it came
 * @param faults of the views that can no longer follow
 */
record CaptureState(
    String views,
    LogClock.State clock,
    long asOf,
    long[] unaffected,
    List<byte[]> waiting,
    List<ViewFault> faults) {
  private static final int FORMAT = 5;

  CaptureState {
    Objects.requireNonNull(views, "views");
    Objects.requireNonNull(clock, "clock");
    waiting = List.copyOf(waiting);
    faults = List.copyOf(faults);
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
    out.writeLong(clock.place());
    out.writeInt(unaffected.length);
    for (long number : unaffected) {
      out.writeLong(number);
    }
    out.writeInt(waiting.size());
    for (byte[] message : waiting) {
      out.writeInt(message.length);
      out.write(message);
    }
    out.writeInt(faults.size());
    DataOutputViewStreamWrapper notes = new DataOutputViewStreamWrapper(out);
    for (ViewFault fault : faults) {
      ControlMessageTypeInfo.Serializer.INSTANCE.serialize(fault, notes);
    }
    out.writeInt(clock.unfinished().size());
    for (long watermark : clock.unfinished()) {
      out.writeLong(watermark);
    }
    return buffer.toByteArray();
  }

  static CaptureState fromBytes(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format < FORMAT) {
      throw new IOException(
          "this savepoint is from before the first release; submit the job anew, without it");
    }
    if (format > FORMAT) {
      throw new IOException(
          "this savepoint has format "
              + format
              + ", which a newer version of Freshet wrote; resume it with that version");
    }
    String views = in.readUTF();
    long watermark = in.readLong();
    StringBuilder gtids = new StringBuilder();
    for (int left = in.readInt(); left > 0; left--) {
      gtids.append(in.readChar());
    }
    long highestChunk = in.readLong();
    long transaction = in.readLong();
    long order = in.readLong();
    long asOf = in.readLong();
    long place = in.readLong();
    long[] unaffected = new long[in.readInt()];
    for (int i = 0; i < unaffected.length; i++) {
      unaffected[i] = in.readLong();
    }
    List<byte[]> waiting = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      byte[] message = new byte[in.readInt()];
      in.readFully(message);
      waiting.add(message);
    }
    List<ViewFault> faults = new ArrayList<>();
    DataInputViewStreamWrapper notes = new DataInputViewStreamWrapper(in);
    for (int left = in.readInt(); left > 0; left--) {
      faults.add((ViewFault) ControlMessageTypeInfo.Serializer.INSTANCE.deserialize(notes));
    }
    List<Long> unfinished = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      unfinished.add(in.readLong());
    }
    LogClock.State clock =
        new LogClock.State(
            watermark, place, gtids.toString(), highestChunk, transaction, order, unfinished);
    return new CaptureState(views, clock, asOf, unaffected, waiting, faults);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CaptureState that
        && views.equals(that.views)
        && clock.equals(that.clock)
        && asOf == that.asOf
        && Arrays.equals(unaffected, that.unaffected)
        && faults.equals(that.faults)
        && Arrays.deepEquals(waiting.toArray(), that.waiting.toArray());
  }

  @Override
  public int hashCode() {
    return Objects.hash(views, clock, asOf);
  }
}
