package dev.freshet.flow.capture;

import dev.freshet.flow.log.NoteTypeInfo;
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
  private static final int FORMAT = 3;

  /** Knew no views that cannot follow. */
  private static final int BEFORE_FAULTS = 2;

  /** Knew no injections: its watermark is a place in the binlog. */
  private static final int BEFORE_INJECTIONS = 1;

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
      NoteTypeInfo.Serializer.INSTANCE.serialize(fault, notes);
    }
    return buffer.toByteArray();
  }

  static CaptureState fromBytes(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format < BEFORE_INJECTIONS || format > FORMAT) {
      throw new IOException("capture's state has the unknown format " + format);
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
    long place = format > BEFORE_INJECTIONS ? in.readLong() : watermark;
    long[] unaffected = new long[format > BEFORE_INJECTIONS ? in.readInt() : 0];
    for (int i = 0; i < unaffected.length; i++) {
      unaffected[i] = in.readLong();
    }
    List<byte[]> waiting = new ArrayList<>();
    for (int left = format > BEFORE_INJECTIONS ? in.readInt() : 0; left > 0; left--) {
      byte[] message = new byte[in.readInt()];
      in.readFully(message);
      waiting.add(message);
    }
    List<ViewFault> faults = new ArrayList<>();
    DataInputViewStreamWrapper notes = new DataInputViewStreamWrapper(in);
    for (int left = format > BEFORE_FAULTS ? in.readInt() : 0; left > 0; left--) {
      faults.add((ViewFault) NoteTypeInfo.Serializer.INSTANCE.deserialize(notes));
    }
    LogClock.State clock =
        new LogClock.State(watermark, place, gtids.toString(), highestChunk, transaction, order);
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
