package dev.freshet.reader.answer;

import com.github.shyiko.mysql.binlog.GtidSet;
import dev.freshet.view.Version;
import dev.freshet.view.form.BadForm;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A write that an answer must show: the caller's own, as MySQL named it. Immutable.
 *
 * <p>A place in the binlog is the one behind the transaction, as {@code SHOW MASTER STATUS} tells
 * it once the write is committed. MySQL's own names do not say which server they are of; they are
 * taken as of the server that the projection follows. So a name of an earlier server may be waited
 * for in vain, and MySQL answers; it is never taken for reached.
 */
public final class Written {
  private static final String GTID = "gtid:";

  /** As {@link GtidSet} understands it: it skips over what it does not. */
  private static final Pattern GTIDS =
      Pattern.compile(
          "\\s*UUID(:INTERVAL)+\\s*(,\\s*UUID(:INTERVAL)+\\s*)*"
              .replace("UUID", "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
              .replace("INTERVAL", "[1-9][0-9]{0,17}(-[1-9][0-9]{0,17})?"));

  private final String text;
  private final GtidSet gtids;
  private final long place;
  private final boolean ofAnEpoch;

  private Written(String text, GtidSet gtids, long place, boolean ofAnEpoch) {
    this.text = text;
    this.gtids = gtids;
    this.place = place;
    this.ofAnEpoch = ofAnEpoch;
  }

  /**
   * Reads {@code binlog.000012:4567}, with an epoch in front as answers have it, or {@code gtid:}
   * and a GTID or a set of them.
   *
   * @throws BadForm with the expected forms when it is neither
   */
  public static Written parse(String text) throws BadForm {
    if (text.startsWith(GTID)) {
      String set = text.substring(GTID.length());
      if (!GTIDS.matcher(set).matches()) {
        throw new BadForm(
            "'" + set + "' is no set of GTIDs; write it as MySQL does: server_uuid:1-5");
      }
      return new Written(text, new GtidSet(set), Version.NONE, false);
    }
    try {
      return new Written(text, null, Version.parse(text), text.contains("/"));
    } catch (IllegalArgumentException e) {
      throw new BadForm(e.getMessage() + ", or gtid:server_uuid:1-5");
    }
  }

  /** Whether a range that has come so far shows it. */
  public boolean isIn(Progress progress) {
    if (gtids != null) {
      return gtids.isContainedWithin(new GtidSet(progress.gtids()));
    }
    int epoch = ofAnEpoch ? Version.epoch(place) : Version.epoch(progress.version());
    return progress.version() >= Version.of(epoch, Version.file(place), Version.position(place));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Written that && text.equals(that.text);
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
