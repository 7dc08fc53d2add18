package dev.freshet.cli.repair;

/** The result for a requested key. */
public sealed interface KeyOutcome {

  /** The key is VALID from this version on. */
  record Valid(String version) implements KeyOutcome {}

  /** The repair is complete, but the key is still INVALID for this reason. */
  record StillInvalid(String reason, String version) implements KeyOutcome {}

  /** The key is INVALID until it is repaired; another result will follow. */
  record Invalidated(String version) implements KeyOutcome {}

  /** There was no result in time. */
  record NoResult() implements KeyOutcome {}
}
