package dev.freshet.sandbox.supervise;

import dev.freshet.cli.Layout;
import dev.freshet.cli.ReaderProcess;
import dev.freshet.cli.explain.Grants;
import dev.freshet.config.Config;
import dev.freshet.servers.FlinkConfig;
import dev.freshet.servers.FlinkJobManager;
import dev.freshet.servers.FlinkTaskManager;
import dev.freshet.servers.Home;
import dev.freshet.servers.JavaCommand;
import dev.freshet.servers.JavaServer;
import dev.freshet.servers.KafkaConfig;
import dev.freshet.servers.KafkaLogin;
import dev.freshet.servers.KafkaServer;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlConfig;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.Passwords;
import dev.freshet.servers.Ports;
import dev.freshet.servers.PostgresConfig;
import dev.freshet.servers.PostgresServer;
import dev.freshet.servers.Server;
import dev.freshet.servers.TlsKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * All servers of one home folder, with ports and passwords that stay the same as long as the
 * supervisor runs. Starts no server itself.
 */
final class LocalCluster {
  private static final int JOB_MANAGER_MB = 900;
  private static final String STORE_JOB = "freshet_job";
  private static final String STORE_READER = "freshet_reader";

  private final Layout layout;
  private final MySqlServer mysql;
  private final PostgresServer postgres;
  private final KafkaServer kafka;
  private final KafkaLogin kafkaLogin = KafkaLogin.generate();
  private final FlinkConfig flink;
  private final FlinkJobManager jobManager;
  private final FlinkTaskManager taskManager;
  private final JavaServer reader;
  private final Config config;
  private final int readerPort;
  private final String readerToken = Passwords.generate();

  /** Chooses ports and passwords, and writes the configuration. */
  LocalCluster(Layout layout, Settings settings) {
    this.layout = layout;
    Home distributions = layout.distributions();
    List<Integer> free = Ports.free(9);
    mysql =
        new MySqlServer(
            distributions,
            mysql(settings, layout.home().resolve("mysql"))
                .withPort(port(settings, "MySQL", free.get(0))));
    postgres =
        new PostgresServer(
            distributions,
            PostgresConfig.in(layout.home().resolve("postgres"))
                .withPort(port(settings, "Postgres", free.get(1))));
    kafka =
        new KafkaServer(
            KafkaConfig.in(layout.home().resolve("kafka"))
                .withLogin(kafkaLogin)
                .withPorts(port(settings, "Kafka", free.get(2)), free.get(3)));
    flink =
        cluster(settings.cluster(), layout.home().resolve("flink"))
            .withKeys(TlsKeys.make(flinkKeys(layout), Passwords.generate()))
            .withPorts(port(settings, "Flink", free.get(4)), free.get(5), free.get(6));
    jobManager = new FlinkJobManager(flink);
    taskManager = new FlinkTaskManager(flink);
    readerPort = port(settings, "Reader", free.get(7));
    config = configuration(settings);
    reader = makeReader();
  }

  /** Returns the key store of Flink's processes and clients. */
  static Path flinkKeys(Layout layout) {
    return layout.secrets().resolve("flink.p12");
  }

  private static MySqlConfig mysql(Settings settings, Path folder) {
    MySqlConfig config = MySqlConfig.in(folder);
    return settings.mysql() == null ? config : config.withDistribution(settings.mysql());
  }

  /** Returns the configuration of all servers. */
  Config config() {
    return config;
  }

  MySqlServer mysql() {
    return mysql;
  }

  PostgresServer postgres() {
    return postgres;
  }

  KafkaServer kafka() {
    return kafka;
  }

  FlinkConfig flink() {
    return flink;
  }

  FlinkJobManager jobManager() {
    return jobManager;
  }

  FlinkTaskManager taskManager() {
    return taskManager;
  }

  JavaServer reader() {
    return reader;
  }

  String readerUrl() {
    return "http://" + Ports.HOST + ":" + readerPort;
  }

  String readerToken() {
    return readerToken;
  }

  /** Returns the statements that create the accounts of job and reader in Postgres. */
  List<String> storeAccounts() {
    List<String> statements =
        new ArrayList<>(Grants.postgres(config, account -> account.password().reveal()));
    // A second job may create its own schema; the same account of the reader reads it.
    String later = "ALTER DEFAULT PRIVILEGES FOR ROLE " + STORE_JOB + " GRANT ";
    statements.add(later + "USAGE ON SCHEMAS TO " + STORE_READER);
    statements.add(later + "SELECT ON TABLES TO " + STORE_READER);
    statements.add(later + "EXECUTE ON FUNCTIONS TO " + STORE_READER);
    return statements;
  }

  /** Returns all servers in the order of their dependencies. */
  List<Server> all() {
    return Stream.concat(stores().stream(), clients().stream()).toList();
  }

  /** Returns the servers that hold data. */
  List<Server> stores() {
    return List.of(mysql, postgres, kafka);
  }

  /** Returns the servers that are clients of the stores. */
  List<Server> clients() {
    return List.of(jobManager, taskManager, reader);
  }

  /** Returns the content of the endpoints file. */
  String endpoints() {
    Map<String, Object> values = new java.util.LinkedHashMap<>();
    values.put("MYSQL_HOST", mysql.host());
    values.put("MYSQL_PORT", mysql.port());
    values.put("MYSQL_USER", MySqlAccount.APPLICATION.user());
    values.put("MYSQL_PASSWORD", mysql.password(MySqlAccount.APPLICATION));
    values.put("MYSQL_DATABASE", mysql.config().database());
    values.put("POSTGRES_HOST", postgres.host());
    values.put("POSTGRES_PORT", postgres.port());
    values.put("POSTGRES_USER", postgres.user());
    values.put("POSTGRES_PASSWORD", postgres.password());
    values.put("POSTGRES_DATABASE", postgres.config().database());
    values.put("KAFKA_BOOTSTRAP", kafka.bootstrap());
    values.put("KAFKA_USER", kafkaLogin.user());
    values.put("KAFKA_PASSWORD", kafkaLogin.password());
    values.put("FLINK_URL", flink.url());
    values.put("READER_URL", readerUrl());
    values.put("READER_TOKEN", readerToken);
    values.put("MYSQL_PID", mysql.pid());
    values.put("POSTGRES_PID", postgres.pid());
    values.put("KAFKA_PID", kafka.pid());
    values.put("FLINK_JOBMANAGER_PID", jobManager.pid());
    values.put("FLINK_TASKMANAGER_PID", taskManager.pid());
    values.put("READER_PID", reader.pid());
    StringBuilder text = new StringBuilder();
    values.forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  private Config configuration(Settings settings) {
    Embedded embedded = new Embedded(layout);
    TlsKeys keys = flink.keys().orElseThrow();
    settings.readerFiles().forEach((key, file) -> embedded.with("reader", key, file));
    return embedded
        .with("source", "host", mysql.host())
        .with("source", "port", mysql.port())
        .with("source", "user", MySqlAccount.JOB.user())
        .secret("source", "password-file", "mysql-job", mysql.password(MySqlAccount.JOB))
        .with("source", "database", mysql.config().database())
        .with("views", "folder", settings.views())
        .with("store", "host", postgres.host())
        .with("store", "port", postgres.port())
        .with("store", "user", STORE_JOB)
        .secret("store", "password-file", "postgres-job", Passwords.generate())
        .with("store", "database", postgres.config().database())
        .with("kafka", "bootstrap", kafka.bootstrap())
        .properties(
            "kafka",
            KafkaLogin.properties(),
            Map.of("sasl.jaas.config", embedded.secret("kafka-login", kafkaLogin.jaas())))
        .with("flink", "url", flink.url())
        .with("flink", "keystore-file", keys.file())
        .secret("flink", "keystore-password-file", "flink-keys", keys.password())
        .with("flink", "jar-folder", flink.directory().resolve("jars"))
        .with("reader", "host", Ports.HOST)
        .with("reader", "port", readerPort)
        .secret("reader", "token-file", "reader-token", readerToken)
        .with("reader", "source-user", MySqlAccount.READER.user())
        .secret(
            "reader", "source-password-file", "mysql-reader", mysql.password(MySqlAccount.READER))
        .with("reader", "store-user", STORE_READER)
        .secret("reader", "store-password-file", "postgres-reader", Passwords.generate())
        .with("job", "parallelism", settings.cluster().parallelism())
        .with("job", "checkpoint-interval-ms", 5000)
        .with("job", "secrets", "files")
        .write();
  }

  private static FlinkConfig cluster(Cluster cluster, Path folder) {
    FlinkConfig config =
        FlinkConfig.in(folder)
            .withSlots(cluster.slots())
            .withMemoryMb(JOB_MANAGER_MB, cluster.taskManagerMb());
    return switch (cluster.state()) {
      case HEAP -> config;
      case ROCKSDB -> config.withRocksDb(cluster.rocksDbMb());
    };
  }

  private JavaServer makeReader() {
    return new JavaServer(
        "Reader",
        layout.home().resolve("reader"),
        List.of(readerPort),
        new JavaCommand(
            layout.installation().readerClassPath(),
            ReaderProcess.MAIN,
            ReaderProcess.jvm(System.getenv()),
            ReaderProcess.arguments(config.file()),
            Map.of()),
        this::readerListens);
  }

  private void readerListens() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), readerPort), 1000);
    }
  }

  private static int port(Settings settings, String server, int free) {
    int asked = settings.ports().getOrDefault(server, 0);
    return asked > 0 ? asked : free;
  }
}
