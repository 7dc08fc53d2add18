package dev.freshet.view.gtid;

import java.util.UUID;

/** The identifier of one transaction. */
public final class Gtid {
  /** The highest number that MySQL gives. */
  static final long LAST = Long.MAX_VALUE - 1;

  private final GtidSource source;
  private final long number;

  /**
   * Makes an identifier.
   *
   * @param server the server that executed the transaction first
   * @param tag empty when the transaction has none; capitals are the same as small letters
   * @throws IllegalArgumentException when the tag or the number is none that MySQL knows
   */
  public Gtid(UUID server, String tag, long number) {
    this.source = new GtidSource(server, tag);
    this.number = number;
    if (number < 1 || number > LAST) {
      throw new IllegalArgumentException(
          "GTID " + this + ": its number has to be between 1 and " + LAST);
    }
  }

  GtidSource source() {
    return source;
  }

  public UUID server() {
    return source.server();
  }

  /** In lower case; empty when there is none. */
  public String tag() {
    return source.tag();
  }

  public long number() {
    return number;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Gtid that && source.equals(that.source) && number == that.number;
  }

  @Override
  public int hashCode() {
    return 31 * source.hashCode() + Long.hashCode(number);
  }

  /** As MySQL prints it. */
  @Override
  public String toString() {
    return server() + ":" + (source.isTagged() ? tag() + ":" : "") + number;
  }
}
