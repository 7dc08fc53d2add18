package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.GtidSet;

/** A set of GTIDs in MySQL's text form. */
final class Gtids {
  private final GtidSet set;

  private Gtids(GtidSet set) {
    this.set = set;
  }

  /** Reads what MySQL prints; the empty text is the empty set. */
  static Gtids parse(String text) {
    return new Gtids(new GtidSet(text.replace("\n", "").trim()));
  }

  /** Whether all GTIDs of the other set are in this one. */
  boolean contains(Gtids other) {
    return other.set.isContainedWithin(set);
  }

  @Override
  public String toString() {
    return set.toString();
  }
}
