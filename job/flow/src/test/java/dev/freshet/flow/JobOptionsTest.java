package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freshet.flow.write.StoreOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Converts {@code freshet.yaml} into the options of the job's classes. */
class JobOptionsTest {
  private static final Map<String, String> LEAST =
      Map.of(
          "FRESHET_SOURCE_USER", "job",
          "FRESHET_SOURCE_PASSWORD", "hush",
          "FRESHET_SOURCE_DATABASE", "shop",
          "FRESHET_STORE_USER", "store",
          "FRESHET_STORE_PASSWORD", "hush-hush",
          "FRESHET_STORE_DATABASE", "answers",
          "FRESHET_VIEWS_FOLDER", ".");

  @TempDir private Path folder;

  @Test
  void hasDefaults() throws IOException {
    JobOptions options = read("");
    assertThat(options.name()).isEqualTo("freshet");
    assertThat(options.views()).isEqualTo(folder);
    assertThat(options.parallelism()).isEqualTo(1);
    assertThat(options.maxParallelism()).isEqualTo(128);
    assertThat(options.checkpointInterval()).isEqualTo(10_000);
    assertThat(options.source().serverId()).as("one by chance").isPositive();
    assertThat(options.source().chunkSize()).isEqualTo(50_000);
    assertThat(options.source().properties()).isEqualTo(JobProperties.NONE);
    assertThat(options.store())
        .isEqualTo(new StoreOptions("127.0.0.1", 5432, "answers", "store", "hush-hush", "freshet"));
    assertThat(options.kafka()).contains(new KafkaOptions("127.0.0.1:9092", "freshet", Map.of()));
    assertThat(options.handling()).isEqualTo(JobUnderTest.HANDLING);
  }

  @Test
  void takesEverySetting() throws IOException {
    JobOptions options =
        read(
            """
            source:
              host: db
              port: 3307
              server-id: 17
              chunk-size: 7
              properties: {sslMode: REQUIRED}
            store:
              host: pg
              port: 5433
              schema: fresh
              properties: {sslrootcert: /a b/ca.pem}
            kafka:
              bootstrap: k1:9092
              topic-prefix: shop
              properties: {security.protocol: SSL}
            job:
              name: shop views
              parallelism: 2
              max-parallelism: 64
              checkpoint-interval-ms: 5000
              max-value-bytes: 2000
            """);
    assertThat(options.source()).hasToString("job@db:3307/shop as server 17");
    assertThat(options.source().chunkSize()).isEqualTo(7);
    assertThat(options.source().jdbc(Map.of("sslMode", "PREFERRED")))
        .containsEntry("sslMode", "REQUIRED")
        .containsEntry("user", "job")
        .containsEntry("password", "hush");
    assertThat(options.store()).hasToString("store@pg:5433/answers.fresh");
    assertThat(options.store().url()).endsWith("&sslrootcert=%2Fa%20b%2Fca.pem");
    assertThat(options.kafka())
        .contains(new KafkaOptions("k1:9092", "shop", Map.of("security.protocol", "SSL")));
    assertThat(options.name()).isEqualTo("shop views");
    assertThat(options.parallelism()).isEqualTo(2);
    assertThat(options.maxParallelism()).isEqualTo(64);
    assertThat(options.checkpointInterval()).isEqualTo(5000);
    assertThat(options.handling().mostValueBytes()).isEqualTo(2000);
  }

  @Test
  void namesTheFilesOfSecretsThatTasksRead() throws IOException {
    Files.writeString(folder.resolve("mysql"), "hush\n");
    Map<String, String> variables = new HashMap<>(LEAST);
    variables.keySet().removeIf(name -> name.endsWith("_PASSWORD"));
    String yaml =
        """
        source: {password-file: mysql, properties: {trustCertificateKeyStorePassword: {file: mysql}}}
        store: {password-file: mysql}
        kafka: {properties: {security.protocol: SSL, ssl.key.password: {file: mysql}}}
        job: {secrets: files}
        """;
    JobOptions options =
        JobOptions.read(Files.writeString(folder.resolve("freshet.yaml"), yaml), variables);
    JobSecret secret = JobSecret.inFile("hush", folder.resolve("mysql"));
    assertThat(options.source().password()).isEqualTo(secret);
    assertThat(options.source().properties().entries())
        .isEqualTo(Map.of("trustCertificateKeyStorePassword", secret));
    assertThat(options.store().password()).isEqualTo(secret);
    assertThat(options.kafka().orElseThrow().properties().entries())
        .isEqualTo(Map.of("security.protocol", JobSecret.of("SSL"), "ssl.key.password", secret));
  }

  @Test
  void refusesSecretsOfTheEnvironmentThatTasksCannotRead() {
    Refused refused = catchThrowableOfType(Refused.class, () -> read("job: {secrets: files}"));
    assertThat(refused.problems())
        .containsExactlyInAnyOrder(
            "Variable FRESHET_SOURCE_PASSWORD is set, but job.secrets is 'files', so tasks read the"
                + " secret from a file; set source.password-file",
            "Variable FRESHET_STORE_PASSWORD is set, but job.secrets is 'files', so tasks read the"
                + " secret from a file; set store.password-file");
  }

  @Test
  void hasNoStreamsWhereKafkaIsNone() throws IOException {
    assertThat(read("kafka: {bootstrap: \"\"}").kafka()).isEmpty();
  }

  @Test
  void refusesAllProblemsAtOnce() {
    Refused refused =
        catchThrowableOfType(
            Refused.class, () -> read("source: {port: 0, prot: 1}\njob: {parallelism: x}"));
    assertThat(refused.problems())
        .containsExactlyInAnyOrder(
            "freshet.yaml line 1: source.prot is not known; did you mean 'port'?",
            "freshet.yaml line 1: source.port is '0'; give a whole number from 1 to 65535",
            "freshet.yaml line 2: job.parallelism is 'x'; give a whole number from 1 to 32768");
  }

  private JobOptions read(String yaml) throws IOException {
    return JobOptions.read(Files.writeString(folder.resolve("freshet.yaml"), yaml), LEAST);
  }
}
