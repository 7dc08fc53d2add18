package dev.freshet.flow.log;

import java.util.Objects;

/**
 * What capture knows of the source at a place of the log, told to every writer.
 *
 * @param version a watermark: whoever has passed it holds everything below
 * @param place the place in the binlog that {@code version} stands for: the same, or lower where
 *     something was injected after a transaction
 * @param gtids the executed GTID set that belongs to {@code version}
 * @param asOf when, in milliseconds of the wall clock, MySQL was last asked a question whose answer
 *     lies at or below {@code version}; 0 when it was not asked yet
 */
public record WatermarkInfo(long version, long place, String gtids, long asOf)
    implements ControlMessage {
  public WatermarkInfo {
    Objects.requireNonNull(gtids, "gtids");
    if (version < place || place < 0 || asOf < 0) {
      throw new IllegalArgumentException("mark at " + version + ", " + place + " as of " + asOf);
    }
  }
}
