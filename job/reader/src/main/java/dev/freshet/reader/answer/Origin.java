package dev.freshet.reader.answer;

import java.util.Optional;

/** The source, MySQL, over whose tables the views are declared. */
public interface Origin {
  /**
   * Runs the view's query for a key, with a time limit. Blocks.
   *
   * @param handle allows to kill the query while it runs
   * @throws Unanswered if the database gives no answer
   */
  Page read(Question question, QueryHandle handle) throws Unanswered;

  /**
   * Returns the GTIDs of transactions that every query sent from now on sees. Blocks for a second
   * at most.
   *
   * @return the set as MySQL prints it; empty if MySQL does not say, or has no GTIDs
   */
  default Optional<String> executed() {
    return Optional.empty();
  }
}
