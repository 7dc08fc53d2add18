package dev.freshet.reader.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.reader.access.Access;
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

class EnvironmentTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "FRESHET_READER_TOKEN", "0123456789abcdef",
          "FRESHET_MYSQL_USER", "app",
          "FRESHET_MYSQL_PASSWORD", "mysecret",
          "FRESHET_MYSQL_DATABASE", "shop",
          "FRESHET_POSTGRES_USER", "freshet",
          "FRESHET_POSTGRES_PASSWORD", "pgsecret",
          "FRESHET_POSTGRES_DATABASE", "store");

  @TempDir private Path folder;

  @Test
  void hasDefaultsForAllThatIsNoSecretAndNoName() throws BadConfig {
    assertThat(Environment.read(LEAST))
        .isEqualTo(
            new ReaderConfig(
                "127.0.0.1",
                8080,
                Optional.empty(),
                Access.by("0123456789abcdef"),
                new Database("127.0.0.1", 3306, "app", "mysecret", "shop"),
                new Database("127.0.0.1", 5432, "freshet", "pgsecret", "store"),
                "freshet",
                Kafka.NONE,
                Limits.DEFAULT));
  }

  @Test
  void anEmptyBootstrapIsNoKafka() throws BadConfig {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FRESHET_KAFKA_BOOTSTRAP", "");

    assertThat(Environment.read(variables).kafka()).isEqualTo(Kafka.NONE);
  }

  @Test
  void takesEverySetting() throws BadConfig {
    Map<String, String> all = new HashMap<>(LEAST);
    all.put("FRESHET_READER_HOST", "0.0.0.0");
    all.put("FRESHET_READER_PORT", "0");
    all.put("FRESHET_READER_THREADS", "30");
    all.put("FRESHET_READER_STORE_CONNECTIONS", "3");
    all.put("FRESHET_READER_STORE_TIMEOUT_MS", "4");
    all.put("FRESHET_READER_FALLBACKS", "5");
    all.put("FRESHET_READER_FALLBACK_QUEUE", "6");
    all.put("FRESHET_READER_FALLBACK_WAIT_MS", "7");
    all.put("FRESHET_READER_FALLBACK_TIMEOUT_MS", "8");
    all.put("FRESHET_READER_STREAMS", "9");
    all.put("FRESHET_READER_FALLBACKS_PER_SECOND", "10");
    all.put("FRESHET_MYSQL_HOST", "db1");
    all.put("FRESHET_MYSQL_PORT", "3307");
    all.put("FRESHET_POSTGRES_HOST", "db2");
    all.put("FRESHET_POSTGRES_PORT", "5433");
    all.put("FRESHET_POSTGRES_SCHEMA", "projections");
    all.put(
        "FRESHET_MYSQL_PROPERTIES", "sslMode=VERIFY_CA&trustCertificateKeyStoreUrl=file%3A%2Fca");
    all.put("FRESHET_POSTGRES_PROPERTIES", "sslmode=require");
    all.put("FRESHET_KAFKA_BOOTSTRAP", "k1:9092,k2:9092");
    all.put("FRESHET_KAFKA_TOPIC_PREFIX", "shop");
    all.put("FRESHET_KAFKA_PROPERTIES", "security.protocol=SSL&ssl.key.password=kasecret");
    all.put("PATH", "/bin");

    assertThat(Environment.read(all))
        .isEqualTo(
            new ReaderConfig(
                "0.0.0.0",
                0,
                Optional.empty(),
                Access.by("0123456789abcdef"),
                new Database(
                    "db1",
                    3307,
                    "app",
                    "mysecret",
                    "shop",
                    Map.of("sslMode", "VERIFY_CA", "trustCertificateKeyStoreUrl", "file:/ca")),
                new Database(
                    "db2", 5433, "freshet", "pgsecret", "store", Map.of("sslmode", "require")),
                "projections",
                new Kafka(
                    Optional.of("k1:9092,k2:9092"),
                    "shop",
                    Map.of("security.protocol", "SSL", "ssl.key.password", "kasecret")),
                new Limits(
                    30,
                    3,
                    Duration.ofMillis(4),
                    5,
                    6,
                    Duration.ofMillis(7),
                    Duration.ofMillis(8),
                    9,
                    10)));
  }

  @Test
  void readsSecretsFromFiles() throws Exception {
    Map<String, String> variables = new HashMap<>(LEAST);
    for (String name :
        List.of("FRESHET_READER_TOKEN", "FRESHET_MYSQL_PASSWORD", "FRESHET_POSTGRES_PASSWORD")) {
      variables.remove(name);
      variables.put(name + "_FILE", file(name, "from-file-" + name.length() + "\n"));
    }

    ReaderConfig config = Environment.read(variables);

    assertThat(config.access().token().orElseThrow().read()).isEqualTo("from-file-20");
    assertThat(config.mysql().password()).isEqualTo("from-file-22");
    assertThat(config.postgres().password()).isEqualTo("from-file-25");
  }

  @Test
  void reportsAllProblemsAtOnce() throws IOException {
    Map<String, String> variables = new HashMap<>();
    variables.put("FRESHET_READER_PROT", "80");
    variables.put("FRESHET_READER_PORT", "eighty");
    variables.put("FRESHET_READER_TOKEN", "short");
    variables.put("FRESHET_READER_FALLBACKS", "60");
    variables.put("FRESHET_MYSQL_USER", " ");
    variables.put("FRESHET_MYSQL_PASSWORD", "a");
    variables.put("FRESHET_MYSQL_PASSWORD_FILE", "b");
    variables.put("FRESHET_MYSQL_DATABASE", "shop");
    variables.put("FRESHET_POSTGRES_PORT", "70000");
    variables.put("FRESHET_POSTGRES_PASSWORD_FILE", folder.resolve("absent").toString());
    variables.put("FRESHET_POSTGRES_DATABASE", "store");
    variables.put("FRESHET_KAFKA_TOPIC_PREFIX", "");
    variables.put("FRESHET_KAFKA_BOOTSTRP", "k1:9092");

    assertThat(problems(variables))
        .containsExactly(
            "FRESHET_READER_PORT is 'eighty'; give a whole number from 0 to 65535",
            "FRESHET_READER_TOKEN must have at least 8 visible ASCII characters; make one with:"
                + " openssl rand -hex 24",
            "FRESHET_MYSQL_USER is empty; set it",
            "FRESHET_MYSQL_PASSWORD and FRESHET_MYSQL_PASSWORD_FILE are both set; keep one",
            "FRESHET_POSTGRES_PORT is '70000'; give a whole number from 1 to 65535",
            "FRESHET_POSTGRES_USER is not set; set it",
            "FRESHET_POSTGRES_PASSWORD_FILE: cannot read the file "
                + folder.resolve("absent")
                + " (NoSuchFileException); check path and rights",
            "FRESHET_KAFKA_TOPIC_PREFIX is empty; set it",
            "FRESHET_READER_THREADS is 64, but 60 FALLBACKS and 16 in FALLBACK_QUEUE could hold"
                + " them all; raise it above their sum",
            "FRESHET_KAFKA_BOOTSTRP is no setting of the reader; did you mean"
                + " 'FRESHET_KAFKA_BOOTSTRAP'?",
            "FRESHET_READER_PROT is no setting of the reader; did you mean"
                + " 'FRESHET_READER_PORT'?");
  }

  @Test
  void tokensMayComeFromElsewhereThanOne() throws Exception {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.remove("FRESHET_READER_TOKEN");
    assertThat(problems(variables))
        .containsExactly(
            "FRESHET_READER_TOKEN is not set; set it, FRESHET_READER_TOKENS or"
                + " FRESHET_READER_JWT_KEY, or one of them with _FILE");
    variables.put("FRESHET_READER_TOKENS_FILE", file("tokens", "{\"tokens\":[]}"));
    variables.put("FRESHET_READER_JWT_KEY", "a-secret-of-at-least-32-bytes-for-HS256");
    variables.put("FRESHET_READER_JWT_ISSUER", "shop");
    variables.put("FRESHET_READER_JWT_AUDIENCE", "freshet");

    Access access = Environment.read(variables).access();

    assertThat(access.token()).isEmpty();
    assertThat(access.tokens().orElseThrow().read()).isEqualTo("{\"tokens\":[]}");
    assertThat(access.signed().orElseThrow().issuer()).hasValue("shop");
    assertThat(access.signed().orElseThrow().audience()).hasValue("freshet");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FRESHET_READER_TOKENS", "hush");
    variables.put("FRESHET_READER_TLS_KEY", "hush");
    variables.put("FRESHET_READER_JWT_ISSUER", "shop");
    assertThat(problems(variables))
        .containsExactly(
            "FRESHET_READER_TLS_CERTIFICATE and FRESHET_READER_TLS_KEY go together; set both, or"
                + " none for plain HTTP",
            "FRESHET_READER_JWT_ISSUER and FRESHET_READER_JWT_AUDIENCE go with"
                + " FRESHET_READER_JWT_KEY, which is not set; set it, or unset them");
    variables.remove("FRESHET_READER_JWT_ISSUER");
    variables.put("FRESHET_READER_TLS_CERTIFICATE", "hush");
    assertThat(problems(variables))
        .containsExactly(
            "FRESHET_READER_TLS_CERTIFICATE is no certificate; give PEM, the reader's own first",
            "FRESHET_READER_TOKENS is no JSON (line 1, column 5); give {\"tokens\": [{\"name\": …,"
                + " \"token\": …, \"scopes\": […]}]}");
  }

  @Test
  void showsNoSecret() throws BadConfig {
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.put("FRESHET_KAFKA_BOOTSTRAP", "k1:9092");
    variables.put("FRESHET_KAFKA_PROPERTIES", "ssl.key.password=kasecret");

    assertThat(Environment.read(variables).toString())
        .doesNotContain("mysecret", "pgsecret", "0123456789abcdef", "kasecret")
        .contains("kafka k1:9092/freshet")
        .contains("app@127.0.0.1:3306/shop");
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private static List<String> problems(Map<String, String> variables) {
    return catchThrowableOfType(BadConfig.class, () -> Environment.read(variables)).problems();
  }
}
