package dev.freshet.servers;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * A Kafka broker that is its own controller, without replication. With a {@link KafkaLogin} in its
 * configuration, both of its ports take only who logs in.
 */
public final class KafkaServer extends Server {
  private static final Duration INITIALISE = Duration.ofMinutes(1);
  private static final int TIMEOUT_MS = 2000;
  private static final short API_VERSIONS = 18;
  private static final String OPEN =
      "listener.security.protocol.map=CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT\n";

  private final KafkaConfig config;

  public KafkaServer(KafkaConfig config) {
    super("Kafka");
    this.config = config;
  }

  public KafkaConfig config() {
    return config;
  }

  /** The value of {@code bootstrap.servers}: {@code host:port}. */
  public String bootstrap() {
    return Ports.HOST + ":" + config.port();
  }

  @Override
  public Path log() {
    return config.directory().resolve("kafka.log");
  }

  @Override
  void prepare() {
    Ports.requireFree(name(), config.port());
    Ports.requireFree(name() + " controller", config.controllerPort());
    try {
      Files.createDirectories(config.directory());
      Files.writeString(logging(), loggingSettings());
      Directories.once(data(), this::initialise);
      PrivateFile.write(properties(), settings(data()));
    } catch (IOException e) {
      throw new ServerException(
          "Kafka: folder " + config.directory() + " cannot be written (" + e + ")", e);
    }
  }

  @Override
  ServerCommand command() {
    return java("kafka.Kafka", List.of(properties().toString()))
        .of(name(), config.directory(), output());
  }

  /** Succeeds once the broker is registered with its controller; it does not answer before. */
  @Override
  void probe() throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), config.port()), TIMEOUT_MS);
      ByteBuffer request = ByteBuffer.allocate(14);
      request.putInt(10).putShort(API_VERSIONS).putShort((short) 0).putInt(1).putShort((short) -1);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write(request.array());
      out.flush();
      DataInputStream in = new DataInputStream(socket.getInputStream());
      int length = in.readInt();
      int correlation = in.readInt();
      short error = in.readShort();
      if (length < 6 || correlation != 1 || error != 0) {
        throw new IOException("port " + config.port() + " does not answer as Kafka does");
      }
    }
  }

  private Path data() {
    return config.directory().resolve("data");
  }

  private Path properties() {
    return config.directory().resolve("server.properties");
  }

  private Path logging() {
    return config.directory().resolve("log4j.properties");
  }

  /** The file for warnings and the JVM's own output; everything else is in {@link #log}. */
  private Path output() {
    return config.directory().resolve("kafka.out");
  }

  private JavaCommand java(String mainClass, List<String> arguments) {
    return new JavaCommand(
        Installation.find().classPath("kafka"),
        mainClass,
        List.of(
            "-Xmx" + config.heapMb() + "m",
            "-XX:+UseSerialGC",
            // Saves half the CPU time of a start; the broker never has much load.
            "-XX:TieredStopAtLevel=1",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
            "-Dlog4j.configuration=" + logging().toUri()),
        arguments,
        Map.of());
  }

  private void initialise(Path folder) throws IOException {
    Path properties = config.directory().resolve("format.properties");
    Path account = config.directory().resolve("account");
    try {
      PrivateFile.write(properties, settings(folder));
      List<String> arguments =
          new ArrayList<>(
              List.of("format", "-c", properties.toString(), "--cluster-id=" + clusterId()));
      if (config.login().isPresent()) {
        // Read from a file, because all users can see arguments.
        PrivateFile.write(account, account(config.login().get()));
        arguments.add("@" + account);
      }
      ServerProcess.run(
          java("kafka.tools.StorageTool", arguments)
              .of(name() + ": making " + data(), config.directory(), output()),
          List.of(),
          INITIALISE);
    } finally {
      Files.deleteIfExists(account);
      Files.deleteIfExists(properties);
    }
  }

  /** The arguments that create the clients' account, one a line. */
  private static String account(KafkaLogin login) {
    return "--add-scram\n%s=[name=%s,password=%s]\n"
        .formatted(KafkaLogin.MECHANISM, login.user(), login.password());
  }

  private static String clusterId() {
    UUID random = UUID.randomUUID();
    ByteBuffer bytes = ByteBuffer.allocate(16);
    bytes.putLong(random.getMostSignificantBits()).putLong(random.getLeastSignificantBits());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }

  private String settings(Path folder) {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@%1$s:%3$d
    listeners=CLIENT://%1$s:%2$d,CONTROLLER://%1$s:%3$d
    advertised.listeners=CLIENT://%1$s:%2$d
    controller.listener.names=CONTROLLER
    inter.broker.listener.name=CLIENT
    log.dirs=%4$s
    num.partitions=1
    num.network.threads=2
    num.io.threads=4
    offsets.topic.num.partitions=4
    offsets.topic.replication.factor=1
    transaction.state.log.num.partitions=4
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    group.initial.rebalance.delay.ms=0
    # A broker that was killed is let in again only when its former session has ended.
    broker.heartbeat.interval.ms=500
    broker.session.timeout.ms=3000
    log.cleaner.dedupe.buffer.size=16777216
    """
            .formatted(Ports.HOST, config.port(), config.controllerPort(), folder)
        + config.login().map(KafkaServer::security).orElse(OPEN);
  }

  /** Settings that make clients log in, and the broker itself at its controller. */
  private static String security(KafkaLogin login) {
    // The broker and its controller are one process, so every start can have a new password. The
    // controller cannot use SCRAM: it keeps the accounts.
    String controller = Passwords.generate();
    return """
    listener.security.protocol.map=CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT
    sasl.mechanism.inter.broker.protocol=%1$s
    listener.name.client.sasl.enabled.mechanisms=%1$s
    listener.name.client.%2$s.sasl.jaas.config=%3$s
    sasl.mechanism.controller.protocol=PLAIN
    listener.name.controller.sasl.enabled.mechanisms=PLAIN
    listener.name.controller.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="controller" password="%4$s" user_controller="%4$s";
    """
        .formatted(
            KafkaLogin.MECHANISM,
            KafkaLogin.MECHANISM.toLowerCase(Locale.ROOT),
            login.jaas(),
            controller);
  }

  private String loggingSettings() {
    return """
    log4j.rootLogger=INFO, file, console
    log4j.appender.file=org.apache.log4j.RollingFileAppender
    log4j.appender.file.File=%s
    log4j.appender.file.MaxFileSize=20MB
    log4j.appender.file.MaxBackupIndex=4
    log4j.appender.file.layout=org.apache.log4j.PatternLayout
    log4j.appender.file.layout.ConversionPattern=%%d{ISO8601} %%-5p %%c{1} - %%m%%n
    log4j.appender.console=org.apache.log4j.ConsoleAppender
    log4j.appender.console.Threshold=WARN
    log4j.appender.console.layout=org.apache.log4j.PatternLayout
    log4j.appender.console.layout.ConversionPattern=%%d{ISO8601} %%-5p %%c{1} - %%m%%n
    log4j.logger.org.apache.kafka.clients=WARN
    log4j.logger.state.change.logger=WARN
    """
        .formatted(log());
  }
}
