package dev.freshet.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.freshet.reader.access.Access;
import dev.freshet.reader.config.Database;
import dev.freshet.reader.config.Limits;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests TLS with verified certificates: from callers to the reader, and from the reader to its
 * databases.
 */
class TlsIT {
  private static final String MINE = "/v1/views/" + Guarded.VIEW + "/42/7";
  private static final Limits LIMITS =
      new Limits(
          64,
          8,
          Duration.ofSeconds(2),
          4,
          16,
          Duration.ofSeconds(2),
          Duration.ofSeconds(10),
          1000,
          0);
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private static Path folder;

  private static World world;
  private static TestIdentity identity;
  private static Path mysqlCa;

  @BeforeAll
  static void start() throws Exception {
    identity = TestIdentity.make(folder);
    world = World.of(LocalServers.mysql(), LocalServers.postgres(), LIMITS);
    Guarded.fill(world);
    MySqlServer mysql = LocalServers.mysql();
    // MySQL has created a certificate and its issuer's certificate in its data folder.
    mysqlCa = mysql.config().directory().resolve("data/ca.pem");
    world.inMysql(
        "CREATE USER IF NOT EXISTS 'over_tls'@'%' IDENTIFIED BY 'over-tls' REQUIRE SSL",
        "GRANT SELECT ON *.* TO 'over_tls'@'%'");
    offerTls();
  }

  /**
   * Lets Postgres offer TLS. Postgres writes the key itself, because it only reads key files that
   * belong to its own account.
   */
  private static void offerTls() throws SQLException {
    try (Connection store = world.store()) {
      for (Map.Entry<String, String> file :
          Map.of("server.crt", identity.certificate(), "server.key", identity.key()).entrySet()) {
        try (PreparedStatement write =
            store.prepareStatement(
                "COPY (SELECT unnest(string_to_array('%s', E'\\n'))) TO PROGRAM 'umask 077; cat > %s'"
                    .formatted(file.getValue(), file.getKey()))) {
          write.execute();
        }
      }
    }
    world.inPostgres("ALTER SYSTEM SET ssl = on", "SELECT pg_reload_conf()");
  }

  @AfterAll
  static void stop() throws Exception {
    world.inPostgres("ALTER SYSTEM RESET ssl", "SELECT pg_reload_conf()");
    world.inMysql("DROP USER 'over_tls'@'%'");
    world.close();
  }

  @Test
  void theReaderAnswersOverTlsAlone() throws Exception {
    ReaderConfig of = world.config(LIMITS);
    try (Reader reader =
        Reader.start(with(of, Optional.of(identity), of.mysql(), of.postgres()), world.clock())) {
      String url = "https://127.0.0.1:" + reader.port() + MINE;
      HttpClient knowing = HttpClient.newBuilder().sslContext(identity.trusting()).build();

      HttpResponse<String> response = get(knowing, url);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("\"items\":[{");
      assertThat(response.sslSession()).isPresent();

      assertThatThrownBy(() -> get(HttpClient.newHttpClient(), url))
          .isInstanceOf(SSLHandshakeException.class);
      RawHttp.Raw plain =
          new RawHttp(reader.port())
              .send(
                  "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                      .formatted(MINE, World.SECRET));
      assertThat(plain.text()).doesNotContain("items");
    }
  }

  @Test
  void aQueryIsGoneWhenItsClientHasSaidGoodbyeOverTls() throws Exception {
    ReaderConfig of = world.config(LIMITS);
    world.progress(null, false);
    try (Reader reader =
            Reader.start(
                with(of, Optional.of(identity), of.mysql(), of.postgres()), world.clock());
        Connection holder = world.source();
        Statement lock = holder.createStatement()) {
      lock.execute("LOCK TABLES participants WRITE, conversations WRITE, users WRITE");
      Socket client =
          identity.trusting().getSocketFactory().createSocket("127.0.0.1", reader.port());
      client
          .getOutputStream()
          .write(
              "GET %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n"
                  .formatted(MINE, World.SECRET)
                  .getBytes(StandardCharsets.US_ASCII));
      Soon.await(() -> !waiting().isEmpty());
      client.close();
      Soon.await(() -> waiting().isEmpty());
      assertThat(metric(reader, "freshet_reader_fallbacks_killed_total")).isEqualTo(1.0);
    } finally {
      Guarded.fresh(world);
    }
  }

  private static List<Map<String, String>> waiting() throws SQLException {
    return world.askMysql(
        "SELECT id FROM information_schema.processlist WHERE info LIKE '%participants%'"
            + " AND id <> CONNECTION_ID()");
  }

  private static double metric(Reader reader, String name) throws Exception {
    HttpClient knowing = HttpClient.newBuilder().sslContext(identity.trusting()).build();
    return get(knowing, "https://127.0.0.1:" + reader.port() + "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void databasesAreReachedOverTlsWhenTheirCertificatesAreRight() throws Exception {
    try (Reader reader =
        Reader.start(toDatabases(mysqlCa, identity.certificate()), world.clock())) {
      Soon.await(() -> health(reader).contains("\"postgres\":{\"status\":\"up\"}"));
      assertThat(health(reader)).contains("\"mysql\":{\"status\":\"up\"}");
      assertThat(answer(reader).path("source").asText()).isEqualTo("projection");
      assertThat(encrypted()).as("connections of the reader to Postgres with TLS").isTrue();
      world.progress(null, false);
      try {
        assertThat(answer(reader).path("source").asText()).isEqualTo("mysql");
        assertThat(answer(reader).path("items")).hasSize(12);
      } finally {
        Guarded.fresh(world);
      }
    }
  }

  @Test
  void databasesWithOtherCertificatesAreNotAsked() throws Exception {
    Path other = Files.writeString(folder.resolve("other.pem"), identity.certificate());
    try (Reader reader =
        Reader.start(toDatabases(other, Files.readString(mysqlCa)), world.clock())) {
      assertThat(health(reader))
          .contains("\"postgres\":{\"status\":\"down\"}", "\"mysql\":{\"status\":\"down\"}");
      JsonNode problem = answer(reader);
      assertThat(problem.path("status").asInt()).isEqualTo(503);
      assertThat(problem.has("items")).isFalse();
    }
  }

  private static ReaderConfig toDatabases(Path mysqlTrusted, String postgresTrusted)
      throws Exception {
    Path store = folder.resolve("mysql-" + mysqlTrusted.getFileName() + ".p12");
    try (InputStream certificate = Files.newInputStream(mysqlTrusted)) {
      TestIdentity.trustFile(store, certificate);
    }
    Path root = Files.createTempFile(folder, "postgres", ".pem");
    Files.writeString(root, postgresTrusted);
    ReaderConfig of = world.config(LIMITS);
    Database mysql = of.mysql();
    Database postgres = of.postgres();
    return with(
        of,
        Optional.empty(),
        new Database(
            mysql.host(),
            mysql.port(),
            "over_tls",
            "over-tls",
            mysql.name(),
            Map.of(
                "sslMode",
                "VERIFY_CA",
                "trustCertificateKeyStoreUrl",
                "file:" + store,
                "trustCertificateKeyStoreType",
                "PKCS12",
                "trustCertificateKeyStorePassword",
                "changeit",
                "fallbackToSystemTrustStore",
                "false")),
        new Database(
            postgres.host(),
            postgres.port(),
            postgres.user(),
            postgres.password(),
            postgres.name(),
            Map.of("sslmode", "verify-full", "sslrootcert", root.toString())));
  }

  private static ReaderConfig with(
      ReaderConfig of, Optional<TestIdentity> tls, Database mysql, Database postgres) {
    return new ReaderConfig(
        of.host(),
        of.port(),
        tls.map(TestIdentity::tls),
        Access.by(World.SECRET),
        mysql,
        postgres,
        of.schema(),
        of.kafka(),
        of.limits());
  }

  /**
   * Whether a recent connection of the reader is encrypted. The test's connections have another
   * application name.
   */
  private static boolean encrypted() throws SQLException {
    try (Connection store = world.store();
        PreparedStatement ask =
            store.prepareStatement(
                "SELECT coalesce(bool_and(ssl), false) FROM pg_stat_ssl JOIN pg_stat_activity USING"
                    + " (pid) WHERE application_name = 'freshet-reader' AND datname ="
                    + " current_database() AND backend_start > now() - interval '1 minute' AND"
                    + " ssl");
        var rows = ask.executeQuery()) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  private static JsonNode answer(Reader reader) throws Exception {
    return JSON.readTree(
        get(HttpClient.newHttpClient(), "http://127.0.0.1:" + reader.port() + MINE).body());
  }

  private static String health(Reader reader) throws Exception {
    return get(HttpClient.newHttpClient(), "http://127.0.0.1:" + reader.port() + "/health").body();
  }

  private static HttpResponse<String> get(HttpClient client, String url)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Authorization", "Bearer " + World.SECRET)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }
}
