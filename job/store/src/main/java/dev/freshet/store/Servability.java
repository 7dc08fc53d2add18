package dev.freshet.store;

import dev.freshet.view.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Decides whether a key's answer may be served from the projection. The reader and the command
 * {@code verify} share this decision; what the reader does if the answer may not be served is up to
 * its class {@code Answerer}.
 */
public sealed interface Servability {
  /**
   * The projection's answer may be served.
   *
   * @param version the binlog position up to which the answer is complete
   * @param gtids the text of that position; see {@link Progress#gtids}
   * @param asOf the time up to which the answer is known to be current
   */
  record Served(long version, String gtids, Instant asOf) implements Servability {}

  /**
   * The projection's answer must not be served; MySQL has to answer.
   *
   * @param state the state of the key; empty if it is unknown, because Postgres did not answer or
   *     was not asked
   */
  record NotServed(FallbackReason reason, Optional<KeyState> state) implements Servability {
    public NotServed {
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(state, "state");
    }
  }

  /** Postgres did not answer. */
  NotServed STORE_UNAVAILABLE = new NotServed(FallbackReason.STORE_UNAVAILABLE, Optional.empty());

  /** The caller asked for MySQL's own answer; the projection was not read. */
  NotServed REQUESTED = new NotServed(FallbackReason.REQUESTED, Optional.empty());

  /** The projection lacks a write that the answer must show. */
  NotServed BEHIND = new NotServed(FallbackReason.BEHIND, Optional.of(KeyState.VALID));

  /** The store does not have the key. */
  NotServed ABSENT = new NotServed(FallbackReason.ABSENT, Optional.of(KeyState.ABSENT));

  /** The key has a value that Postgres cannot hold, so the store cannot be queried for it. */
  NotServed UNSTORABLE_KEY =
      new NotServed(FallbackReason.of(Reason.UNSTORABLE), Optional.of(KeyState.INVALID));

  /**
   * Decides, in this order: the key is BUILDING without progress, before the hand-over, and during
   * a rebuild; INVALID if it, or its view, is invalid; ABSENT if the store does not have it.
   * Otherwise the key is VALID, but stale if MySQL's last confirmation is missing or older than
   * {@code freshness}.
   *
   * @param progress the progress of the key's range; empty if the store has none
   * @param invalid why the key, or its whole view, is invalid; empty if both are valid
   * @param absent whether the view is populated on read, and the store does not have the key
   * @param now the current time, read after {@code progress}, so that a delay makes an answer
   *     appear older, never younger
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
    return new Served(progress.get().version(), progress.get().gtids(), asOf.get());
  }
}
