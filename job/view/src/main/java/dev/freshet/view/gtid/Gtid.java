package dev.freshet.view.gtid;

import java.util.UUID;

/** The identifier of a transaction: server, tag and number. Immutable. */
public final class Gtid {
  /** The highest number that MySQL assigns. */
  static final long LAST = Long.MAX_VALUE - 1;

  private final GtidSource source;
  private final long number;

  /**
   * Makes an identifier.
   *
   * @param server the server that executed the transaction first
   * @param tag the transaction's tag, in any case; empty if it has none
   * @throws IllegalArgumentException if MySQL does not allow the tag or the number
   */
  public Gtid(UUID server, String tag, long number) {
    this.source = new GtidSource(server, tag);
    this.number = number;
    if (number < 1 || number > LAST) {
      throw new IllegalArgumentException(
          "GTID " + this + ": the number must be between 1 and " + LAST);
    }
  }

  GtidSource source() {
    return source;
  }

  public UUID server() {
    return source.server();
  }

  /** The tag in lower case; empty if there is none. */
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

  /** The text that MySQL prints. */
  @Override
  public String toString() {
    return server() + ":" + (source.isTagged() ? tag() + ":" : "") + number;
  }
}
