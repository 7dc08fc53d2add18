package dev.freshet.view;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in MySQL's binlog as one non-negative long, ordered as the log is.
 *
 * <p>Layout, high to low: 7 bits epoch (grows when the source moves to another server), 24 bits
 * number of the binlog file, 32 bits position in it. {@code 0} stands before everything; snapshot
 * rows carry it.
 */
public final class Version {
  /** Before every position: the version of snapshot rows. */
  public static final long NONE = 0L;

  /** The highest epoch. */
  public static final int MAX_EPOCH = 127;

  private static final int FILE_BITS = 24;
  private static final int POSITION_BITS = 32;
  private static final Pattern PRINTED =
      Pattern.compile("(?:(\\d{1,3})/)?[^/:\\s]+\\.(\\d{1,8}):(\\d{1,10})");

  private Version() {}

  /**
   * Packs a place.
   *
   * @throws IllegalArgumentException when a part does not fit
   */
  public static long of(int epoch, long file, long position) {
    if (epoch < 0 || epoch > MAX_EPOCH) {
      throw new IllegalArgumentException("epoch " + epoch + " is outside 0.." + MAX_EPOCH);
    }
    if (file < 0 || file >= 1L << FILE_BITS) {
      throw new IllegalArgumentException("binlog file number " + file + " does not fit 24 bits");
    }
    if (position < 0 || position >= 1L << POSITION_BITS) {
      throw new IllegalArgumentException("binlog position " + position + " does not fit 32 bits");
    }
    return ((long) epoch << (FILE_BITS + POSITION_BITS)) | (file << POSITION_BITS) | position;
  }

  /**
   * Packs a place from MySQL's file name.
   *
   * @param file such as {@code binlog.000012} or {@code mysql-bin.000012}
   */
  public static long of(int epoch, String file, long position) {
    int dot = file.lastIndexOf('.');
    if (dot < 0) {
      throw new IllegalArgumentException("binlog file '" + file + "' has no number");
    }
    return of(epoch, Long.parseLong(file.substring(dot + 1)), position);
  }

  public static int epoch(long version) {
    return (int) (version >>> (FILE_BITS + POSITION_BITS));
  }

  public static long file(long version) {
    return (version >>> POSITION_BITS) & ((1L << FILE_BITS) - 1);
  }

  public static long position(long version) {
    return version & ((1L << POSITION_BITS) - 1);
  }

  /** As people read it: {@code binlog.000012:4567}, with {@code epoch/} in front from epoch 1. */
  public static String print(long version) {
    String place = String.format(Locale.ROOT, "binlog.%06d:%d", file(version), position(version));
    return epoch(version) == 0 ? place : epoch(version) + "/" + place;
  }

  /**
   * Reads what {@link #print} writes; any base name of the file is taken.
   *
   * @throws IllegalArgumentException with the expected form when the text is no version
   */
  public static long parse(String text) {
    Matcher matcher = PRINTED.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a version; write it like binlog.000012:4567");
    }
    int epoch = matcher.group(1) == null ? 0 : Integer.parseInt(matcher.group(1));
    return of(epoch, Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
  }
}
