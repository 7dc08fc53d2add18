package dev.freshet.reader.answer;

import dev.freshet.view.Reason;
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
  record Doubted(Doubt reason, Optional<KeyState> state) implements Verdict {}

  /** Nobody could be asked. */
  Doubted STORE_UNAVAILABLE = new Doubted(Doubt.STORE_UNAVAILABLE, Optional.empty());

  /** A write that the answer must show is not there. */
  Doubted BEHIND = new Doubted(Doubt.BEHIND, Optional.of(KeyState.VALID));

  /** The key is not in the store. */
  Doubted ABSENT = new Doubted(Doubt.ABSENT, Optional.of(KeyState.ABSENT));

  /** The store cannot be asked for it. */
  Doubted NOT_OF_THE_STORE =
      new Doubted(Doubt.of(Reason.UNSTORABLE), Optional.of(KeyState.INVALID));

  /**
   * Decides: no progress, no hand-over or a rebuild is BUILDING, a key that is not valid is
   * INVALID, one that is not there ABSENT, a confirmation that is missing or older than the view
   * allows is too old.
   *
   * @param now taken after progress was read, so that waiting makes an answer older, never younger
   */
  static Verdict of(Store.Reading reading, Duration freshness, Instant now) {
    Optional<Progress> progress = reading.progress();
    if (progress.isEmpty() || !progress.get().isServed()) {
      Doubt why = progress.flatMap(Progress::notServed).orElse(Doubt.BUILDING);
      return new Doubted(why, Optional.of(KeyState.BUILDING));
    }
    if (reading.invalid().isPresent()) {
      return new Doubted(Doubt.of(reading.invalid().get()), Optional.of(KeyState.INVALID));
    }
    if (reading.absent()) {
      return ABSENT;
    }
    Optional<Instant> asOf = progress.get().asOf();
    if (asOf.isEmpty() || Duration.between(asOf.get(), now).compareTo(freshness) > 0) {
      return new Doubted(Doubt.STALE, Optional.of(KeyState.VALID));
    }
    return new Vouched(progress.get().version(), asOf.get());
  }
}
