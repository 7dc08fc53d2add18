package dev.freshet.reader.config;

import dev.freshet.reader.share.Shares;
import java.time.Duration;

/**
 * The limits of a reader.
 *
 * @param threads number of threads that answer requests
 * @param storeConnections number of Postgres connections for answers; the reader opens seven more
 *     to monitor the store, one of which listens for notices
 * @param storeTimeout time limit of a statement in Postgres, and of one wait for a connection; a
 *     request waits up to three times while other queries succeed; then MySQL is queried
 * @param fallbacks maximum number of concurrent queries to MySQL
 * @param fallbackQueue maximum number of requests that wait for such a query
 * @param fallbackWait maximum time that a request waits for such a query
 * @param fallbackTimeout time limit of a query to MySQL
 * @param streams maximum number of concurrent event streams
 * @param fallbacksPerSecond maximum number of queries to MySQL that are started per second; 0 for
 *     no limit
 * @param connections maximum number of clients' connections, event streams included
 * @param connectionsOfAddress maximum number of such connections from one address
 * @param answerBytes maximum size of an answer, and of a batch of answers, in bytes
 * @param shares the parts of these limits that a caller may use
 */
public record Limits(
    int threads,
    int storeConnections,
    Duration storeTimeout,
    int fallbacks,
    int fallbackQueue,
    Duration fallbackWait,
    Duration fallbackTimeout,
    int streams,
    int fallbacksPerSecond,
    int connections,
    int connectionsOfAddress,
    int answerBytes,
    Shares shares) {
  private static final int CONNECTIONS = 3000;
  private static final int ANSWER_BYTES = 8 * 1024 * 1024;
  private static final Shares SHARES = new Shares(75, 10);

  /** Creates limits with the default connections, answer size and shares. */
  public Limits(
      int threads,
      int storeConnections,
      Duration storeTimeout,
      int fallbacks,
      int fallbackQueue,
      Duration fallbackWait,
      Duration fallbackTimeout,
      int streams,
      int fallbacksPerSecond) {
    this(
        threads,
        storeConnections,
        storeTimeout,
        fallbacks,
        fallbackQueue,
        fallbackWait,
        fallbackTimeout,
        streams,
        fallbacksPerSecond,
        CONNECTIONS,
        CONNECTIONS / 2,
        ANSWER_BYTES,
        SHARES);
  }
}
