package dev.freshet.flow.capture;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import com.github.shyiko.mysql.binlog.network.SocketFactory;
import io.debezium.connector.mysql.MySqlConnection;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.Properties;
import org.apache.flink.cdc.connectors.mysql.debezium.DebeziumUtils;
import org.apache.flink.cdc.connectors.mysql.source.config.MySqlSourceConfig;

/**
 * How a binlog reader is connected to MySQL, so that a dead connection shows, also one that nobody
 * closed.
 *
 * <p>MySQL sends a heartbeat over the binlog's connection when it has had nothing else to send for
 * {@link #HEARTBEAT}. Where nothing comes for the time of several, reading fails. While the reader
 * does not read, because what follows it has no room, nobody waits for anything and nothing fails.
 * Questions to MySQL fail where it does not answer in time.
 */
final class BinlogConnection extends BinaryLogClient.AbstractLifecycleListener
    implements SocketFactory {
  /** How often MySQL says that it is there. */
  static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** Without a sign for so long a connection is dead. */
  static final Duration SILENCE = Duration.ofSeconds(3);

  private final LogClient client;
  private final Duration silence;
  private volatile Socket socket;
  private volatile boolean over;

  /**
   * One that is not open yet.
   *
   * @param silence for how long nothing may come once the binlog was asked for; to find its place
   *     in many files may take MySQL longer than usual
   */
  BinlogConnection(MySqlSourceConfig config, Tables tables, Duration silence) {
    this.client = new LogClient(config.getMySqlConnectorConfig(), tables);
    this.silence = silence;
    client.setSocketFactory(this);
    client.registerLifecycleListener(this);
  }

  LogClient client() {
    return client;
  }

  /**
   * Whether it was open and is no more. The client itself tells nobody when MySQL ends the
   * connection between two events.
   */
  boolean isOver() {
    return over;
  }

  /** A connection for questions, not open yet, that waits for no answer longer than a moment. */
  static MySqlConnection forQuestions(MySqlSourceConfig config) {
    Properties properties = new Properties();
    properties.setProperty("socketTimeout", Long.toString(SILENCE.toMillis()));
    properties.putAll(config.getJdbcProperties());
    return DebeziumUtils.createMySqlConnection(config.getDbzConfiguration(), properties);
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
  }
}
