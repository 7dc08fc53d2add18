package dev.freshet.reader.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.config.BadConfig;
import dev.freshet.reader.access.Access;
import dev.freshet.reader.secret.SecretText;
import dev.freshet.reader.share.Shares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Converts {@code freshet.yaml} into the configuration of the reader's classes. */
class ReaderConfigTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "FRESHET_READER_TOKEN", "0123456789abcdef",
          "FRESHET_SOURCE_USER", "app",
          "FRESHET_SOURCE_PASSWORD", "mysecret",
          "FRESHET_SOURCE_DATABASE", "shop",
          "FRESHET_STORE_USER", "freshet",
          "FRESHET_STORE_PASSWORD", "pgsecret",
          "FRESHET_STORE_DATABASE", "store");

  @TempDir private Path folder;

  @Test
  void hasDefaults() throws IOException {
    assertThat(read("", LEAST))
        .isEqualTo(
            new ReaderConfig(
                "127.0.0.1",
                8080,
                Optional.empty(),
                new Access(
                    Optional.of(
                        new SecretText.Given("Variable FRESHET_READER_TOKEN", "0123456789abcdef")),
                    Optional.empty(),
                    Optional.empty()),
                new Database("127.0.0.1", 3306, "app", "mysecret", "shop"),
                new Database("127.0.0.1", 5432, "freshet", "pgsecret", "store"),
                "freshet",
                new Kafka(Optional.of("127.0.0.1:9092"), "freshet", Map.of()),
                new Limits(
                    64,
                    8,
                    Duration.ofMillis(500),
                    4,
                    16,
                    Duration.ofMillis(250),
                    Duration.ofMillis(2000),
                    1000,
                    0)));
  }

  @Test
  void takesEverySetting() throws IOException {
    Path secret = file("secret", "0123456789abcdef\n");
    Path tokens = file("tokens", "{\"tokens\":[]}");
    Path keys = file("keys", "a-secret-of-at-least-32-bytes-for-HS256");

    ReaderConfig config =
        read(
            """
            source:
              host: db1
              port: 3307
              database: shop
              properties: {sslMode: VERIFY_CA, trustCertificateKeyStoreUrl: 'file:/ca'}
            store:
              host: db2
              port: 5433
              database: store
              schema: projections
              properties: {sslmode: require}
            kafka:
              bootstrap: ""
              topic-prefix: shop
              properties: {ssl.key.password: {file: secret}}
            reader:
              host: 0.0.0.0
              port: 0
              token-file: secret
              tokens-file: tokens
              jwt-secret-file: keys
              jwt-issuer: shop
              jwt-audience: freshet
              source-user: r1
              source-password-file: secret
              store-user: r2
              store-password-file: secret
              threads: 30
              store-connections: 3
              store-timeout-ms: 4
              fallbacks: 5
              fallback-queue: 6
              fallback-wait-ms: 7
              fallback-timeout-ms: 8
              streams: 9
              fallbacks-per-second: 10
              max-connections: 40
              max-connections-per-address: 20
              max-answer-bytes: 70000
              token-share-percent: 60
              subject-share-percent: 5
            """,
            Map.of());

    assertThat(config)
        .isEqualTo(
            new ReaderConfig(
                "0.0.0.0",
                0,
                Optional.empty(),
                new Access(
                    Optional.of(inFile(19, "reader.token-file", secret)),
                    Optional.of(inFile(20, "reader.tokens-file", tokens)),
                    Optional.of(
                        new Access.Signed(
                            Optional.empty(),
                            Optional.of(inFile(21, "reader.jwt-secret-file", keys)),
                            Optional.of("shop"),
                            Optional.of("freshet")))),
                new Database(
                    "db1",
                    3307,
                    "r1",
                    "0123456789abcdef",
                    "shop",
                    Map.of("sslMode", "VERIFY_CA", "trustCertificateKeyStoreUrl", "file:/ca")),
                new Database(
                    "db2", 5433, "r2", "0123456789abcdef", "store", Map.of("sslmode", "require")),
                "projections",
                new Kafka(Optional.empty(), "shop", Map.of("ssl.key.password", "0123456789abcdef")),
                new Limits(
                    30,
                    3,
                    Duration.ofMillis(4),
                    5,
                    6,
                    Duration.ofMillis(7),
                    Duration.ofMillis(8),
                    9,
                    10,
                    40,
                    20,
                    70_000,
                    new Shares(60, 5))));
  }

  @Test
  void secretsThatCannotBeUsedComeWithAllOtherProblems() throws IOException {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FRESHET_READER_TLS_CERTIFICATE", "hush");
    variables.put("FRESHET_READER_TLS_KEY", "hush");
    file("tokens", "hush");

    assertThat(problems("reader:\n  tokens-file: tokens\n  port: x\n", variables))
        .containsExactly(
            "freshet.yaml line 2: reader.tokens-file is not JSON (line 1, column 5); give"
                + " {\"tokens\": [{\"name\": …, \"token\": …, \"scopes\": […]}]}",
            "Variable FRESHET_READER_TLS_CERTIFICATE is not a certificate; give PEM, the reader's own"
                + " first",
            "freshet.yaml line 3: reader.port is 'x'; give a whole number from 0 to 65535");
  }

  @Test
  void showsNoSecret() throws IOException {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FRESHET_KAFKA_BOOTSTRAP", "k1:9092");
    variables.put("FRESHET_KAFKA_PROPERTIES", "{ssl.key.password: {file: secret}}");
    file("secret", "kasecret");

    assertThat(read("", variables).toString())
        .doesNotContain("mysecret", "pgsecret", "0123456789abcdef", "kasecret")
        .contains("kafka k1:9092/freshet")
        .contains("app@127.0.0.1:3306/shop");
  }

  private static SecretText inFile(int line, String setting, Path file) {
    return new SecretText.InFile("freshet.yaml line %d: %s".formatted(line, setting), file);
  }

  private ReaderConfig read(String yaml, Map<String, String> variables) throws IOException {
    return ReaderConfig.read(file("freshet.yaml", yaml), variables);
  }

  private List<String> problems(String yaml, Map<String, String> variables) {
    return catchThrowableOfType(BadConfig.class, () -> read(yaml, variables)).problems();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
