package dev.freshet.flow.capture.source;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.network.ServerException;
import com.github.shyiko.mysql.binlog.network.SocketFactory;
import dev.freshet.flow.binlog.Bytes;
import dev.freshet.flow.binlog.EventHead;
import dev.freshet.view.gtid.GtidSet;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * A connection that receives the binlog, with a bounded buffer of the items that were read.
 *
 * <p>MySQL sends a heartbeat when it has had nothing to send for {@link #HEARTBEAT}. Reading fails
 * if nothing arrives for several heartbeats, so that a dead connection is noticed even if it was
 * not closed. While the buffer is full the connection is not read. If that lasts longer than
 * MySQL's {@code net_write_timeout}, MySQL closes the connection and {@link BinlogStream} opens
 * another.
 *
 * <p>The client's thread reads events and fills the buffer; one other thread calls {@link #take}
 * and {@link #close}.
 */
final class BinlogConnection extends BinaryLogClient.AbstractLifecycleListener
    implements SocketFactory, LogClient.Events, AutoCloseable {
  /** The interval of MySQL's heartbeats. */
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** A connection that receives nothing for this long is dead. */
  static final Duration SILENCE = Duration.ofSeconds(3);

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** The capacity of the buffer. */
  private static final int MOST_ITEMS = 32_768;

  private final LogClient client;
  private final LogEvents events;
  private final Duration silence;
  private final Object lock = new Object();
  private List<LogItem> items = new ArrayList<>();
  private boolean closed;
  private Exception failure;
  private volatile Socket socket;
  private volatile boolean over;

  /**
   * Creates a connection that is not open yet.
   *
   * @param executed the transactions that MySQL must not send
   * @param number the {@code server_id} of the server to read; another server is rejected
   * @param silence how long the connection may receive nothing after it has requested the binlog;
   *     MySQL may take long to find the position in many files
   * @param events creates the event reader for the sink that it writes to
   */
  BinlogConnection(
      SourceOptions options,
      GtidSet executed,
      long number,
      Duration silence,
      Function<LogEvents.Sink, LogEvents> events) {
    this.client = new LogClient(options, executed, number, HEARTBEAT, this);
    this.silence = silence;
    this.events = events.apply(this::put);
    client.setSocketFactory(this);
    client.registerLifecycleListener(this);
  }

  /** Connects and requests the binlog. */
  void open() throws IOException, TimeoutException {
    client.connect(CONNECT.toMillis());
  }

  @Override
  public void read(EventHead head, Bytes body) throws Exception {
    events.read(head, body);
  }

  private void put(LogItem item) throws InterruptedException {
    synchronized (lock) {
      while (items.size() >= MOST_ITEMS && !closed) {
        lock.wait();
      }
      if (closed) {
        throw new InterruptedException("closed");
      }
      items.add(item);
      if (items.size() == MOST_ITEMS / 4) {
        lock.notifyAll();
      }
    }
  }

  @Override
  public void failed(Exception cause) {
    synchronized (lock) {
      failure = failure == null ? cause : failure;
    }
  }

  @Override
  public void onCommunicationFailure(BinaryLogClient failed, Exception cause) {
    // Other failures end the connection and are temporary.
    if (cause instanceof ServerException) {
      failed(cause);
    }
  }

  /**
   * Removes and returns the buffered items. Waits until the buffer is a quarter full, the
   * connection has ended, or the time is up.
   */
  List<LogItem> take(Duration wait) throws InterruptedException {
    long deadline = System.nanoTime() + wait.toNanos();
    synchronized (lock) {
      long left = deadline - System.nanoTime();
      while (items.size() < MOST_ITEMS / 4 && left > 0 && !over) {
        lock.wait(left / 1_000_000, (int) (left % 1_000_000));
        left = deadline - System.nanoTime();
      }
      List<LogItem> taken = items;
      items = new ArrayList<>();
      lock.notifyAll();
      return taken;
    }
  }

  /**
   * Returns why no more events follow the items that were read; empty while events arrive, and
   * after a connection loss.
   */
  Optional<Exception> failure() {
    synchronized (lock) {
      return Optional.ofNullable(failure);
    }
  }

  /**
   * Whether the connection was open and has ended. The client does not report it when MySQL ends
   * the connection between two events.
   */
  boolean isOver() {
    return over;
  }

  @Override
  public Socket createSocket() throws SocketException {
    Socket made = new Socket();
    made.setSoTimeout((int) SILENCE.toMillis());
    socket = made;
    return made;
  }

  @Override
  public void onConnect(BinaryLogClient connected) {
    try {
      socket.setSoTimeout((int) silence.toMillis());
    } catch (SocketException e) {
      // The socket is closed already.
      over = true;
    }
  }

  @Override
  public void onDisconnect(BinaryLogClient disconnected) {
    over = true;
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (lock) {
      closed = true;
      lock.notifyAll();
    }
    client.disconnect();
  }
}
