package dev.freshet.reader.http;

import dev.freshet.reader.config.Limits;
import dev.freshet.reader.share.Shares;

/**
 * The limits of a server.
 *
 * @param threads the number of workers
 * @param connections the maximum number of connections
 * @param connectionsOfAddress the maximum number of connections of an address
 * @param streams the number of event streams of which callers have shares
 * @param shares the shares of a caller
 * @param times how long clients may take
 */
public record ServerLimits(
    int threads,
    int connections,
    int connectionsOfAddress,
    int streams,
    Shares shares,
    ClientTimes times) {
  /** Returns the limits that a reader's configuration sets. */
  public static ServerLimits of(Limits limits) {
    return new ServerLimits(
        limits.threads(),
        limits.connections(),
        limits.connectionsOfAddress(),
        limits.streams(),
        limits.shares(),
        ClientTimes.DEFAULT);
  }
}
