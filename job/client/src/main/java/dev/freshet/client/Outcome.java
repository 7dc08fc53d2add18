package dev.freshet.client;

import com.fasterxml.jackson.databind.JsonNode;

/** What became of one key of many. */
public sealed interface Outcome {
  /** It has an answer. */
  record Answered(Answer answer) implements Outcome {}

  /** It has none, for this reason. */
  record Failed(JsonNode key, Problem problem) implements Outcome {}
}
