package dev.freshet.reader.answer;

/** The database that the views are declared over. */
public interface Origin {
  /**
   * Runs the view's own query for a key, bounded in time.
   *
   * @throws Unanswered when it gives no answer
   */
  Page read(Question question) throws Unanswered;
}
