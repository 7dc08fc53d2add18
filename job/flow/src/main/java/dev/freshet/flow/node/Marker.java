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
 * What a node keeps beside a row that could not be handled. Any newer version of the row clears it;
 * a retry is taken only where its own marker still stands.
 *
 * @param of the failed change and how often it was tried
 * @param ofEntry whether the row is sound and only its entry cannot be made; otherwise the poison
 *     takes the row's place
 * @param next what becomes of it; never {@link Failure.Next#RESOLVED}
 */
public record Marker(Attempt of, Poison poison, boolean ofEntry, Failure.Next next) {
  /** Handlings before MySQL is asked for the row. */
  static final int ATTEMPTS = 4;

  public Marker {
    Objects.requireNonNull(of, "of");
    Objects.requireNonNull(poison, "poison");
    Objects.requireNonNull(next, "next");
  }

  /**
   * A failure's marker: causes that may pass are tried some times; then, or at once where the same
   * bytes fail every time, MySQL is asked for the row; what still fails is dead.
   *
   * @param read whether this attempt was of a row that MySQL had been asked for
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

  /** Whether it says again what a dead one says. */
  boolean repeats(Marker dead) {
    return dead != null
        && dead.next == Failure.Next.DEAD
        && next == Failure.Next.DEAD
        && ofEntry == dead.ofEntry
        && poison.equals(dead.poison);
  }

  /**
   * Whether a retry is this marker's own. What MySQL was asked for is right for any attempt at the
   * change. What the node holds is tried again only as the marker wants it: snapshot rows all have
   * one version, so after a restart a retry may come that was meant for what the row held before.
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
