package dev.freshet.reader.answer;

/** The outcome of one question of a batch. */
public sealed interface Outcome {
  /** The question was answered. */
  record Answered(Answer answer) implements Outcome {}

  /** Neither the projection nor MySQL answered. */
  record Failed(Question question, Unanswered why) implements Outcome {}

  /** The question was not asked, because the caller's token does not allow the key. */
  record Forbidden(Question question) implements Outcome {}
}
