package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;

/** The result for one key of a batch. */
public sealed interface Outcome {
  /** The key has an answer. */
  record Answered(Answer answer) implements Outcome {}

  /** The key has no answer, because of this problem. */
  record Failed(JsonNode key, Problem problem) implements Outcome {}
}
