package dev.freshet.reader.share;

/**
 * The party that a request is counted for.
 *
 * @param kind decides the size of the share
 * @param id identifies the party among those of its kind; has no secret
 */
public record Principal(Kind kind, String id) {
  /** The holder of the only token that the reader accepts. */
  public static final Principal SOLE = new Principal(Kind.SOLE, "");

  /** All event streams together; they request missing keys for all their clients at once. */
  public static final Principal STREAMS = new Principal(Kind.TOKEN, "event streams");

  /** The kinds of principals. */
  public enum Kind {
    /** The holder of the only token; has no limits, because there is no other caller. */
    SOLE,
    /** The holder of a token that is not bound to key values, if the reader accepts more tokens. */
    TOKEN,
    /** All holders of tokens that are bound to the same key values: usually one user. */
    SUBJECT
  }
}
