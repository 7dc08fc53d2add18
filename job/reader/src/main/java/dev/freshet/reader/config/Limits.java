package dev.freshet.reader.config;

import dev.freshet.reader.share.Shares;
import java.time.Duration;

/**
 * What one reader may use at once, and for how long.
 *
 * @param threads that answer requests
 * @param storeConnections that answers use in Postgres at once; seven more look at the store
 *     whatever is asked, one of them listens
 * @param storeTimeout of a statement in Postgres, and of waiting for a connection, unless others
 *     have answers meanwhile: then three times as long; beyond it MySQL is asked
 * @param fallbacks statements in MySQL at once
 * @param fallbackQueue requests that may wait for one of those
 * @param fallbackWait for how long they wait
 * @param fallbackTimeout of a statement in MySQL
 * @param streams clients of event streams at once
 * @param fallbacksPerSecond questions to MySQL that begin within a second; 0 for any number
 * @param connections of clients at once
 * @param connectionsOfAddress of clients with the same address at once
 * @param answerBytes of an answer
 * @param shares of a caller in all of this
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

  /** With the default limits of connections and bytes, and the default shares. */
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
