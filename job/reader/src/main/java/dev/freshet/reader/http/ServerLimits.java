package dev.freshet.reader.http;

import dev.freshet.reader.config.Limits;
import dev.freshet.reader.share.Shares;

/**
 * The limits of a server.
 *
 * @param threads the maximum number of requests that are handled at once
 * @param connections the maximum number of connections
 * @param connectionsOfAddress the maximum number of connections of an address
 * @param streams the maximum number of concurrent event streams
 * @param shares the shares of a caller
 * @param times the time limits for clients
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
