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
 * A connection over which the binlog comes, and what came and was not taken yet.
 *
 * <p>MySQL sends a heartbeat over it when it has had nothing else to send for {@link #HEARTBEAT}.
 * Where nothing comes for the time of several, reading fails, so that a dead connection shows, also
 * one that nobody closed. While there is no room for what comes, nobody reads; where that takes
 * longer than MySQL's {@code net_write_timeout}, MySQL ends the connection, and another is made.
 *
 * <p>The client's thread reads events; another takes what was read and closes.
 */
final class BinlogConnection extends BinaryLogClient.AbstractLifecycleListener
    implements SocketFactory, LogClient.Events, AutoCloseable {
  /** How often MySQL says that it is there. */
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** Without a sign for so long a connection is dead. */
  static final Duration SILENCE = Duration.ofSeconds(3);

  private static final Duration CONNECT = Duration.ofSeconds(10);

  /** What may wait to be taken. */
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
   * A connection that is not open yet.
   *
   * @param executed the transactions that are not to be sent
   * @param number the {@code server_id} of the only server that may be read
   * @param silence for how long nothing may come once the binlog was asked for; to find its place
   *     in many files may take MySQL longer than usual
   * @param events makes what reads events of where it puts what it read
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

  /** Connects, and asks for the binlog. */
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
    // What else ends a connection passes.
    if (cause instanceof ServerException) {
      failed(cause);
    }
  }

  /** Takes what was read; waits for a quarter of what may wait, or for the time. */
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
   * Why no event follows what was read; empty while events come, and where the connection broke.
   */
  Optional<Exception> failure() {
    synchronized (lock) {
      return Optional.ofNullable(failure);
    }
  }

  /**
   * Whether it was open and is no more. The client itself tells nobody when MySQL ends the
   * connection between two events.
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
      // Closed already: the next read says so.
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
