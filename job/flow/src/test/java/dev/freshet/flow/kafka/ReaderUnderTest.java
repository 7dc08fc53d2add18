package dev.freshet.flow.kafka;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.freshet.servers.JavaCommand;
import dev.freshet.servers.JavaServer;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.servers.MySqlServer;
import dev.freshet.servers.Ports;
import dev.freshet.servers.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** The reader as a process of its own, in front of one job's projections. */
public final class ReaderUnderTest implements AutoCloseable {
  private static final String TOKEN = "0123456789abcdef";
  private static final Path BUILT = Path.of("../reader/target");
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = Ports.free();
  private final JavaServer process;

  /**
   * What it said.
   *
   * @param again whether that may pass
   */
  public record Answer(int status, boolean again, JsonNode json) {
    /** The projection vouches for it. */
    boolean isValid() {
      return status == 200 && text("source").equals("projection") && text("state").equals("VALID");
    }

    public String text(String field) {
      return json.path(field).asText();
    }
  }

  /**
   * Starts it, and waits until it knows the views.
   *
   * @param job whose source and store have its name
   */
  public ReaderUnderTest(String job) throws IOException {
    this(job, "");
  }

  /**
   * Likewise; it may ask the job for keys.
   *
   * @param kafka where the job has its streams, under its name; empty if it has none
   */
  ReaderUnderTest(String job, String kafka) throws IOException {
    MySqlServer mysql = LocalServers.mysql();
    PostgresServer postgres = LocalServers.postgres();
    String classPath =
        BUILT.resolve("classes").toAbsolutePath().normalize()
            + File.pathSeparator
            + Files.readString(BUILT.resolve("reader.classpath")).strip();
    Map<String, String> environment =
        Map.ofEntries(
            Map.entry("FRESHET_READER_PORT", Integer.toString(port)),
            Map.entry("FRESHET_READER_TOKEN", TOKEN),
            // Some rows are too large for the projection, and MySQL's answer is compared.
            Map.entry("FRESHET_READER_MAX_ANSWER_BYTES", Integer.toString(16 << 20)),
            // A busy machine takes seconds for such a row; these tests judge answers, not times.
            Map.entry("FRESHET_READER_FALLBACK_TIMEOUT_MS", "15000"),
            Map.entry("FRESHET_SOURCE_PORT", Integer.toString(mysql.port())),
            Map.entry("FRESHET_SOURCE_USER", MySqlAccount.READER.user()),
            Map.entry("FRESHET_SOURCE_PASSWORD", mysql.password(MySqlAccount.READER)),
            Map.entry("FRESHET_SOURCE_DATABASE", job),
            Map.entry("FRESHET_STORE_PORT", Integer.toString(postgres.port())),
            Map.entry("FRESHET_STORE_USER", postgres.user()),
            Map.entry("FRESHET_STORE_PASSWORD", postgres.password()),
            Map.entry("FRESHET_STORE_DATABASE", "freshet"),
            Map.entry("FRESHET_STORE_SCHEMA", job),
            Map.entry("FRESHET_KAFKA_BOOTSTRAP", kafka),
            Map.entry("FRESHET_KAFKA_TOPIC_PREFIX", job));
    Path folder = Files.createDirectories(LocalServers.newFolder("reader"));
    Path configuration = Files.writeString(folder.resolve("freshet.yaml"), "");
    this.process =
        LocalServers.started(
            new JavaServer(
                "Reader",
                folder,
                List.of(port),
                new JavaCommand(
                    classPath,
                    "dev.freshet.reader.ReaderMain",
                    List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                    List.of("--config", configuration.toString()),
                    environment),
                this::requireHealthy));
  }

  private void requireHealthy() throws IOException, InterruptedException {
    HttpResponse<String> health = send("/health");
    if (health.statusCode() != 200) {
      throw new IOException("health " + health.statusCode() + " " + health.body());
    }
  }

  /** As somebody asks who comes again when told to by {@code Retry-After}. */
  Answer insist(String view, long key) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Answer answer = ask(view, key);
    while (answer.again() && System.nanoTime() < end) {
      System.out.println(view + "/" + key + ": " + answer);
      LockSupport.parkNanos(100_000_000);
      answer = ask(view, key);
    }
    return answer;
  }

  Answer ask(String view, long key) throws IOException, InterruptedException {
    return ask("/v1/views/" + view + "/" + key + "?limit=50");
  }

  /** Asks for a path. */
  public Answer ask(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = send(path);
    return new Answer(
        response.statusCode(),
        response.headers().firstValue("Retry-After").isPresent(),
        JSON.readTree(response.body()));
  }

  private HttpResponse<String> send(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create("http://" + Ports.HOST + ":" + port + path))
            .timeout(Duration.ofSeconds(20))
            .header("Authorization", "Bearer " + TOKEN)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    process.close();
  }
}
