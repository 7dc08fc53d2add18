package dev.freshet.reader;

import static dev.freshet.reader.access.JwtBuilder.jwt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.access.JwtBuilder;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.servers.LocalServers;
import dev.freshet.view.ViewPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests the reader as a separate process. */
@Timeout(120)
class ReaderMainIT {
  private static final String READY = "reader ready on ";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private static Path settings;

  @Test
  void badConfigurationEndsItWithOneLineEach() throws Exception {
    Ended ended = ended(start(Map.of("FRESHET_READER_PORT", "x", "FRESHET_READER_TOKNE", "y")));

    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.errors().lines())
        .hasSize(9)
        .contains("Variable FRESHET_READER_PORT is 'x'; give a whole number from 0 to 65535")
        .contains(
            "Variable FRESHET_READER_TOKNE is not a setting; did you mean 'FRESHET_READER_TOKEN'?");
  }

  @Test
  void withoutAFileItEndsWithOneLine() throws Exception {
    Ended ended = ended(start(Map.of(), List.of()));

    assertThat(ended.status()).isEqualTo(2);
    assertThat(ended.errors().lines())
        .containsExactly("Arguments: expected --config FILE, a freshet.yaml");
  }

  @Test
  void aTakenPortEndsItWithOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Map<String, String> environment = nobodyThere();
      environment.put("FRESHET_READER_PORT", Integer.toString(taken.getLocalPort()));

      Ended ended = ended(start(environment));

      assertThat(ended.status()).isEqualTo(1);
      assertThat(ended.errors().lines())
          .containsExactly(
              "cannot listen on 127.0.0.1:%d: Address already in use; choose another"
                      .formatted(taken.getLocalPort())
                  + " reader.port or stop the process that uses it");
    }
  }

  /** A client that waits until the port is open gets an answer, as its supervisor does. */
  @Test
  void theFirstWhoIsLetInIsAnswered() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    Map<String, String> environment = nobodyThere();
    environment.put("FRESHET_READER_PORT", Integer.toString(port));
    Process process = start(environment);
    try (Socket first = firstLetIn(process, port)) {
      first.setSoTimeout(30_000);
      first
          .getOutputStream()
          .write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(first.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 503");
    } finally {
      process.destroyForcibly();
    }
  }

  private static Socket firstLetIn(Process process, int port) throws IOException {
    while (process.isAlive()) {
      Socket socket = new Socket();
      try {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
      } catch (ConnectException e) {
        socket.close();
      }
    }
    throw new AssertionError("the reader ended with " + process.exitValue());
  }

  @Test
  void startsWithoutItsDatabasesAndSaysSo() throws Exception {
    Process process = start(nobodyThere());
    try {
      String url = readyUrl(process);
      assertThat(get(url + "/health").statusCode()).isEqualTo(503);
      HttpResponse<String> response = get(url + "/v1/views/unread/1/2");
      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body())
          .contains("the list of views is not known yet, because Postgres has not answered");
    } finally {
      process.toHandle().destroy();
    }
    Ended ended = ended(process);
    assertThat(ended.errors())
        .contains("Postgres does not answer")
        .doesNotContain(World.SECRET, "the-password");
  }

  @Test
  void finishesARequestInWorkBeforeItEnds() throws Exception {
    try (World world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS)) {
      world.inMysql(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL)",
          "INSERT INTO notes VALUES (10, 1)");
      ViewPlan plan =
          world.register(
              """
              CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner)
              FRESHNESS = INTERVAL '5' SECOND
              AS SELECT n.owner, n.id FROM notes n
              """);
      assertThat(plan.view()).isEqualTo("notes_of");
      Process process = start(environment(world.config(World.LIMITS), 10_000));
      try (Connection holder = world.source();
          Statement lock = holder.createStatement()) {
        String url = readyUrl(process);
        // On a busy machine the reader is ready before it has read the list of views.
        Soon.await(() -> get(url + "/v1/views/notes_of/1").statusCode() == 200);
        lock.execute("LOCK TABLES notes WRITE");
        CompletableFuture<HttpResponse<String>> waiting =
            CompletableFuture.supplyAsync(() -> get(url + "/v1/views/notes_of/1"));
        while (!get(url + "/metrics").body().contains("fallbacks_in_flight 1.0")) {
          assertThat(waiting).isNotDone();
        }
        process.toHandle().destroy();
        lock.execute("UNLOCK TABLES");

        assertThat(waiting.join().statusCode()).isEqualTo(200);
        assertThat(waiting.join().body()).contains("[{\"id\":10}]");
        assertThat(ended(process).status()).isEqualTo(128 + 15);
      } finally {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void showsNoSecretInLogMetricsOrArguments(@TempDir Path folder) throws Exception {
    Path tokens = folder.resolve("tokens.json");
    String list = "{\"tokens\":[{\"name\":\"a\",\"token\":\"%s\",\"scopes\":[\"read:*\"]}]}";
    Files.writeString(tokens, list.formatted("the-listed-token"));
    TestIdentity identity = TestIdentity.make(folder);
    Map<String, String> environment = nobodyThere();
    environment.put("FRESHET_READER_TOKENS_FILE", tokens.toString());
    environment.put("FRESHET_READER_JWT_SECRET", JwtBuilder.SECRET);
    String user = jwt("read:*").key(Map.of("user_id", 42)).signed();
    StringBuilder shown = new StringBuilder();
    Process process = start(environment);
    try {
      String url = readyUrl(process);
      for (String token :
          List.of(
              World.SECRET,
              "the-listed-token",
              user,
              user + "x",
              "the-wrong-token",
              jwt("read:*").expiresIn(Duration.ofHours(-1)).signed())) {
        HttpResponse<String> response = get(url + "/v1/x", token);
        shown.append(response.headers().map()).append(response.body());
      }
      assertThat(get(url + "/v1/views/unread/1/2", "the-listed-token").statusCode()).isEqualTo(503);
      shown.append(get(url + "/health").body()).append(get(url + "/metrics").body());
      Files.writeString(tokens, "{\"tokens\": [{\"token\": the-broken-token}]}");
      String line;
      BufferedReader errors = process.errorReader(StandardCharsets.UTF_8);
      do {
        line = errors.readLine();
        shown.append(line).append('\n');
      } while (!line.contains("The previous tokens stay in force"));
      shown.append(Files.readString(Path.of("/proc", "" + process.pid(), "cmdline")));
      process.toHandle().destroy();
      errors.lines().forEach(shown::append);
    } finally {
      process.destroyForcibly();
    }
    environment.put("FRESHET_READER_TLS_CERTIFICATE", identity.certificate());
    environment.put("FRESHET_READER_TLS_KEY", TestIdentity.make(newFolder(folder)).key());
    Ended ended = ended(start(environment));
    assertThat(ended.errors())
        .contains(
            "Variable FRESHET_READER_TOKENS_FILE is not JSON (line 1, column ",
            "Variable FRESHET_READER_TLS_KEY is not the key of the first certificate");
    shown.append(ended.errors());
    assertThat(shown.toString())
        .contains("ReaderMain", "Postgres does not answer", "urn:freshet:problem:unauthorized")
        .doesNotContain(
            World.SECRET,
            "the-password",
            "the-listed-token",
            "the-wrong-token",
            "the-broken-token",
            JwtBuilder.SECRET,
            user,
            identity.key().lines().skip(1).findFirst().orElseThrow());
  }

  /** User 1 has entries of 8 MB in all, user 2 of 1 MB, user 3 few. */
  @Test
  void answersThatAreTooLargeAreRefusedAndDoNotEndIt() throws Exception {
    try (World world = World.of(LocalServers.mysql(), LocalServers.postgres(), World.LIMITS)) {
      world.inMysql(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, text LONGTEXT NOT"
              + " NULL)",
          "INSERT INTO notes SELECT n, 1, REPEAT('x', 8000000) FROM (SELECT 1 n UNION SELECT 2"
              + " UNION SELECT 3) t",
          "INSERT INTO notes SELECT n, 2, REPEAT('y', 350000) FROM (SELECT 4 n UNION SELECT 5"
              + " UNION SELECT 6) t",
          "INSERT INTO notes VALUES (7, 3, 'z')");
      ViewPlan plan =
          world.register(
              """
              CREATE MATERIALIZED TABLE notes_of (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner)
              FRESHNESS = INTERVAL '5' SECOND
              AS SELECT n.owner, n.id, n.text FROM notes n
              """);
      Process process = start(environment(world.config(World.LIMITS), 10_000));
      ExecutorService clients = Executors.newFixedThreadPool(64);
      try {
        String url = readyUrl(process);
        awaitBoth(url, clients);
        world.project(plan);
        world.progress(Instant.now().plusSeconds(3600), true);
        Soon.await(() -> get(url + "/v1/views/notes_of/3").body().contains("\"projection\""));
        awaitBoth(url, clients);
        assertThat(process.isAlive()).isTrue();
        assertThat(get(url + "/v1/views/notes_of/2").body()).contains("\"projection\"");
        assertThat(get(url + "/metrics").body()).contains("freshet_reader_answer_bytes 0.0");
      } finally {
        clients.shutdownNow();
        process.destroyForcibly();
      }
    }
  }

  /**
   * Asks until some answers are complete and some are too large. A busy machine may take long for
   * the large ones, and a reader then turns away those that wait.
   */
  private static void awaitBoth(String url, ExecutorService clients) {
    Soon.await(() -> manyAsk(url, clients).containsAll(Set.of(200, 413)));
  }

  /** Returns the statuses of many answers to all users at once. */
  private static Set<Integer> manyAsk(String url, ExecutorService clients) {
    List<CompletableFuture<Integer>> asked = new ArrayList<>();
    for (int i = 0; i < 192; i++) {
      String path = "/v1/views/notes_of/" + (i % 3 + 1);
      asked.add(CompletableFuture.supplyAsync(() -> get(url + path).statusCode(), clients));
    }
    Set<Integer> statuses = new TreeSet<>();
    asked.forEach(each -> statuses.add(each.join()));
    assertThat(statuses).isSubsetOf(200, 413, 503);
    return statuses;
  }

  private static Path newFolder(Path folder) throws IOException {
    return Files.createDirectory(folder.resolve("other"));
  }

  private static Map<String, String> nobodyThere() {
    Map<String, String> environment = new HashMap<>();
    environment.put("FRESHET_READER_PORT", "0");
    environment.put("FRESHET_READER_TOKEN", World.SECRET);
    for (String database : List.of("SOURCE", "STORE")) {
      environment.put("FRESHET_" + database + "_PORT", "1");
      environment.put("FRESHET_" + database + "_USER", "u");
      environment.put("FRESHET_" + database + "_PASSWORD", "the-password");
      environment.put("FRESHET_" + database + "_DATABASE", "d");
    }
    return environment;
  }

  private static Map<String, String> environment(ReaderConfig config, int fallbackMillis) {
    Map<String, String> environment = nobodyThere();
    environment.put("FRESHET_READER_FALLBACK_TIMEOUT_MS", Integer.toString(fallbackMillis));
    Map.of("SOURCE", config.mysql(), "STORE", config.postgres())
        .forEach(
            (name, database) -> {
              environment.put("FRESHET_" + name + "_PORT", Integer.toString(database.port()));
              environment.put("FRESHET_" + name + "_USER", database.user());
              environment.put("FRESHET_" + name + "_PASSWORD", database.password());
              environment.put("FRESHET_" + name + "_DATABASE", database.name());
            });
    return environment;
  }

  /** Starts the reader with an empty configuration file. */
  private static Process start(Map<String, String> environment) throws IOException {
    Path file = Files.writeString(settings.resolve("freshet.yaml"), "");
    return start(environment, List.of("--config", file.toString()));
  }

  private static Process start(Map<String, String> environment, List<String> arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx160m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.freshet.reader.ReaderMain"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    return builder.start();
  }

  private static String readyUrl(Process process) throws IOException {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    String line = out.readLine();
    assertThat(line).startsWith(READY);
    return line.substring(READY.length());
  }

  private record Ended(int status, String errors) {}

  private static Ended ended(Process process) throws Exception {
    String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), errors);
  }

  private static HttpResponse<String> get(String url) {
    return get(url, World.SECRET);
  }

  private static HttpResponse<String> get(String url, String token) {
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(URI.create(url))
              .timeout(Duration.ofSeconds(30))
              .header("Authorization", "Bearer " + token)
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no response to " + url, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
