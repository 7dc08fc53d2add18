package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.cli.Endpoints;
import dev.freshet.cli.Instance;
import dev.freshet.servers.KafkaLogin;
import dev.freshet.servers.TlsKeys;
import dev.freshet.view.stream.Stream;
import dev.freshet.view.stream.Topic;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Another user of the host, who reaches every port of a running system but reads none of its files,
 * submits nothing, reads nothing and writes nothing.
 */
@Tag(SharedSystem.TAG)
class SharedHostIT {
  private static final int TIMEOUT_MS = 5000;
  private static final short PRODUCE = 0;
  private static final short METADATA = 3;
  private static final String WRONG = "wrong-wrong-wrong";

  @TempDir private Path folder;

  private final Endpoints endpoints;
  private final Path home = SharedSystem.launcher().layout().home();

  SharedHostIT() throws Exception {
    endpoints = SharedSystem.endpoints();
  }

  @Test
  void flinkTakesNoRequestWithoutTheKeys() throws Exception {
    String url = endpoints.get("FLINK_URL");
    assertThat(url).startsWith("https://");
    HttpClient stranger = HttpClient.newBuilder().sslContext(trustingAll()).build();
    HttpClient plain = HttpClient.newHttpClient();
    for (String path : List.of("/overview", "/jars", "/jobs/overview", "/config")) {
      assertThatThrownBy(() -> get(stranger, url + path)).as(path).isInstanceOf(IOException.class);
      // Flink leads plain HTTP to the address with TLS, and says nothing else.
      HttpResponse<String> led = get(plain, url.replace("https:", "http:") + path);
      assertThat(led.statusCode()).as(path).isBetween(300, 399);
      assertThat(led.body()).as(path).isEmpty();
    }
    HttpRequest upload =
        HttpRequest.newBuilder(URI.create(url + "/jars/upload"))
            .POST(HttpRequest.BodyPublishers.ofString("jar"))
            .build();
    assertThatThrownBy(() -> stranger.send(upload, HttpResponse.BodyHandlers.ofString()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void noPortOfFlinkTalksToOthers() throws Exception {
    SSLContext others = TlsKeys.make(folder.resolve("others.p12"), WRONG).context();
    List<Integer> jobManager = ports("FLINK_JOBMANAGER");
    List<Integer> taskManager = ports("FLINK_TASKMANAGER");
    // REST, RPC and jars; RPC and data.
    assertThat(jobManager).hasSizeGreaterThanOrEqualTo(3);
    assertThat(taskManager).hasSizeGreaterThanOrEqualTo(2);
    List<Integer> all = new ArrayList<>(jobManager);
    all.addAll(taskManager);
    for (int port : all) {
      for (SSLContext context : List.of(trustingAll(), others)) {
        assertThatThrownBy(() -> handshake(context, port))
            .as("port %d", port)
            .isInstanceOf(IOException.class);
      }
      handshake(ownKeys(), port);
    }
  }

  @Test
  void kafkaTakesNoRequestWithoutALogin() throws Exception {
    List<Integer> ports = ports("KAFKA");
    // Clients, and the broker at its controller.
    assertThat(ports).hasSize(2);
    for (int port : ports) {
      assertThat(answersToKafka(port, METADATA)).as("port %d", port).isFalse();
      assertThat(answersToKafka(port, PRODUCE)).as("port %d", port).isFalse();
    }
    Map<String, Object> wrong = new HashMap<>(KafkaLogin.properties());
    wrong.put("bootstrap.servers", endpoints.get("KAFKA_BOOTSTRAP"));
    wrong.put("sasl.jaas.config", new KafkaLogin("freshet", WRONG).jaas());
    assertThatThrownBy(() -> new Topic(wrong, "freshet", Stream.REQUESTS))
        .hasMessageContaining("uthentication failed");
    try (Topic right = SharedSystem.topic("freshet", Stream.REQUESTS)) {
      assertThat(right.all()).isNotNull();
    }
  }

  @Test
  void theDatabasesTakeNobodyWithoutAPassword() {
    for (String user : List.of("freshet", "postgres", "freshet_job", "freshet_reader")) {
      for (String password : List.of("", WRONG)) {
        assertThatThrownBy(() -> postgres(user, password))
            .as("%s", user)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isIn("28P01", "08004"));
      }
    }
    for (String user :
        List.of("root", "", "freshet", "freshet_job", "freshet_reader", "mysql.sys")) {
      for (String password : List.of("", WRONG)) {
        assertThatThrownBy(() -> mysql(user, password))
            .as("%s", user)
            .isInstanceOfSatisfying(
                SQLException.class, e -> assertThat(e.getSQLState()).isIn("28000", "HY000"));
      }
    }
  }

  @Test
  void theReaderAsksForAToken() throws Exception {
    String url = endpoints.get("READER_URL") + "/v1/views/unread_conversations/1/1";
    HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
    assertThat(
            HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .statusCode())
        .isEqualTo(401);
  }

  @Test
  void theReadersAccountOfTheStoreOnlyReadsAndTheJobHasItsSchema() throws Exception {
    try (Connection reader = postgres("freshet_reader", secret("postgres-reader"));
        Statement statement = reader.createStatement()) {
      statement.execute("SELECT * FROM freshet.progress");
      for (String sql :
          List.of(
              "DELETE FROM freshet.progress",
              "CREATE TABLE freshet.mine (id int)",
              "CREATE TABLE public.mine (id int)",
              "CREATE TEMP TABLE mine (id int)")) {
        assertDenied(statement, sql);
      }
    }
    try (Connection job = postgres("freshet_job", secret("postgres-job"));
        Statement statement = job.createStatement()) {
      assertDenied(statement, "CREATE TABLE public.mine (id int)");
      assertDenied(statement, "SELECT * FROM pg_authid");
      assertDenied(statement, "CREATE ROLE mine");
    }
  }

  @Test
  void nobodyElseReadsASecretInAFile() throws Exception {
    assertThat(permissions(home)).isEqualTo("rwx------");
    assertThat(permissions(home.resolve("secrets"))).isEqualTo("rwx------");
    Set<String> secrets = secrets();
    assertThat(secrets).hasSizeGreaterThan(8);
    for (Path file : filesOfOthers()) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      assertThat(secrets).as("%s", file).noneMatch(text::contains);
    }
    for (Path file :
        List.of(
            home.resolve("endpoints.env"),
            home.resolve("freshet.yaml"),
            home.resolve("secrets/flink.p12"),
            home.resolve("kafka/server.properties"),
            home.resolve("flink/conf/config.yaml"))) {
      assertThat(permissions(file)).as("%s", file).isEqualTo("rw-------");
    }
    // MySQL's socket, which only the owner of the home folder reaches.
    assertThat(home.resolve("mysql/data/mysql.sock")).exists();
  }

  @Test
  void noSecretIsInTheArgumentsOrTheEnvironmentOfAProcess() throws Exception {
    Set<String> secrets = secrets();
    ProcessHandle supervisor =
        ProcessHandle.of(Instance.running(SharedSystem.launcher().layout()).orElseThrow())
            .orElseThrow();
    List<ProcessHandle> processes = new ArrayList<>(List.of(supervisor));
    supervisor.descendants().forEach(processes::add);
    assertThat(processes).hasSizeGreaterThan(6);
    for (ProcessHandle process : processes) {
      for (String what : List.of("cmdline", "environ")) {
        String text = proc(process.pid(), what);
        assertThat(secrets).as("%s of %s", what, process.info()).noneMatch(text::contains);
      }
    }
  }

  private static HttpResponse<String> get(HttpClient client, String url)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** A client that accepts every server, and has no certificate. */
  private static SSLContext trustingAll() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll()}, null);
    return context;
  }

  private static final class TrustAll implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private SSLContext ownKeys() throws IOException {
    return new TlsKeys(home.resolve("secrets/flink.p12"), secret("flink-keys")).context();
  }

  private static void handshake(SSLContext context, int port) throws IOException {
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.startHandshake();
    }
  }

  /** Whether Kafka answers the first request of a connection, instead of closing it. */
  private static boolean answersToKafka(int port, short api) throws IOException {
    try (Socket socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
      // The header without a client's name, then a body that is long enough for either request.
      ByteBuffer request = ByteBuffer.allocate(4 + 10 + 16);
      request.putInt(26).putShort(api).putShort((short) 1).putInt(1).putShort((short) -1);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write(request.array());
      out.flush();
      return new DataInputStream(socket.getInputStream()).read() >= 0;
    } catch (java.net.SocketException e) {
      // The connection was reset.
      return false;
    }
  }

  private Connection postgres(String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%s/%s"
            .formatted(endpoints.get("POSTGRES_PORT"), endpoints.get("POSTGRES_DATABASE")),
        user,
        password);
  }

  private Connection mysql(String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mysql://127.0.0.1:%s/?allowPublicKeyRetrieval=true&sslMode=DISABLED"
            .formatted(endpoints.get("MYSQL_PORT")),
        user,
        password);
  }

  private static void assertDenied(Statement statement, String sql) {
    assertThatThrownBy(() -> statement.execute(sql))
        .as("%s", sql)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
  }

  private String secret(String name) throws IOException {
    return Files.readString(home.resolve("secrets").resolve(name));
  }

  /** All secrets as they stand in text. */
  private Set<String> secrets() throws IOException {
    Set<String> secrets = new HashSet<>();
    try (java.util.stream.Stream<Path> files = Files.list(home.resolve("secrets"))) {
      for (Path file : files.filter(each -> !each.toString().endsWith(".p12")).toList()) {
        secrets.add(Files.readString(file).strip());
      }
    }
    endpoints
        .values()
        .forEach(
            (name, value) -> {
              if (name.endsWith("_PASSWORD") || name.endsWith("_TOKEN")) {
                secrets.add(value);
              }
            });
    return secrets;
  }

  /** The files whose mode lets others read them. The servers remove files meanwhile. */
  private List<Path> filesOfOthers() throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        home,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            try {
              if (attributes.isRegularFile() && !permissions(file).endsWith("------")) {
                files.add(file);
              }
            } catch (NoSuchFileException e) {
              // Removed since the folder was listed.
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException e) {
            return FileVisitResult.CONTINUE;
          }
        });
    return files;
  }

  private static String permissions(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  /** The ports at which a server listens, also those that no file names. */
  private List<Integer> ports(String server) throws IOException {
    long pid = Long.parseLong(endpoints.get(server + "_PID"));
    Set<String> sockets = new HashSet<>();
    try (java.util.stream.Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        try {
          String target = Files.readSymbolicLink(file).toString();
          if (target.startsWith("socket:[")) {
            sockets.add(target.substring("socket:[".length(), target.length() - 1));
          }
        } catch (IOException e) {
          // The process has closed it meanwhile.
        }
      }
    }
    Set<Integer> ports = new HashSet<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String line : proc(pid, "net/" + table).lines().skip(1).toList()) {
        String[] columns = line.strip().split("\\s+", -1);
        boolean listens = columns[3].equals("0A");
        if (listens && sockets.contains(columns[9])) {
          ports.add(Integer.parseInt(columns[1].substring(columns[1].indexOf(':') + 1), 16));
        }
      }
    }
    return List.copyOf(ports);
  }

  private static String proc(long pid, String file) throws IOException {
    return Files.readString(Path.of("/proc/" + pid + "/" + file), StandardCharsets.ISO_8859_1);
  }
}
