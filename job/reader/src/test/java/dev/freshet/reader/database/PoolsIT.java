package dev.freshet.reader.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.freshet.reader.config.Database;
import dev.freshet.reader.config.Limits;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.PostgresServer;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;

class PoolsIT {
  private static final Limits LIMITS =
      new Limits(
          4, 2, Duration.ofMillis(500), 2, 2, Duration.ofSeconds(1), Duration.ofSeconds(1), 1, 0);

  /**
   * The pool asks its first connection for the default isolation level. If the connection was lost
   * just then, the pool set the level -1 on each later connection, which the driver refuses, so
   * that it never had a connection again (HikariCP, issue 1944).
   */
  @Test
  void aPoolSurvivesTheLossOfItsFirstConnection() throws Exception {
    PostgresServer postgres = LocalServers.postgres();
    LosesFirst.LOST.set(0);
    Database database =
        new Database(
            postgres.host(),
            postgres.port(),
            postgres.user(),
            postgres.password(),
            "postgres",
            Map.of("socketFactory", LosesFirst.class.getName()));
    try (HikariDataSource pool = Pools.postgres(database, LIMITS)) {
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (!connects(pool)) {
        assertThat(System.nanoTime()).as("the pool has a connection").isLessThan(end);
      }
      assertThat(LosesFirst.LOST).hasValue(1);
    }
  }

  private static boolean connects(HikariDataSource pool) {
    try (Connection connection = pool.getConnection()) {
      return connection.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Loses the first connection when it is asked for its isolation level. */
  public static final class LosesFirst extends SocketFactory {
    private static final AtomicInteger LOST = new AtomicInteger();

    @Override
    public Socket createSocket() {
      return new Socket() {
        @Override
        public OutputStream getOutputStream() throws IOException {
          return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
              String text = new String(bytes, from, count, StandardCharsets.ISO_8859_1);
              if (text.contains("SHOW TRANSACTION ISOLATION LEVEL") && LOST.compareAndSet(0, 1)) {
                throw new IOException("the connection is lost");
              }
              out.write(bytes, from, count);
            }
          };
        }
      };
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new UnsupportedOperationException();
    }
  }
}
