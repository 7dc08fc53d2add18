package dev.freshet.reader.answer;

/** The database that the views are declared over: MySQL. */
public interface Origin {
  /**
   * Runs the view's query for a key, with a time limit. Blocks.
   *
   * @param handle allows to kill the query while it runs
   * @throws Unanswered if the database gives no answer
   */
  Page read(Question question, QueryHandle handle) throws Unanswered;
}
