package dev.freshet.reader.http;

import dev.freshet.reader.config.Limits;

/**
 * The limits of a server.
 *
 * @param threads the number of workers
 * @param connections the maximum number of connections
 * @param connectionsOfAddress the maximum number of connections of an address
 * @param times how long clients may take
 */
record ServerLimits(int threads, int connections, int connectionsOfAddress, ClientTimes times) {
  static ServerLimits of(Limits limits) {
    return new ServerLimits(
        limits.threads(), limits.connections(), limits.connectionsOfAddress(), ClientTimes.DEFAULT);
  }
}
