package dev.freshet.reader.answer;

/** Why MySQL was asked; the wire name stands in answers and metrics. */
public enum Reason {
  BUILDING("building"),
  STALE("stale"),
  STORE_UNAVAILABLE("store-unavailable");

  private final String wireName;

  Reason(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }
}
