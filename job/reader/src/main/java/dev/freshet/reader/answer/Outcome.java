package dev.freshet.reader.answer;

/** What became of one question of many. */
public sealed interface Outcome {
  /** Somebody answered it. */
  record Answered(Answer answer) implements Outcome {}

  /** Nobody did. */
  record Failed(Question question, Unanswered why) implements Outcome {}

  /** Nobody was asked: whoever asks may not know the answer. */
  record Forbidden(Question question) implements Outcome {}
}
