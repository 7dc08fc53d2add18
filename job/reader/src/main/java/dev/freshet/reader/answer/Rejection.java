package dev.freshet.reader.answer;

import dev.freshet.store.FallbackReason;

/** The reasons why MySQL is not queried for a question; the wire name is part of metrics. */
public enum Rejection {
  /** The maximum number of queries runs or waits. */
  QUEUE("queue"),
  /** The maximum number of queries per second was started. */
  RATE("rate"),
  /** The caller uses its share, and others ask too. */
  SHARE("share"),
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
   * Returns the exception for the caller.
   *
   * @param reason why the projection did not answer
   */
  Unanswered unanswered(FallbackReason reason) {
    String because = "the projection cannot answer (" + reason.wireName() + ") and ";
    return switch (this) {
      case QUEUE ->
          new Unanswered(
              Unanswered.Kind.OVERLOAD,
              because + "too many queries to MySQL are waiting; try again");
      case RATE ->
          new Unanswered(
              Unanswered.Kind.OVERLOAD,
              because + "the limit of queries to MySQL per second is reached; try again");
      case SHARE ->
          new Unanswered(
              Unanswered.Kind.OVERLOAD,
              because
                  + "this token has its share of the queries to MySQL, which others need too; try"
                  + " again with fewer requests at once");
      case BREAKER ->
          new Unanswered(
              Unanswered.Kind.SOURCE_UNAVAILABLE,
              because + "MySQL does not answer; try again, it is queried as soon as it does");
    };
  }
}
