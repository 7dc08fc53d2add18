package dev.freshet.reader.answer;

/** Why a question is not put to MySQL; the wire name stands in metrics. */
public enum Rejection {
  /** As many as may are asked or wait already. */
  QUEUE("queue"),
  /** As many as may were asked within this second. */
  RATE("rate"),
  /** MySQL does not answer. */
  BREAKER("breaker");

  private final String wireName;

  Rejection(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }
}
