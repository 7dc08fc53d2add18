package dev.freshet.servers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A TCP proxy to a server on this machine, with which a test breaks connections: by silence, as if
 * the host vanished without closing them, or by cutting them in the middle of the data. It can also
 * be redirected to another server.
 */
public final class TcpProxy implements AutoCloseable {
  private volatile int target;
  private final ServerSocket listener;
  private final Queue<Link> links = new ConcurrentLinkedQueue<>();
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicInteger cutsDone = new AtomicInteger();
  private volatile long cutStep;
  private volatile boolean silent;

  /**
   * Starts a proxy that listens at a free port, see {@link #port}.
   *
   * @param target the port of the server to which it forwards
   */
  public TcpProxy(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
    daemon(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /**
   * Stops forwarding data, over existing and over new connections, but keeps the connections open.
   */
  public void silence() {
    silent = true;
    links.forEach(link -> link.die());
  }

  /** Forwards new connections again; the silent ones stay silent. */
  public void forwardNew() {
    silent = false;
  }

  /** Redirects new connections to another port; existing connections stay. */
  public void leadTo(int port) {
    target = port;
  }

  /** Closes all connections. */
  public void drop() {
    links.forEach(Link::close);
  }

  /**
   * Cuts the next {@code times} connections: the first after {@code step} bytes from the server,
   * the next after twice as many, and so on.
   */
  public void cut(int times, long step) {
    cutStep = step;
    cutsDone.set(0);
    cuts.set(times);
    links.forEach(link -> link.received.set(0));
  }

  /** The number of connections that {@link #cut} has cut. */
  public int cutsDone() {
    return cutsDone.get();
  }

  /** The number of connections that were accepted. */
  public int accepted() {
    return accepted.get();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    links.forEach(Link::close);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        accepted.incrementAndGet();
        Link link = new Link(client);
        links.add(link);
        if (silent) {
          link.die();
        } else {
          link.open();
        }
      }
    } catch (IOException e) {
      // The proxy was closed.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private final class Link {
    private volatile boolean dead;
    final AtomicLong received = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Socket client;
    private final Socket server = new Socket();

    Link(Socket client) {
      this.client = client;
    }

    /** Stops forwarding without closing the connection. */
    void die() {
      dead = true;
    }

    void open() {
      try {
        server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5000);
        daemon(() -> pump(client, server, false));
        daemon(() -> pump(server, client, true));
      } catch (IOException e) {
        close();
      }
    }

    private void pump(Socket from, Socket to, boolean fromServer) {
      byte[] buffer = new byte[16 * 1024];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          if (dead) {
            closed.await();
          }
          if (fromServer && isCut(n)) {
            out.write(buffer, 0, n / 2);
            break;
          }
          out.write(buffer, 0, n);
        }
      } catch (IOException e) {
        // One side ended the connection; the other side is closed too.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      if (!dead) {
        close();
      }
    }

    private boolean isCut(int bytes) {
      if (received.addAndGet(bytes) < cutStep * (cutsDone.get() + 1) || cuts.get() == 0) {
        return false;
      }
      cuts.decrementAndGet();
      cutsDone.incrementAndGet();
      return true;
    }

    void close() {
      closed.countDown();
      links.remove(this);
      try {
        client.close();
        server.close();
      } catch (IOException e) {
        // The socket is already unusable.
      }
    }
  }
}
