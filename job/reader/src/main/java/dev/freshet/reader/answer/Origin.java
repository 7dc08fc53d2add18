package dev.freshet.reader.answer;

/** The database that the views are declared over. */
public interface Origin {
  /**
   * Runs the view's own query for a key, bounded in time.
   *
   * @param recall by which it is killed when nobody waits for it any more
   * @throws Unanswered when it gives no answer
   */
  Page read(Question question, QueryHandle recall) throws Unanswered;
}
