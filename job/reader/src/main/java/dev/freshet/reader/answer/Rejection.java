package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;

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

  /**
   * What a caller is told whose question is not put to MySQL.
   *
   * @param reason why the projection did not answer it
   */
  Unanswered unanswered(FallbackReason reason) {
    String because = "the projection cannot answer (" + reason.wireName() + ") and ";
    return switch (this) {
      case QUEUE ->
          new Unanswered(
              Unanswered.Kind.OVERLOAD,
              because + "enough questions wait for MySQL already; try again");
      case RATE ->
          new Unanswered(
              Unanswered.Kind.OVERLOAD,
              because + "MySQL was asked enough within this second; try again");
      case BREAKER ->
          new Unanswered(
              Unanswered.Kind.SOURCE_UNAVAILABLE,
              because + "MySQL does not answer; try again, it is asked as soon as it does");
    };
  }
}
