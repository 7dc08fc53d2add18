package dev.freshet.flow.capture;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Objects;

/**
 * What capture keeps in a checkpoint.
 *
 * @param views the fingerprint of the job's views
 * @param clock the log's place
 * @param asOf the newest confirmed time; 0 when there is none
 */
record CaptureState(String views, LogClock.State clock, long asOf) {
  private static final int FORMAT = 1;

  CaptureState {
    Objects.requireNonNull(views, "views");
    Objects.requireNonNull(clock, "clock");
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
    return buffer.toByteArray();
  }

  static CaptureState fromBytes(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("capture's state has the unknown format " + format);
    }
    String views = in.readUTF();
    long watermark = in.readLong();
    StringBuilder gtids = new StringBuilder();
    for (int left = in.readInt(); left > 0; left--) {
      gtids.append(in.readChar());
    }
    LogClock.State clock =
        new LogClock.State(
            watermark, gtids.toString(), in.readLong(), in.readLong(), in.readLong());
    return new CaptureState(views, clock, in.readLong());
  }
}
