package dev.freshet.reader.config;

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
    int fallbacksPerSecond) {}
