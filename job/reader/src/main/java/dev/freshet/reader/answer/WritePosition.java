package dev.freshet.reader.answer;

import dev.freshet.store.Progress;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.Positions;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.gtid.GtidSet;
import java.util.List;
import java.util.Objects;

/**
 * The position of a client's own write, which an answer must contain: a binlog position, GTIDs, or
 * positions of events in Kafka. Immutable.
 *
 * <p>A binlog position is that after the transaction, as MySQL reports it when the write is
 * committed ({@code SHOW BINARY LOG STATUS}, before 8.2 {@code SHOW MASTER STATUS}). It does not
 * identify its server. Therefore a position without an epoch never counts as reached once the
 * source has moved to another server; then MySQL answers. Clients that write to a new server before
 * the projection follows it should give GTIDs.
 */
public final class WritePosition {
  private static final String GTID = "gtid:";
  private final String text;
  private final GtidSet gtids;
  private final long position;
  private final boolean hasEpoch;
  private final Positions events;

  private WritePosition(
      String text, GtidSet gtids, long position, boolean hasEpoch, Positions events) {
    this.events = events;
    this.text = text;
    this.gtids = gtids;
    this.position = position;
    this.hasEpoch = hasEpoch;
  }

  /**
   * Parses the position of a write that a view shows: for a view over events {@code
   * shipments/3:4711}, as a producer's acknowledgement says it, or several separated by commas; for
   * all others see {@link #parse(String)}.
   *
   * @throws BadForm with the expected formats if the text has another format, or names a topic that
   *     the view does not read
   */
  public static WritePosition parse(String text, ViewPlan plan) throws BadForm {
    return plan.source() instanceof ViewPlan.Source.Events events
        ? ofEvents(text, events.topics())
        : parse(text);
  }

  private static WritePosition ofEvents(String text, List<String> topics) throws BadForm {
    Positions positions;
    try {
      positions = Positions.parse(text);
    } catch (IllegalArgumentException e) {
      throw new BadForm(e.getMessage());
    }
    for (String topic : positions.topics()) {
      if (!topics.contains(topic)) {
        throw new BadForm(
            "the view does not read the topic '%s'; it reads %s".formatted(topic, topics));
      }
    }
    return new WritePosition(text, null, Version.NONE, false, positions);
  }

  /**
   * Parses {@code binlog.000012:4567}, optionally with an epoch in front as in answers, or {@code
   * gtid:} followed by a GTID or a GTID set, with or without tags.
   *
   * @throws BadForm with the expected formats if the text has another format
   */
  public static WritePosition parse(String text) throws BadForm {
    if (text.startsWith(GTID)) {
      return new WritePosition(
          text, gtids(text.substring(GTID.length())), Version.NONE, false, null);
    }
    try {
      return new WritePosition(text, null, Version.parse(text), text.contains("/"), null);
    } catch (IllegalArgumentException e) {
      throw new BadForm(e.getMessage() + ", or gtid:server_uuid:1-5");
    }
  }

  private static GtidSet gtids(String set) throws BadForm {
    try {
      GtidSet gtids = GtidSet.parse(set);
      if (gtids.isEmpty()) {
        throw new BadForm("gtid: names no transaction; write it as MySQL does: server_uuid:1-5");
      }
      return gtids;
    } catch (IllegalArgumentException e) {
      throw new BadForm(e.getMessage());
    }
  }

  /** Whether a range with this progress contains the write. */
  public boolean isIn(Progress progress) {
    return isIn(progress.version(), progress.gtids());
  }

  /**
   * Whether a range at this position contains the write.
   *
   * @param executed the executed GTID set; for a view over events, the positions of the topics
   */
  public boolean isIn(long reached, String executed) {
    if (events != null) {
      return Positions.parse(executed).cover(events);
    }
    if (gtids != null) {
      return GtidSet.parse(executed).contains(gtids);
    }
    boolean comparable = hasEpoch || Version.epoch(reached) == 0;
    return comparable && reached >= position;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof WritePosition that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
