package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  private static final Path DEPLOY = Path.of("../../deploy").toAbsolutePath().normalize();

  @TempDir private Path folder;

  @Test
  void hasDefaultsForAllThatIsNoAccountAndNoDatabase() throws IOException {
    Config.Account job = new Config.Account("job", new Secret("hush-mysql"));
    Config.Account store = new Config.Account("store", new Secret("hush-postgres"));
    assertThat(new YamlBuilder(folder).read())
        .isEqualTo(
            new Config(
                folder.resolve("freshet.yaml"),
                Extra.NONE,
                new Config.Source("127.0.0.1", 3306, job, "shop", Extra.NONE),
                folder.resolve("views"),
                new Config.Store("127.0.0.1", 5432, store, "answers", "freshet", Extra.NONE),
                new Config.Kafka(Optional.of("127.0.0.1:9092"), "freshet", Extra.NONE),
                new Config.Flink(
                    "http://127.0.0.1:8081",
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Extra.NONE),
                new Config.Reader(
                    "127.0.0.1",
                    8080,
                    "http://127.0.0.1:8080",
                    Optional.empty(),
                    new Config.Access(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                    Optional.empty(),
                    job,
                    store,
                    new Config.Limits(
                        64, 8, 500, 4, 16, 250, 2000, 1000, 0, 3000, 0, 8_388_608, 75, 10)),
                new Config.Job("freshet", 0, 50_000, 1, 128, 10_000, 1 << 20, false),
                Optional.empty()));
  }

  @Test
  void takesEveryKey() throws IOException {
    Config config = new YamlBuilder(folder).secret("token", "t-o-k-e-n").text(EVERYTHING).read();

    YamlFile file = YamlFile.read(config.file(), new ArrayList<>());
    assertThat(config).isEqualTo(everything(config.file(), Map.of(), file::subject));
  }

  @Test
  void takesEveryKeyFromTheEnvironmentToo() throws IOException {
    YamlBuilder yaml = new YamlBuilder(folder).secret("token", "t-o-k-e-n").text(EVERYTHING);
    YamlFile file = YamlFile.read(yaml.write(), new ArrayList<>());
    YamlBuilder builder = new YamlBuilder(folder).text("");
    Map<String, String> variables = new HashMap<>();
    for (Setting setting : Setting.values()) {
      String value =
          setting.kind() == Setting.Kind.MAP
              ? MAPS.get(setting)
              : file.node(setting).flatMap(YamlFile::text).orElseThrow();
      builder.variable(setting.variable(), value);
      variables.put(setting.variable(), value);
    }

    Config config = builder.variable("PATH", "/bin").read();

    assertThat(config)
        .isEqualTo(
            everything(config.file(), variables, setting -> "Variable " + setting.variable()));
  }

  @Test
  void takesSecretsFromTheEnvironment() throws IOException {
    Config config =
        new YamlBuilder(folder)
            .replace("  password-file: secrets/mysql\n", "")
            .variable("FRESHET_SOURCE_PASSWORD", "other")
            .variable("FRESHET_STORE_PASSWORD", "another")
            .read();
    assertThat(config.source().account().password()).isEqualTo(new Secret("other"));
    assertThat(config.store().account().password()).isEqualTo(new Secret("another"));
  }

  @Test
  void secretsOfTheEnvironmentAreHandedOnInFiles() throws IOException {
    YamlBuilder given =
        new YamlBuilder(folder)
            .replace("  password-file: secrets/mysql\n", "")
            .variable("FRESHET_SOURCE_PASSWORD", "other")
            .variable("FRESHET_STORE_PASSWORD", " another")
            .variable("FRESHET_STORE_HOST", "pg");
    Config config = given.read();

    Map<String, String> handedOn =
        Setting.withSecretsInFiles(
            config.variables().values(),
            (name, secret) -> {
              try {
                return Files.writeString(folder.resolve(name), secret.reveal());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });

    assertThat(handedOn)
        .isEqualTo(
            Map.of(
                "FRESHET_SOURCE_PASSWORD_FILE",
                folder.resolve("source.password-file").toString(),
                "FRESHET_STORE_PASSWORD",
                " another",
                "FRESHET_STORE_HOST",
                "pg"));
    assertThat(ConfigReader.read(config.file(), handedOn).source().account().password())
        .isEqualTo(new Secret("other"));
  }

  @Test
  void anEmptyBootstrapMeansNoStreams() throws IOException {
    Config config = new YamlBuilder(folder).with("kafka", "bootstrap: \"\"").read();
    assertThat(config.kafka().bootstrap()).isEmpty();
    YamlBuilder variable = new YamlBuilder(folder).variable("FRESHET_KAFKA_BOOTSTRAP", "");
    assertThat(variable.read().kafka().bootstrap()).isEmpty();
    YamlBuilder unsaid = new YamlBuilder(folder).with("kafka", "bootstrap:");
    assertThat(unsaid.read().kafka().bootstrap()).hasValue("127.0.0.1:9092");
  }

  @Test
  void showsNoSecret() throws IOException {
    Config config = new YamlBuilder(folder).secret("token", "t-o-k-e-n").text(EVERYTHING).read();
    assertThat(config.toString()).doesNotContain("hush", "t-o-k-e-n").contains("job@db:3307/shop");
  }

  @Test
  void leavesVariablesThatAreNoSettingsAlone() throws IOException {
    new YamlBuilder(folder).variable("FRESHET_TRACE", "1").variable("PATH", "/bin").read();
  }

  @Test
  void theSampleSaysTheDefaultsAndNamesOnlyWhatIsThere() throws IOException {
    String text = Files.readString(DEPLOY.resolve("freshet.yaml"));
    YamlBuilder yaml =
        new YamlBuilder(folder)
            .secret("token", "t-o-k-e-n")
            .secret("mysql-reader", "hush-reader")
            .text(text);
    Files.createDirectories(folder.resolve("sql/views"));

    Config config = yaml.read();

    assertThat(config.kafka())
        .isEqualTo(new Config.Kafka(Optional.of("127.0.0.1:9092"), "freshet", Extra.NONE));
    assertThat(config.job())
        .isEqualTo(new Config.Job("freshet", 0, 50_000, 1, 128, 10_000, 1 << 20, false));
    assertThat(config.views()).isEqualTo(folder.resolve("sql/views"));
    YamlFile file = YamlFile.read(DEPLOY.resolve("freshet.yaml"), new ArrayList<>());
    for (Setting setting : Setting.values()) {
      Optional<String> said = file.node(setting).flatMap(YamlFile::text);
      if (said.isPresent() && !setting.isSecret()) {
        setting
            .fallback()
            .filter(fallback -> !fallback.isEmpty())
            .ifPresent(fallback -> assertThat(said).as(setting.path()).hasValue(fallback));
      }
    }
  }

  @Test
  void eachProgramAsksForItsOwnSettings() throws IOException {
    Path file = new YamlBuilder(folder).write();
    Asked job = new Asked();
    ConfigReader.forJob(file, job);
    Asked reader = new Asked();
    reader.put("FRESHET_READER_TOKEN", "t-o-k-e-n");
    ConfigReader.forReader(file, reader, (access, tls) -> List.of());
    Asked all = new Asked();
    ConfigReader.read(file, all);

    assertThat(job.settings()).isEqualTo(readBy(Setting.ReadBy.BOTH, Setting.ReadBy.JOB));
    assertThat(reader.settings()).isEqualTo(readBy(Setting.ReadBy.BOTH, Setting.ReadBy.READER));
    assertThat(all.settings()).isEqualTo(readBy(Setting.ReadBy.values()));
  }

  private static Set<Setting> readBy(Setting.ReadBy... programs) {
    return Arrays.stream(Setting.values())
        .filter(setting -> List.of(programs).contains(setting.readBy()))
        .collect(Collectors.toSet());
  }

  /** An environment that remembers what it was asked for. */
  private static final class Asked extends HashMap<String, String> {
    private final Set<Object> names = new HashSet<>();

    @Override
    public String get(Object name) {
      names.add(name);
      return super.get(name);
    }

    Set<Setting> settings() {
      return Arrays.stream(Setting.values())
          .filter(
              setting ->
                  names.contains(setting.variable())
                      || (setting.isSecret() && names.contains(setting.plainVariable())))
          .collect(Collectors.toSet());
    }
  }

  @Test
  void theReaderNeedsNoAccountOfTheJob() throws IOException {
    Config.ForReader config =
        new YamlBuilder(folder)
            .text(
                """
                source:
                  user: job
                  password-file: secrets/absent
                  database: shop
                  server-id: none
                store:
                  database: answers
                flink:
                  url: none
                reader:
                  source-user: r1
                  source-password-file: secrets/mysql
                  store-user: r2
                  store-password-file: secrets/postgres
                job:
                  name: "?"
                """)
            .variable("FRESHET_READER_TOKEN", "t-o-k-e-n")
            .readForReader();

    assertThat(config.source().account())
        .isEqualTo(new Config.Account("r1", new Secret("hush-mysql")));
    assertThat(config.store().account())
        .isEqualTo(new Config.Account("r2", new Secret("hush-postgres")));
  }

  @Test
  void theJobNeedsNothingOfTheReaderAndOfFlink() throws IOException {
    Config.ForJob config =
        new YamlBuilder(folder)
            .with("flink", "url: none")
            .with("reader", "port: none")
            .with("reader", "token-file: secrets/absent")
            .readForJob();

    assertThat(config.source().account().user()).isEqualTo("job");
    assertThat(config.views()).isEqualTo(folder.resolve("views"));
  }

  @Test
  void theTableOfSettingsIsWhole() throws IOException {
    List<String> lines =
        Files.readAllLines(DEPLOY.resolve("docs/configuration.md")).stream()
            .filter(line -> line.contains("| `FRESHET_"))
            .toList();
    List<String> expected = Arrays.stream(Setting.values()).map(ConfigReaderTest::row).toList();
    assertThat(lines).as("rows:%n%s", String.join("\n", expected)).isEqualTo(expected);
  }

  private static String row(Setting setting) {
    String fallback =
        setting.fallback().map(text -> text.isEmpty() ? "" : "`" + text + "`").orElse("**needed**");
    String values =
        switch (setting.kind()) {
          case TEXT, OPTIONAL -> "text";
          case NUMBER -> "%,d to %,d".formatted(setting.least(), setting.most());
          case FOLDER -> "folder";
          case MAP -> "mapping";
          case OPTIONAL_FILE, SECRET, OPTIONAL_SECRET -> "file";
        };
    return "| `%s` | `%s` | %s | %s | %s | %s |"
        .formatted(
            setting.path(),
            setting.variable(),
            fallback,
            values,
            setting.readBy(),
            setting.meaning());
  }

  private static final Map<Setting, String> MAPS =
      Map.of(
          Setting.SOURCE_PROPERTIES,
          "{sslMode: REQUIRED, trustCertificateKeyStorePassword: {file: secrets/mysql}}",
          Setting.STORE_PROPERTIES,
          "{sslmode: require}",
          Setting.KAFKA_PROPERTIES,
          "{security.protocol: SSL}",
          Setting.FLINK_PROPERTIES,
          "{state.backend.type: rocksdb}");

  private static final String EVERYTHING =
      """
      source:
        host: db
        port: 3307
        user: job
        password-file: secrets/mysql
        database: shop
        server-id: 17
        chunk-size: 100
        properties:
          sslMode: REQUIRED
          trustCertificateKeyStorePassword: {file: secrets/mysql}
      views:
        folder: views
      store:
        host: pg
        port: 5433
        user: store
        password-file: secrets/postgres
        database: answers
        schema: fresh
        properties: {sslmode: require}
      kafka:
        bootstrap: k1:9092,k2:9092
        topic-prefix: shop.
        properties: {security.protocol: SSL}
      flink:
        url: https://flink/
        keystore-file: secrets/token
        keystore-password-file: secrets/mysql
        jar-folder: /srv/jars
        savepoints: s3://bucket/savepoints
        properties: {state.backend.type: rocksdb}
      reader:
        host: 0.0.0.0
        port: 0
        url: http://reader:80
        flink-url: http://flink:8081/
        token-file: secrets/token
        tokens-file: secrets/token
        jwt-key-file: secrets/token
        jwt-secret-file: secrets/token
        jwt-issuer: shop
        jwt-audience: freshet
        tls-certificate-file: secrets/token
        tls-key-file: secrets/token
        source-user: r1
        source-password-file: secrets/mysql
        store-user: r2
        store-password-file: secrets/postgres
        threads: 30
        store-connections: 3
        store-timeout-ms: 4
        fallbacks: 5
        fallback-queue: 6
        fallback-wait-ms: 7
        fallback-timeout-ms: 8
        streams: 9
        fallbacks-per-second: 10
        max-connections: 20
        max-connections-per-address: 12
        max-answer-bytes: 70000
        token-share-percent: 60
        subject-share-percent: 5
      job:
        name: shop views
        parallelism: 2
        max-parallelism: 64
        checkpoint-interval-ms: 5000
        max-value-bytes: 2000
        secrets: files
      telemetry:
        endpoint: http://collector:4318/
        sample: 0.25
      """;

  private Config everything(
      Path file, Map<String, String> variables, Function<Setting, String> subject) {
    Secret mysql = new Secret("hush-mysql");
    Secret postgres = new Secret("hush-postgres");
    Function<Setting, SecretFile> token =
        setting ->
            new SecretFile(
                subject.apply(setting),
                Optional.of(folder.resolve("secrets/token")),
                new Secret("t-o-k-e-n"));
    return new Config(
        file,
        new Extra(variables),
        new Config.Source(
            "db",
            3307,
            new Config.Account("job", mysql),
            "shop",
            new Extra(
                Map.of("sslMode", "REQUIRED", "trustCertificateKeyStorePassword", "hush-mysql"),
                Map.of("trustCertificateKeyStorePassword", folder.resolve("secrets/mysql")))),
        folder.resolve("views"),
        new Config.Store(
            "pg",
            5433,
            new Config.Account("store", postgres),
            "answers",
            "fresh",
            new Extra(Map.of("sslmode", "require"))),
        new Config.Kafka(
            Optional.of("k1:9092,k2:9092"), "shop.", new Extra(Map.of("security.protocol", "SSL"))),
        new Config.Flink(
            "https://flink",
            Optional.of(new Config.KeyStoreFile(folder.resolve("secrets/token"), mysql)),
            Optional.of(Path.of("/srv/jars")),
            Optional.of("s3://bucket/savepoints"),
            new Extra(Map.of("state.backend.type", "rocksdb"))),
        new Config.Reader(
            "0.0.0.0",
            0,
            "http://reader:80",
            Optional.of("http://flink:8081"),
            new Config.Access(
                Optional.of(token.apply(Setting.READER_TOKEN_FILE)),
                Optional.of(token.apply(Setting.READER_TOKENS_FILE)),
                Optional.of(token.apply(Setting.READER_JWT_KEY_FILE)),
                Optional.of(token.apply(Setting.READER_JWT_SECRET_FILE)),
                Optional.of("shop"),
                Optional.of("freshet")),
            Optional.of(
                new Config.Tls(
                    token.apply(Setting.READER_TLS_CERTIFICATE_FILE),
                    token.apply(Setting.READER_TLS_KEY_FILE))),
            new Config.Account("r1", mysql),
            new Config.Account("r2", postgres),
            new Config.Limits(30, 3, 4, 5, 6, 7, 8, 9, 10, 20, 12, 70_000, 60, 5)),
        new Config.Job("shop views", 17, 100, 2, 64, 5000, 2000, true),
        Optional.of(new Config.Telemetry("http://collector:4318", 0.25)));
  }
}
