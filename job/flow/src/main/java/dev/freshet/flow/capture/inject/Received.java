package dev.freshet.flow.capture.inject;

import dev.freshet.view.BoundedInput;
import dev.freshet.view.stream.Stream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;

/**
 * A message of Kafka as capture receives it, with the place where Kafka keeps it.
 *
 * <p>The encoded form begins with a mark of the stream; it is part of checkpoints, so marks are
 * never reused.
 *
 * @param stream {@link Stream#RETRY} or {@link Stream#REQUESTS}
 * @param partition the partition; {@value #UNKNOWN} if it was not kept
 * @param offset the offset in the partition; {@value #UNKNOWN} if it was not kept
 * @param message the message's bytes
 */
public record Received(Stream stream, int partition, long offset, byte[] message) {
  private static final int UNKNOWN = -1;

  /** The marks of messages without a place. */
  private static final byte RETRY = 1;

  private static final byte REQUEST = 2;

  /** The marks of messages with a place: the partition and the offset follow. */
  private static final byte PLACED_RETRY = 3;

  private static final byte PLACED_REQUEST = 4;

  private static final int PLACE_BYTES = 1 + Integer.BYTES + Long.BYTES;

  public Received {
    Objects.requireNonNull(message, "message");
    if (stream != Stream.RETRY && stream != Stream.REQUESTS) {
      throw new IllegalArgumentException("capture does not read " + stream.wireName());
    }
  }

  /** A message whose place is unknown. */
  public static Received of(Stream stream, byte[] message) {
    return new Received(stream, UNKNOWN, UNKNOWN, message);
  }

  /**
   * Reads what {@link #encode} wrote, and the form of release 0.1, which has no place.
   *
   * @throws IllegalArgumentException with a one-line message if the bytes have another form
   */
  public static Received read(byte[] source) {
    int mark = source.length == 0 ? 0 : source[0];
    return switch (mark) {
      case RETRY -> of(Stream.RETRY, Arrays.copyOfRange(source, 1, source.length));
      case REQUEST -> of(Stream.REQUESTS, Arrays.copyOfRange(source, 1, source.length));
      case PLACED_RETRY -> placed(Stream.RETRY, source);
      case PLACED_REQUEST -> placed(Stream.REQUESTS, source);
      default -> throw new IllegalArgumentException("unknown stream mark " + mark);
    };
  }

  private static Received placed(Stream stream, byte[] source) {
    DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(source, 1, source.length - 1));
    try {
      int partition = BoundedInput.count(in);
      long offset = in.readLong();
      return new Received(
          stream, partition, offset, Arrays.copyOfRange(source, PLACE_BYTES, source.length));
    } catch (IOException e) {
      throw new IllegalArgumentException("a message that is cut before its place", e);
    }
  }

  /** Encodes the message as input for capture. */
  public byte[] encode() {
    boolean retry = stream == Stream.RETRY;
    if (partition == UNKNOWN) {
      return ByteBuffer.allocate(1 + message.length)
          .put(retry ? RETRY : REQUEST)
          .put(message)
          .array();
    }
    return ByteBuffer.allocate(PLACE_BYTES + message.length)
        .put(retry ? PLACED_RETRY : PLACED_REQUEST)
        .putInt(partition)
        .putLong(offset)
        .put(message)
        .array();
  }

  /** Says for people where the message is. */
  String place() {
    return partition == UNKNOWN
        ? "a message of the stream " + stream.wireName()
        : "the message of the stream "
            + stream.wireName()
            + " in partition "
            + partition
            + " at offset "
            + offset;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Received that
        && stream == that.stream
        && partition == that.partition
        && offset == that.offset
        && Arrays.equals(message, that.message);
  }

  @Override
  public int hashCode() {
    return Objects.hash(stream, partition, offset, Arrays.hashCode(message));
  }
}
