package dev.freshet.reader.answer;

import com.github.shyiko.mysql.binlog.GtidSet;
import dev.freshet.reader.form.PercentCoding;
import dev.freshet.view.Version;
import dev.freshet.view.form.BadForm;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A write that an answer must show: the caller's own, as MySQL named it. Immutable.
 *
 * <p>A place in the binlog is the one behind the transaction, as {@code SHOW MASTER STATUS} tells
 * it once the write is committed. MySQL's own places do not say which server they are of: they are
 * never taken for reached once the projection follows another server than the first, and MySQL
 * answers. Who writes to a new server before the projection follows it names its GTIDs.
 */
public final class Written {
  private static final String GTID = "gtid:";
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern INTERVAL =
      Pattern.compile("([1-9][0-9]{0,17})(?:-([1-9][0-9]{0,17}))?");

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
      return new Written(text, gtids(text.substring(GTID.length())), Version.NONE, false);
    }
    try {
      return new Written(text, null, Version.parse(text), text.contains("/"));
    } catch (IllegalArgumentException e) {
      throw new BadForm(e.getMessage() + ", or gtid:server_uuid:1-5");
    }
  }

  /** {@link GtidSet} passes over what it does not understand, and over one of two of a server. */
  private static GtidSet gtids(String set) throws BadForm {
    Set<String> servers = new HashSet<>();
    List<String> parts = new ArrayList<>();
    for (String part : set.split(",", -1)) {
      List<String> words = List.of(part.strip().split(":", -1));
      boolean sound =
          words.size() > 1
              && UUID.matcher(words.get(0)).matches()
              && servers.add(words.get(0).toLowerCase(Locale.ROOT))
              && words.stream().skip(1).allMatch(Written::isInterval);
      if (!sound) {
        throw new BadForm(
            "'"
                + PercentCoding.shorten(set)
                + "' is no set of GTIDs; write it as MySQL does, each server once:"
                + " server_uuid:1-5");
      }
      parts.add(part.strip());
    }
    return new GtidSet(String.join(",", parts));
  }

  private static boolean isInterval(String text) {
    Matcher matcher = INTERVAL.matcher(text);
    return matcher.matches()
        && (matcher.group(2) == null
            || Long.parseLong(matcher.group(1)) <= Long.parseLong(matcher.group(2)));
  }

  /** Whether a range that has come so far shows it. */
  public boolean isIn(Progress progress) {
    if (gtids != null) {
      return gtids.isContainedWithin(new GtidSet(progress.gtids()));
    }
    boolean comparable = ofAnEpoch || Version.epoch(progress.version()) == 0;
    return comparable && progress.version() >= place;
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
