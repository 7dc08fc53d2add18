package dev.freshet.flow.node;

import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.Event.Attempt;
import dev.freshet.flow.log.Failure;
import dev.freshet.flow.log.Poison;
import dev.freshet.flow.log.PoisonFormat;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Objects;

/**
 * The failure that a node keeps with a row that could not be handled. Any newer version of the row
 * clears it. A retry is accepted only if the row still has the marker that caused it. {@link #of}
 * decides whether the row is retried, read from MySQL, or given up as a dead letter.
 *
 * @param of the failed attempt
 * @param ofEntry true if the row can be used and only its entry cannot be computed; false if the
 *     poison replaces the row
 * @param next what follows; never {@link Failure.Next#RESOLVED}
 */
public record Marker(Attempt of, Poison poison, boolean ofEntry, Failure.Next next) {
  /** The number of attempts before the row is read from MySQL. */
  static final int ATTEMPTS = 4;

  public Marker {
    Objects.requireNonNull(of, "of");
    Objects.requireNonNull(poison, "poison");
    Objects.requireNonNull(next, "next");
  }

  /**
   * The marker of a failure. A failure that may pass is retried until {@link #ATTEMPTS}; then, or
   * at once if the same bytes always fail, the row is read from MySQL; if that fails too, the row
   * is dead.
   *
   * @param read whether this attempt used a row that was read from MySQL
   */
  static Marker of(Attempt of, Poison poison, boolean ofEntry, boolean read) {
    Failure.Next next =
        read
            ? Failure.Next.DEAD
            : poison.reason().isPermanent() || of.number() >= ATTEMPTS
                ? Failure.Next.READ
                : Failure.Next.RETRY;
    return new Marker(of, poison, ofEntry, next);
  }

  /**
   * Whether both markers are of dead rows with the same failure.
   *
   * @param dead null if the row had no marker
   */
  boolean repeats(Marker dead) {
    return dead != null
        && dead.next == Failure.Next.DEAD
        && next == Failure.Next.DEAD
        && ofEntry == dead.ofEntry
        && poison.equals(dead.poison);
  }

  /**
   * Whether a retry belongs to this marker. A row that was read from MySQL is right for any attempt
   * at the change. A retry of the held row must match the marker exactly: all snapshot rows have
   * the same version, so after a restart a retry may arrive that was meant for an earlier content
   * of the row.
   */
  boolean takes(Event.Retry retry) {
    Attempt attempt = retry.of();
    return retry.read()
        ? of.version() == attempt.version() && of.order() == attempt.order()
        : next == Failure.Next.RETRY && of.equals(attempt);
  }

  void write(DataOutput target) throws IOException {
    target.writeLong(of.version());
    target.writeLong(of.order());
    target.writeInt(of.number());
    PoisonFormat.write(poison, target);
    target.writeBoolean(ofEntry);
    target.writeByte(next.wire());
  }

  static Marker read(DataInput source) throws IOException {
    return new Marker(
        new Attempt(source.readLong(), source.readLong(), source.readInt()),
        PoisonFormat.read(source),
        source.readBoolean(),
        Failure.Next.of(source.readByte()));
  }
}
