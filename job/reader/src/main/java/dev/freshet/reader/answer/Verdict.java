package dev.freshet.reader.answer;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whether the projection can vouch for what it has of a key. */
public sealed interface Verdict {

  /**
   * It can.
   *
   * @param asOf when MySQL confirmed the version
   */
  record Vouched(long version, Instant asOf) implements Verdict {}

  /**
   * It cannot.
   *
   * @param state of the key, unless nobody could be asked
   */
  record Doubted(Reason reason, Optional<KeyState> state) implements Verdict {}

  /** Nobody could be asked. */
  Doubted STORE_UNAVAILABLE = new Doubted(Reason.STORE_UNAVAILABLE, Optional.empty());

  /**
   * Decides by progress: no progress or no hand-over is BUILDING, a confirmation that is missing or
   * older than the view allows is too old.
   *
   * @param now taken after progress was read, so that waiting makes an answer older, never younger
   */
  static Verdict of(Optional<Progress> progress, Duration freshness, Instant now) {
    if (progress.isEmpty() || !progress.get().handedOver()) {
      return new Doubted(Reason.BUILDING, Optional.of(KeyState.BUILDING));
    }
    Optional<Instant> asOf = progress.get().asOf();
    if (asOf.isEmpty() || Duration.between(asOf.get(), now).compareTo(freshness) > 0) {
      return new Doubted(Reason.STALE, Optional.of(KeyState.VALID));
    }
    return new Vouched(progress.get().version(), asOf.get());
  }
}
