package dev.freshet.cli.repair;

/** What was heard of a key that was asked for. */
public sealed interface KeyOutcome {

  /** It is served again, or as before, from this version on. */
  record Valid(String version) implements KeyOutcome {}

  /** The repair is over, and it is not served for this reason all the same. */
  record StillInvalid(String reason, String version) implements KeyOutcome {}

  /** It is not served until it is repaired: more will be heard. */
  record Invalidated(String version) implements KeyOutcome {}

  /** Nothing, for as long as was to be waited. */
  record Unheard() implements KeyOutcome {}
}
