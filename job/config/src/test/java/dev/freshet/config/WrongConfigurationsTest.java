package dev.freshet.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What may be wrong with {@code freshet.yaml}, and what is said of it. */
class WrongConfigurationsTest {
  @TempDir private Path folder;

  /** A change of the least configuration, and the only line it brings. */
  record Wrong(String what, Change change, String message) {
    @Override
    public String toString() {
      return what;
    }
  }

  interface Change {
    void to(YamlBuilder yaml) throws IOException;
  }

  static Stream<Wrong> table() {
    return Stream.of(
        new Wrong(
            "an unknown section",
            yaml -> yaml.with("sources", "host: db"),
            "freshet.yaml line 11: section 'sources' is not known; did you mean 'source'?"),
        new Wrong(
            "an unknown key",
            yaml -> yaml.with("source", "prot: 3307"),
            "freshet.yaml line 2: source.prot is not known; did you mean 'port'?"),
        new Wrong(
            "a key that is like no other",
            yaml -> yaml.with("views", "elephant: 1"),
            "freshet.yaml line 6: views.elephant is not known; known are folder"),
        new Wrong(
            "an unknown variable",
            yaml -> yaml.variable("FRESHET_SOURCE_HOTS", "db"),
            "Variable FRESHET_SOURCE_HOTS is not a setting; did you mean 'FRESHET_SOURCE_HOST'?"),
        new Wrong(
            "a variable with the server's name in place of the section's",
            yaml -> yaml.variable("FRESHET_POSTGRES_SCHEMA", "answers"),
            "Variable FRESHET_POSTGRES_SCHEMA is not a setting; did you mean"
                + " 'FRESHET_STORE_SCHEMA'?"),
        new Wrong(
            "a sample that is a percentage",
            yaml -> yaml.with("telemetry", "sample: 10"),
            "freshet.yaml line 12: telemetry.sample is '10'; take a number from 0 to 1, like 0.01"),
        new Wrong(
            "a collector without a scheme",
            yaml -> yaml.with("telemetry", "endpoint: collector:4318"),
            "freshet.yaml line 12: telemetry.endpoint is 'collector:4318'; give an address such as"
                + " http://flink:8081"),
        new Wrong(
            "a missing key",
            yaml -> yaml.replace("  database: shop\n", ""),
            "freshet.yaml: source.database is missing; set it, or FRESHET_SOURCE_DATABASE"),
        new Wrong(
            "an empty key",
            yaml -> yaml.replace("user: store", "user:"),
            "freshet.yaml line 8: store.user is missing; set it, or FRESHET_STORE_USER"),
        new Wrong(
            "a missing secret",
            yaml -> yaml.replace("  password-file: secrets/mysql\n", ""),
            "freshet.yaml: source.password-file is missing; set it to a file with the secret, or"
                + " set FRESHET_SOURCE_PASSWORD to the secret"),
        new Wrong(
            "a secret in the file",
            yaml -> yaml.with("store", "password: hush"),
            "freshet.yaml line 8: store.password must not be in this file; write it into a file"
                + " named by store.password-file, or set FRESHET_STORE_PASSWORD"),
        new Wrong(
            "a secret's file that is not there",
            yaml -> yaml.replace("secrets/mysql", "secrets/absent"),
            "freshet.yaml line 3: source.password-file: file FOLDER/secrets/absent cannot be read"
                + " (NoSuchFileException); check path and rights"),
        new Wrong(
            "a secret's file without content",
            yaml -> yaml.secret("mysql", ""),
            "freshet.yaml line 3: source.password-file: file FOLDER/secrets/mysql is empty; write"
                + " the secret into it"),
        new Wrong(
            "a secret given twice",
            yaml ->
                yaml.variable("FRESHET_STORE_PASSWORD", "hush")
                    .variable("FRESHET_STORE_PASSWORD_FILE", "secrets/postgres"),
            "Variables FRESHET_STORE_PASSWORD and FRESHET_STORE_PASSWORD_FILE are both set; keep"
                + " one"),
        new Wrong(
            "a secret that is an empty variable",
            yaml -> yaml.variable("FRESHET_STORE_PASSWORD", ""),
            "Variable FRESHET_STORE_PASSWORD is empty; set or unset it"),
        new Wrong(
            "a secret among the properties",
            yaml -> yaml.with("source", "properties: {trustCertificateKeyStorePassword: hush}"),
            "freshet.yaml line 2: source.properties.trustCertificateKeyStorePassword must not hold"
                + " a secret; write {file: PATH} there"),
        new Wrong(
            "a property that Freshet needs as it is",
            yaml -> yaml.with("source", "properties: {sessionVariables: sql_mode=''}"),
            "freshet.yaml line 2: source.properties.sessionVariables is set by Freshet itself;"
                + " remove it"),
        new Wrong(
            "properties that are a list",
            yaml -> yaml.with("kafka", "properties: [a, b]"),
            "freshet.yaml line 12: kafka.properties is not a mapping; write NAME: VALUE lines below"
                + " it"),
        new Wrong(
            "a port that is a word",
            yaml -> yaml.with("store", "port: postgres"),
            "freshet.yaml line 8: store.port is 'postgres'; give a whole number from 1 to 65535"),
        new Wrong(
            "a port in the environment",
            yaml -> yaml.variable("FRESHET_SOURCE_PORT", "99999"),
            "Variable FRESHET_SOURCE_PORT is '99999'; give a whole number from 1 to 65535"),
        new Wrong(
            "a value where a list stands",
            yaml -> yaml.with("source", "host: [a, b]"),
            "freshet.yaml line 2: source.host is not a single value; write KEY: VALUE"),
        new Wrong(
            "a folder that is not there",
            yaml -> yaml.replace("folder: views", "folder: view"),
            "freshet.yaml line 6: views.folder: FOLDER/view is not a folder; name the folder of the"
                + " views"),
        new Wrong(
            "a schema that is Postgres's own",
            yaml -> yaml.with("store", "schema: pg_freshet"),
            "freshet.yaml line 8: store.schema is 'pg_freshet'; a Postgres schema has 1 to 63"
                + " characters and does not begin with pg_"),
        new Wrong(
            "brokers without a port",
            yaml -> yaml.with("kafka", "bootstrap: kafka"),
            "freshet.yaml line 12: kafka.bootstrap is 'kafka'; give host:port, with commas between"
                + " brokers"),
        new Wrong(
            "a topic prefix with a slash",
            yaml -> yaml.with("kafka", "topic-prefix: a/b"),
            "freshet.yaml line 12: kafka.topic-prefix is 'a/b'; take up to 100 letters, digits,"
                + " '.', '_' and '-'"),
        new Wrong(
            "an address that is none",
            yaml -> yaml.with("flink", "url: flink:8081"),
            "freshet.yaml line 12: flink.url is 'flink:8081'; give an address such as"
                + " http://flink:8081"),
        new Wrong(
            "a relative folder of jars",
            yaml -> yaml.with("flink", "jar-folder: jars"),
            "freshet.yaml line 12: flink.jar-folder: 'jars' is not an absolute path; give the path"
                + " that the cluster's machines have, too"),
        new Wrong(
            "a key store without its password",
            yaml ->
                yaml.with("flink", "url: https://flink:8081")
                    .with("flink", "keystore-file: secrets/mysql"),
            "freshet.yaml line 12: flink.keystore-file is set without flink.keystore-password-file;"
                + " set both, or leave it out"),
        new Wrong(
            "a key store for an address without TLS",
            yaml ->
                yaml.with("flink", "keystore-password-file: secrets/mysql")
                    .with("flink", "keystore-file: secrets/mysql"),
            "freshet.yaml line 12: flink.keystore-file is set, but flink.url is"
                + " 'http://127.0.0.1:8081', which uses no keys; give an https address, or leave it"
                + " out"),
        new Wrong(
            "a key store that is not there",
            yaml ->
                yaml.with("flink", "keystore-password-file: secrets/mysql")
                    .with("flink", "url: https://flink:8081")
                    .with("flink", "keystore-file: secrets/absent"),
            "freshet.yaml line 12: flink.keystore-file: file FOLDER/secrets/absent cannot be read;"
                + " check path and rights"),
        new Wrong(
            "more parallelism than key groups",
            yaml -> yaml.with("job", "parallelism: 200"),
            "freshet.yaml line 12: job.parallelism is 200, above job.max-parallelism 128; lower"
                + " it"),
        new Wrong(
            "a job's name with a newline",
            yaml -> yaml.with("job", "name: \"a\\nb\""),
            "freshet.yaml line 12: job.name is 'a\nb'; take up to 100 letters, digits, ' ', '.',"
                + " '_' and '-', a letter or digit first"),
        new Wrong(
            "a variable with half of a surrogate pair",
            yaml -> yaml.variable("FRESHET_SOURCE_DATABASE", "\udc00"),
            "Variable FRESHET_SOURCE_DATABASE has half of a surrogate pair; give it valid Unicode"),
        new Wrong(
            "a token's file that is not there",
            yaml -> yaml.with("reader", "token-file: secrets/absent"),
            "freshet.yaml line 12: reader.token-file: file FOLDER/secrets/absent cannot be read"
                + " (NoSuchFileException); check path and rights"),
        new Wrong(
            "a token that is short",
            yaml -> yaml.variable("FRESHET_READER_TOKEN", "short"),
            "Variable FRESHET_READER_TOKEN must have at least 8 characters, all of them visible"
                + " ASCII; make a token with: openssl rand -hex 24"),
        new Wrong(
            "an issuer of tokens that nobody can verify",
            yaml -> yaml.with("reader", "jwt-issuer: shop"),
            "freshet.yaml line 12: reader.jwt-issuer is set without reader.jwt-key-file or"
                + " reader.jwt-secret-file; set one of them too, or leave it out"),
        new Wrong(
            "a certificate without a key",
            yaml -> yaml.with("reader", "tls-certificate-file: secrets/mysql"),
            "freshet.yaml line 12: reader.tls-certificate-file is set without reader.tls-key-file;"
                + " set both, or none for plain HTTP"),
        new Wrong(
            "an account without a password",
            yaml -> yaml.with("reader", "source-user: reader"),
            "freshet.yaml line 12: reader.source-user is set without reader.source-password-file;"
                + " set both, or none to take source.user"),
        new Wrong(
            "threads that fallbacks could hold",
            yaml -> yaml.with("reader", "threads: 20"),
            "freshet.yaml line 12: reader.threads is 20, but 4 reader.fallbacks and 16 in"
                + " reader.fallback-queue could use all threads; raise it above their sum"),
        new Wrong(
            "a key that is given twice",
            yaml -> yaml.replace("database: shop", "database: shop\n  database: shop"),
            "freshet.yaml line 5: source.database is given twice; keep one"),
        new Wrong(
            "a section that is a value",
            yaml -> yaml.with("kafka", "x: 1").replace("kafka:\n  x: 1", "kafka: none"),
            "freshet.yaml line 11: kafka is not a section; indent its keys below it"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void isNamedInOneLineWithItsRemedy(Wrong wrong) throws IOException {
    YamlBuilder yaml = new YamlBuilder(folder);
    wrong.change().to(yaml);

    assertThat(problems(yaml))
        .containsExactly(wrong.message().replace("FOLDER", folder.toString()));
  }

  @Test
  void textThatIsNoYamlIsNamedWithItsLine() throws IOException {
    YamlBuilder yaml = new YamlBuilder(folder).text("source:\n  host: 'db\n");
    assertThat(problems(yaml))
        .singleElement()
        .asString()
        .startsWith("freshet.yaml line 3: not YAML (");
  }

  @Test
  void aFileThatCannotBeReadIsTheOnlyProblem() {
    Path absent = folder.resolve("absent.yaml");
    assertThatThrownBy(() -> ConfigReader.read(absent, Map.of()))
        .isInstanceOf(BadConfig.class)
        .hasMessage("File %s cannot be read (NoSuchFileException); check path and rights", absent);
  }

  @Test
  void halfOfASurrogatePairIsNamedWithItsLine() throws IOException {
    YamlBuilder yaml = new YamlBuilder(folder).replace("database: shop", "database: \"\\ud800\"");
    assertThat(problems(yaml).get(0))
        .matches("freshet.yaml line \\d+: not YAML \\(a value has half of a surrogate pair\\); .*");
  }

  @Test
  void allProblemsComeAtOnce() throws IOException {
    YamlBuilder yaml =
        new YamlBuilder(folder)
            .with("source", "prot: 1")
            .with("store", "port: 0")
            .replace("secrets/mysql", "secrets/absent")
            .variable("FRESHET_JOB_PARALLELISM", "many")
            .variable("FRESHET_JOB_NAEM", "x");
    assertThat(problems(yaml))
        .hasSize(5)
        .anyMatch(line -> line.contains("source.prot"))
        .anyMatch(line -> line.contains("store.port"))
        .anyMatch(line -> line.contains("source.password-file"))
        .anyMatch(line -> line.contains("FRESHET_JOB_PARALLELISM"))
        .anyMatch(line -> line.contains("FRESHET_JOB_NAEM"));
  }

  @Test
  void aReaderNeedsATokenOfAnyKind() throws IOException {
    YamlBuilder yaml = new YamlBuilder(folder);
    assertThat(catchThrowableOfType(BadConfig.class, yaml::readForReader).problems())
        .containsExactly(
            "freshet.yaml: reader.token-file is missing; set it to a file with a token, or set"
                + " FRESHET_READER_TOKEN to a token, or configure other tokens as"
                + " deploy/docs/security.md describes");
    for (String name : List.of("TOKEN", "TOKENS", "JWT_KEY", "JWT_SECRET")) {
      new YamlBuilder(folder).variable("FRESHET_READER_" + name, "t-o-k-e-n").readForReader();
    }
  }

  @Test
  void everyProgramRefusesWhatNoneKnows() throws IOException {
    YamlBuilder yaml =
        new YamlBuilder(folder)
            .with("flink", "ulr: x")
            .variable("FRESHET_READER_TOKEN", "t-o-k-e-n")
            .variable("FRESHET_JOB_NAEM", "x");
    for (ThrowingCallable program :
        List.<ThrowingCallable>of(yaml::read, yaml::readForJob, yaml::readForReader)) {
      assertThat(catchThrowableOfType(BadConfig.class, program).problems())
          .containsExactly(
              "freshet.yaml line 12: flink.ulr is not known; did you mean 'url'?",
              "Variable FRESHET_JOB_NAEM is not a setting; did you mean 'FRESHET_JOB_NAME'?");
    }
  }

  private static List<String> problems(YamlBuilder yaml) {
    return catchThrowableOfType(BadConfig.class, yaml::read).problems();
  }
}
