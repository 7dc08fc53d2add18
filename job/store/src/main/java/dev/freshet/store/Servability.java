package dev.freshet.store;

import dev.freshet.view.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Whether the projection can vouch for what it has of a key. The reader serves by this decision,
 * and {@code verify} compares by it.
 */
public sealed interface Servability {
  /**
   * The projection can answer.
   *
   * @param version up to which the answer is complete
   * @param asOf when MySQL confirmed that version
   */
  record Served(long version, Instant asOf) implements Servability {}

  /**
   * MySQL must answer.
   *
   * @param state of the key; empty when Postgres could not be asked
   */
  record NotServed(FallbackReason reason, Optional<KeyState> state) implements Servability {
    public NotServed {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(state, "state");
    }
  }

  /** Postgres could not be asked. */
  NotServed STORE_UNAVAILABLE = new NotServed(FallbackReason.STORE_UNAVAILABLE, Optional.empty());

  /** The projection lacks a write that the answer must show. */
  NotServed BEHIND = new NotServed(FallbackReason.BEHIND, Optional.of(KeyState.VALID));

  /** The store does not have the key. */
  NotServed ABSENT = new NotServed(FallbackReason.ABSENT, Optional.of(KeyState.ABSENT));

  /** Postgres has no such value, so the store cannot be asked for the key. */
  NotServed UNSTORABLE_KEY =
      new NotServed(FallbackReason.of(Reason.UNSTORABLE), Optional.of(KeyState.INVALID));

  /**
   * Decides, in this order: without progress, before the hand-over, and during a rebuild the key is
   * BUILDING; a key that is not valid is INVALID; a key that is not there is ABSENT; a confirmation
   * that is missing, or older than the view allows, is stale.
   *
   * @param progress of the key's range; empty when the store has none
   * @param invalid why the key, or its whole view, is not valid
   * @param absent whether the view is populated on read, and the store does not have the key
   * @param now taken after progress was read, so that waiting makes an answer older, never younger
   */
  static Servability of(
      Optional<Progress> progress,
      Optional<FallbackReason> invalid,
      boolean absent,
      Duration freshness,
      Instant now) {
    if (progress.isEmpty() || !progress.get().isServed()) {
      FallbackReason why = progress.flatMap(Progress::hidden).orElse(FallbackReason.BUILDING);
      return new NotServed(why, Optional.of(KeyState.BUILDING));
    }
    if (invalid.isPresent()) {
      return new NotServed(invalid.get(), Optional.of(KeyState.INVALID));
    }
    if (absent) {
      return ABSENT;
    }
    Optional<Instant> asOf = progress.get().asOf();
    if (asOf.isEmpty() || Duration.between(asOf.get(), now).compareTo(freshness) > 0) {
      return new NotServed(FallbackReason.STALE, Optional.of(KeyState.VALID));
    }
    return new Served(progress.get().version(), asOf.get());
  }
}
