package dev.freshet.reader.answer;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * How far the writer of a key's range has come.
 *
 * @param version up to which the range is complete
 * @param gtids of transactions that are known to be among them, as MySQL prints a set
 * @param asOf when MySQL confirmed that there was nothing newer; empty when not yet known
 * @param handedOver whether the first build is over
 */
public record Progress(long version, String gtids, Optional<Instant> asOf, boolean handedOver) {
  public Progress {
    Objects.requireNonNull(gtids, "gtids");
    Objects.requireNonNull(asOf, "asOf");
  }
}
