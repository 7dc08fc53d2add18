package dev.freshet.reader.http;

import dev.freshet.reader.PeriodicTask;
import dev.freshet.reader.ReaderMetrics;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of a server: limits their number, in all and of each address, and ends those
 * whose deadline has passed. The addresses of an IPv6 network of 64 bits count as one, because one
 * client can have all of them.
 *
 * <p>Thread-safe. A background thread checks the deadlines, until {@link #close}.
 */
final class Connections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
  private static final Duration QUIET = Duration.ofMinutes(1);
  private static final int NETWORK_BYTES = 8;

  private final int most;
  private final int mostOfAddress;
  private final ReaderMetrics metrics;
  private final Set<WatchedEndPoint> open = ConcurrentHashMap.newKeySet();
  private final PeriodicTask deadlines;

  /** The number of connections by address; like the following fields guarded by this object. */
  private final Map<ByteBuffer, Integer> ofAddresses = new HashMap<>();

  private int all;
  private long warnedAt = System.nanoTime() - QUIET.toNanos();

  /**
   * Creates an object without connections.
   *
   * @param most the maximum number of connections
   * @param mostOfAddress the maximum number of connections of an address
   * @param period the time between two checks of the deadlines
   */
  Connections(int most, int mostOfAddress, Duration period, ReaderMetrics metrics) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
    this.metrics = metrics;
    this.deadlines = PeriodicTask.start("http-deadlines", period, period, this::check);
    metrics.watchConnections(this::count);
  }

  /**
   * Counts a new connection. Returns false if there are too many; otherwise {@link #leave} must be
   * called.
   */
  synchronized boolean enter(InetAddress address) {
    int same = ofAddresses.getOrDefault(network(address), 0);
    if (all >= most) {
      refuse("reader.max-connections", most, address);
      return false;
    }
    if (same >= mostOfAddress) {
      refuse("reader.max-connections-per-address", mostOfAddress, address);
      return false;
    }
    all++;
    ofAddresses.put(network(address), same + 1);
    return true;
  }

  /** Uncounts a connection. */
  synchronized void leave(InetAddress address) {
    all--;
    ofAddresses.computeIfPresent(
        network(address), (network, count) -> count == 1 ? null : count - 1);
  }

  /** Returns the number of connections. */
  synchronized int count() {
    return all;
  }

  private void refuse(String limit, int number, InetAddress address) {
    metrics.connectionRefused(limit);
    long now = System.nanoTime();
    if (now - warnedAt >= QUIET.toNanos()) {
      warnedAt = now;
      LOG.warn(
          "A connection of {} is closed at once, because {} connections are open; raise {} if they"
              + " are wanted",
          address.getHostAddress(),
          number,
          limit);
    }
  }

  private static ByteBuffer network(InetAddress address) {
    byte[] bytes = address.getAddress();
    return ByteBuffer.wrap(
        address instanceof Inet6Address ? Arrays.copyOf(bytes, NETWORK_BYTES) : bytes);
  }

  /** Begins to check the deadlines of a connection. */
  void opened(WatchedEndPoint connection) {
    open.add(connection);
  }

  /** Ends the checks of a connection, and uncounts it. */
  void closed(WatchedEndPoint connection) {
    if (open.remove(connection)) {
      leave(connection.address());
    }
  }

  /** Uncounts a connection that was accepted but could not be opened. */
  void failed(SelectableChannel channel) {
    boolean opened = open.stream().anyMatch(connection -> connection.getChannel() == channel);
    if (!opened && channel instanceof SocketChannel socket) {
      leave(socket.socket().getInetAddress());
    }
  }

  private void check() {
    long now = System.nanoTime();
    for (WatchedEndPoint connection : open) {
      try {
        connection.check(now);
      } catch (RuntimeException e) {
        LOG.error("Ending a connection failed; this is a bug in the reader, please report it", e);
      }
    }
  }

  @Override
  public void close() {
    deadlines.close();
  }
}
