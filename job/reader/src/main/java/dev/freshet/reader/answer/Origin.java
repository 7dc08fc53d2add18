package dev.freshet.reader.answer;

/** The source, MySQL, over whose tables the views are declared. */
public interface Origin {
  /**
   * Runs the view's query for a key, with a time limit. Blocks.
   *
   * @param handle allows to kill the query while it runs
   * @throws Unanswered if the database gives no answer
   */
  Page read(Question question, QueryHandle handle) throws Unanswered;
}
