package dev.freshet.reader.answer;

import dev.freshet.store.Progress;
import dev.freshet.view.Version;
import dev.freshet.view.form.BadForm;
import dev.freshet.view.gtid.GtidSet;
import java.util.Objects;

/**
 * A write that an answer must show: the caller's own, as MySQL named it. Immutable.
 *
 * <p>A place in the binlog is the one behind the transaction, as MySQL tells it once the write is
 * committed ({@code SHOW BINARY LOG STATUS}, before 8.2 {@code SHOW MASTER STATUS}). MySQL's own
 * places do not say which server they are of: they are never taken for reached once the projection
 * follows another server than the first, and MySQL answers. Who writes to a new server before the
 * projection follows it names its GTIDs.
 */
public final class WritePosition {
  private static final String GTID = "gtid:";
  private final String text;
  private final GtidSet gtids;
  private final long place;
  private final boolean ofAnEpoch;

  private WritePosition(String text, GtidSet gtids, long place, boolean ofAnEpoch) {
    this.text = text;
    this.gtids = gtids;
    this.place = place;
    this.ofAnEpoch = ofAnEpoch;
  }

  /**
   * Reads {@code binlog.000012:4567}, with an epoch in front as answers have it, or {@code gtid:}
   * and a GTID or a set of them, with tags or without.
   *
   * @throws BadForm with the expected forms when it is neither
   */
  public static WritePosition parse(String text) throws BadForm {
    if (text.startsWith(GTID)) {
      return new WritePosition(text, gtids(text.substring(GTID.length())), Version.NONE, false);
    }
    try {
      return new WritePosition(text, null, Version.parse(text), text.contains("/"));
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

  /** Whether a range with this progress shows it. */
  public boolean isIn(Progress progress) {
    return isIn(progress.version(), progress.gtids());
  }

  /** Whether a range at this binlog position, with this executed GTID set, shows it. */
  public boolean isIn(long position, String executed) {
    if (gtids != null) {
      return GtidSet.parse(executed).contains(gtids);
    }
    boolean comparable = ofAnEpoch || Version.epoch(position) == 0;
    return comparable && position >= place;
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
