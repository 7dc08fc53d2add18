package dev.freshet.cli.supervise;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Secrets;
import dev.freshet.servers.FlinkConfig;
import dev.freshet.servers.FlinkJobManager;
import dev.freshet.servers.FlinkTaskManager;
import dev.freshet.servers.Home;
import dev.freshet.servers.JavaCommand;
import dev.freshet.servers.JavaServer;
import dev.freshet.servers.KafkaConfig;
import dev.freshet.servers.KafkaServer;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlConfig;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.Passwords;
import dev.freshet.servers.Ports;
import dev.freshet.servers.PostgresConfig;
import dev.freshet.servers.PostgresServer;
import dev.freshet.servers.Server;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All servers of one home folder, with ports and passwords that hold as long as the supervisor
 * lives. Nothing is started here.
 */
final class Fleet {
  private static final int JOB_MANAGER_MB = 900;

  /** For a rescale of the job there are more than one needs. */
  private static final int SLOTS = 4;

  /** RocksDB grinds below 256 MB. */
  private static final int ROCKS_DB_MB = 512;

  private static final String STORE_SCHEMA = "freshet";

  private final Layout layout;
  private final MySqlServer mysql;
  private final PostgresServer postgres;
  private final KafkaServer kafka;
  private final FlinkConfig flink;
  private final FlinkJobManager jobManager;
  private final FlinkTaskManager taskManager;
  private final JavaServer reader;
  private final int readerPort;
  private final int parallelism;
  private final String readerToken = Passwords.generate();

  /** Makes ports and passwords, and writes the secrets that are read from files. */
  Fleet(Layout layout, Settings settings) {
    this.layout = layout;
    Home distributions = Home.at(layout.root().resolve(".freshet"));
    List<Integer> free = Ports.free(9);
    mysql =
        new MySqlServer(
            distributions,
            MySqlConfig.in(layout.home().resolve("mysql"))
                .withPort(port(settings, "MySQL", free.get(0))));
    postgres =
        new PostgresServer(
            distributions,
            PostgresConfig.in(layout.home().resolve("postgres"))
                .withPort(port(settings, "Postgres", free.get(1))));
    kafka =
        new KafkaServer(
            KafkaConfig.in(layout.home().resolve("kafka"))
                .withPorts(port(settings, "Kafka", free.get(2)), free.get(3)));
    flink =
        cluster(settings.cluster(), layout.home().resolve("flink"))
            .withPorts(port(settings, "Flink", free.get(4)), free.get(5), free.get(6));
    parallelism = settings.cluster().parallelism();
    jobManager = new FlinkJobManager(flink);
    taskManager = new FlinkTaskManager(flink);
    readerPort = port(settings, "Reader", free.get(7));
    secret("reader-token", readerToken);
    secret("mysql-job", mysql.password(MySqlAccount.JOB));
    secret("mysql-reader", mysql.password(MySqlAccount.READER));
    secret("postgres", postgres.password());
    reader = makeReader();
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

  /** All of them, those first that others need. */
  List<Server> all() {
    return List.of(mysql, postgres, kafka, jobManager, taskManager, reader);
  }

  /** The lines of the endpoints file. */
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

  /** The job's options, in a file that only its owner may read. */
  void writeJobOptions(Path views, String name) {
    Map<String, Object> options = new TreeMap<>();
    options.put("source.host", mysql.host());
    options.put("source.port", mysql.port());
    options.put("source.user", MySqlAccount.JOB.user());
    options.put("source.password-file", layout.secrets().resolve("mysql-job"));
    options.put("source.database", mysql.config().database());
    options.put("store.host", postgres.host());
    options.put("store.port", postgres.port());
    options.put("store.database", postgres.config().database());
    options.put("store.user", postgres.user());
    options.put("store.password-file", layout.secrets().resolve("postgres"));
    options.put("store.schema", STORE_SCHEMA);
    options.put("views.dir", views);
    options.put("job.name", name);
    options.put("job.parallelism", parallelism);
    options.put("job.max-parallelism", 128);
    options.put("job.checkpoint-interval-ms", 5000);
    StringBuilder text = new StringBuilder();
    options.forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    Secrets.write(layout.jobOptions(), text.toString());
  }

  private static FlinkConfig cluster(Cluster cluster, Path folder) {
    FlinkConfig config = FlinkConfig.in(folder).withSlots(Math.max(SLOTS, cluster.parallelism()));
    return switch (cluster.state()) {
      case HEAP -> config.withMemoryMb(JOB_MANAGER_MB, cluster.taskManagerMb());
      case ROCKSDB ->
          config
              .withRocksDb(ROCKS_DB_MB)
              .withMemoryMb(JOB_MANAGER_MB, cluster.taskManagerMb() + ROCKS_DB_MB);
    };
  }

  private JavaServer makeReader() {
    Map<String, String> environment = new TreeMap<>();
    environment.put("FRESHET_READER_HOST", Ports.HOST);
    environment.put("FRESHET_READER_PORT", String.valueOf(readerPort));
    environment.put("FRESHET_READER_TOKEN_FILE", file("reader-token"));
    environment.put("FRESHET_MYSQL_HOST", mysql.host());
    environment.put("FRESHET_MYSQL_PORT", String.valueOf(mysql.port()));
    environment.put("FRESHET_MYSQL_USER", MySqlAccount.READER.user());
    environment.put("FRESHET_MYSQL_PASSWORD_FILE", file("mysql-reader"));
    environment.put("FRESHET_MYSQL_DATABASE", mysql.config().database());
    environment.put("FRESHET_POSTGRES_HOST", postgres.host());
    environment.put("FRESHET_POSTGRES_PORT", String.valueOf(postgres.port()));
    environment.put("FRESHET_POSTGRES_USER", postgres.user());
    environment.put("FRESHET_POSTGRES_PASSWORD_FILE", file("postgres"));
    environment.put("FRESHET_POSTGRES_DATABASE", postgres.config().database());
    environment.put("FRESHET_POSTGRES_SCHEMA", STORE_SCHEMA);
    return new JavaServer(
        "Reader",
        layout.home().resolve("reader"),
        List.of(readerPort),
        new JavaCommand(
            readerClassPath(),
            "dev.freshet.reader.ReaderMain",
            List.of("-Xmx160m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"),
            List.of(),
            environment),
        this::readerListens);
  }

  private void readerListens() throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), readerPort), 1000);
    }
  }

  private String readerClassPath() {
    try {
      return layout.readerJar()
          + File.pathSeparator
          + Files.readString(layout.readerClassPath()).strip();
    } catch (IOException e) {
      throw new Failure(
          "Build: " + layout.readerClassPath() + " is missing; run mvn install -DskipTests", e);
    }
  }

  private void secret(String name, String value) {
    Secrets.write(layout.secrets().resolve(name), value);
  }

  private String file(String name) {
    return layout.secrets().resolve(name).toString();
  }

  private static int port(Settings settings, String server, int free) {
    int asked = settings.ports().getOrDefault(server, 0);
    return asked > 0 ? asked : free;
  }
}
