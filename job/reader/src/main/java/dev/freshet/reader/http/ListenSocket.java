package dev.freshet.reader.http;

import dev.freshet.reader.secret.BadSecret;
import dev.freshet.reader.secret.TlsIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.KeyStore;
import java.util.Optional;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** The socket on which a reader listens. */
public final class ListenSocket implements AutoCloseable {
  /**
   * The backlog: many clients may connect at the same time, for instance when a cache entry
   * expires.
   */
  private static final int BACKLOG = 1024;

  /**
   * Bytes of answers that the system holds for a client that does not read. By its own choice the
   * system holds megabytes, and clients that send many requests and read nothing made the reader
   * fill them.
   */
  private static final int SEND_BUFFER = 128 * 1024;

  private final ServerSocketChannel channel;
  private final int port;
  private final Optional<KeyStore> tls;

  private ListenSocket(ServerSocketChannel channel, int port, Optional<KeyStore> tls) {
    this.channel = channel;
    this.port = port;
    this.tls = tls;
  }

  /**
   * Checks early whether {@link #open} would succeed. Does not listen on the address, because a
   * health check must not mistake a socket that listens for a running reader.
   *
   * @throws Taken like {@link #open}
   */
  public static void check(String host, int port, Optional<TlsIdentity> tls) throws Taken {
    keyStore(host, port, tls);
    // A socket that is only bound refuses connections.
    try (SocketChannel channel = SocketChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address(host, port));
    } catch (IOException e) {
      throw taken(host, port, e);
    }
  }

  /**
   * Listens on an address with plain HTTP.
   *
   * @param port the port; 0 for a free one
   * @throws Taken if the address cannot be used
   */
  public static ListenSocket open(String host, int port) throws Taken {
    return open(host, port, Optional.empty());
  }

  /**
   * Listens on an address.
   *
   * @param port the port; 0 for a free one
   * @param tls the server's certificate and key; empty for plain HTTP
   * @throws Taken if the address or the certificate cannot be used
   */
  public static ListenSocket open(String host, int port, Optional<TlsIdentity> tls) throws Taken {
    Optional<KeyStore> keyStore = keyStore(host, port, tls);
    InetSocketAddress address = address(host, port);
    ServerSocketChannel channel = null;
    try {
      channel = ServerSocketChannel.open();
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, BACKLOG);
      return new ListenSocket(channel, channel.socket().getLocalPort(), keyStore);
    } catch (IOException e) {
      closeQuietly(channel);
      throw taken(host, port, e);
    }
  }

  private static Optional<KeyStore> keyStore(String host, int port, Optional<TlsIdentity> tls)
      throws Taken {
    try {
      return tls.isPresent() ? Optional.of(tls.get().keyStore()) : Optional.empty();
    } catch (BadSecret e) {
      throw new Taken(host, port, e.getMessage(), e);
    }
  }

  private static InetSocketAddress address(String host, int port) throws Taken {
    InetSocketAddress address = new InetSocketAddress(host, port);
    if (address.isUnresolved()) {
      throw new Taken(host, port, "the host is unknown; correct reader.host", null);
    }
    return address;
  }

  private static Taken taken(String host, int port, IOException e) {
    return new Taken(
        host,
        port,
        e.getMessage() + "; choose another reader.port or stop the process that uses it",
        e);
  }

  public int port() {
    return port;
  }

  @Override
  public void close() {
    closeQuietly(channel);
  }

  /** The reader cannot listen on the address. */
  public static final class Taken extends Exception {
    private static final long serialVersionUID = 1L;

    Taken(String host, int port, String cause, Throwable e) {
      super("cannot listen on %s:%d: %s".formatted(host, port, cause), e);
    }
  }

  /**
   * Creates the connector of a server.
   *
   * @param connections limits and watches the connections
   * @param times the times for clients
   */
  Connector connector(
      Server server, HttpConfiguration http, Connections connections, ClientTimes times) {
    ServerConnector connector = new WatchedConnector(server, connections, times, factories(http));
    connector.setAcceptedSendBufferSize(SEND_BUFFER);
    connector.setIdleTimeout(times.idle().toMillis());
    try {
      connector.open(channel);
    } catch (IOException e) {
      throw new UncheckedIOException("Jetty cannot use the open socket", e);
    }
    return connector;
  }

  /** Accepts as many connections as allowed, and makes them {@link WatchedEndPoint}s. */
  private static final class WatchedConnector extends ServerConnector {
    private static final int ACCEPTORS = 1;
    private static final int SELECTORS = 2;

    private final Connections connections;
    private final ClientTimes times;

    WatchedConnector(
        Server server, Connections connections, ClientTimes times, ConnectionFactory... factories) {
      super(server, ACCEPTORS, SELECTORS, factories);
      this.connections = connections;
      this.times = times;
      addBean(
          new SelectorManager.AcceptListener() {
            @Override
            public void onAcceptFailed(SelectableChannel accepted, Throwable cause) {
              connections.failed(accepted);
            }
          });
    }

    @Override
    public void accept(int acceptor) throws IOException {
      ServerSocketChannel listening = (ServerSocketChannel) getTransport();
      if (listening == null || !listening.isOpen()) {
        return;
      }
      SocketChannel accepted = listening.accept();
      Socket socket = accepted.socket();
      if (!connections.enter(socket.getInetAddress())) {
        accepted.close();
        return;
      }
      try {
        accepted.configureBlocking(false);
        configure(socket);
        getSelectorManager().accept(accepted);
      } catch (IOException | RuntimeException e) {
        connections.leave(socket.getInetAddress());
        accepted.close();
        throw e;
      }
    }

    @Override
    protected SocketChannelEndPoint newEndPoint(
        SocketChannel accepted, ManagedSelector selector, SelectionKey key) {
      SocketChannelEndPoint endPoint =
          new WatchedEndPoint(
              accepted, selector, key, getScheduler(), getExecutor(), connections, times.head());
      endPoint.setIdleTimeout(getIdleTimeout());
      return endPoint;
    }
  }

  private ConnectionFactory[] factories(HttpConfiguration http) {
    HttpConnectionFactory plain = new HttpOfClients(http);
    if (tls.isEmpty()) {
      return new ConnectionFactory[] {plain};
    }
    SslContextFactory.Server context = new SslContextFactory.Server();
    context.setKeyStore(tls.get());
    context.setKeyStorePassword(TlsIdentity.PASSWORD);
    // There is only one certificate; the client verifies whether it has the expected name.
    context.setSniRequired(false);
    // Without a customizer Jetty adds one, which refuses names that are not in the certificate.
    http.addCustomizer(new SecureRequestCustomizer(false));
    return new ConnectionFactory[] {new SslConnectionFactory(context, plain.getProtocol()), plain};
  }

  private static void closeQuietly(ServerSocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // A failure to close has no consequence.
    }
  }
}
