package dev.freshet.flow.log;

import java.util.Objects;

/**
 * The state of the source at a watermark, which capture sends to every writer.
 *
 * @param version the watermark: an operator that has passed it has received everything below
 * @param position the binlog position of {@code version}: equal to it, or lower if events were
 *     injected after a transaction
 * @param gtids the executed GTID set at {@code version}
 * @param asOf the time, in milliseconds since the epoch, up to which the source is known to have
 *     nothing newer than {@code version}; 0 if it is not known yet
 */
public record WatermarkInfo(long version, long position, String gtids, long asOf)
    implements ControlMessage {
  public WatermarkInfo {
    Objects.requireNonNull(gtids, "gtids");
    if (version < position || position < 0 || asOf < 0) {
      throw new IllegalArgumentException(
          "the watermark %d at position %d as of %d is invalid: the position must be between 0 and the"
                  .formatted(version, position, asOf)
              + " watermark, and the time not negative");
    }
  }
}
