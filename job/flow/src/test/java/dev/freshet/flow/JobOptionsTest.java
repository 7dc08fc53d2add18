package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobOptionsTest {
  private static final String LEAST =
      """
      source.user=job
      source.password-file=secret
      source.database=shop
      store.user=store
      store.password-file=secret
      store.database=answers
      views.dir=views
      """;

  @TempDir private Path folder;

  @BeforeEach
  void files() throws IOException {
    Files.writeString(folder.resolve("secret"), "hush\n");
    Files.createDirectory(folder.resolve("views"));
  }

  @Test
  void hasDefaults() throws IOException {
    JobOptions options = read(LEAST);
    assertThat(options.name()).isEqualTo("freshet");
    assertThat(options.parallelism()).isEqualTo(1);
    assertThat(options.maxParallelism()).isEqualTo(128);
    assertThat(options.checkpointInterval()).isEqualTo(10_000);
    assertThat(options.source().chunkSize()).isEqualTo(50_000);
    assertThat(options.source().properties()).isEmpty();
    assertThat(options.store().properties()).isEmpty();
    assertThat(options.kafka()).contains(new KafkaOptions("127.0.0.1:9092", "freshet", Map.of()));
  }

  @Test
  void handsPropertiesOn() throws IOException {
    JobOptions options =
        read(
            LEAST
                + "source.properties.sslMode=REQUIRED\n"
                + "store.properties.sslrootcert=/a b/ca.pem\n"
                + "kafka.properties.security.protocol=SSL\n"
                + "source.chunk-size=7\n");
    assertThat(options.source().jdbc(Map.of("sslMode", "PREFERRED")))
        .containsEntry("sslMode", "REQUIRED")
        .containsEntry("user", "job")
        .containsEntry("password", "hush");
    assertThat(options.source().chunkSize()).isEqualTo(7);
    assertThat(options.store().url()).endsWith("&sslrootcert=%2Fa%20b%2Fca.pem");
    assertThat(options.kafka().orElseThrow().properties())
        .containsExactly(Map.entry("security.protocol", "SSL"));
  }

  @Test
  void namesAllProblemsAtOnce() {
    Refused refused =
        catchThrowableOfType(
            Refused.class, () -> read(LEAST + "source.port=0\nsource.prot=1\njob.parallelism=x\n"));
    assertThat(refused.problems())
        .hasSize(3)
        .anyMatch(line -> line.contains("source.port") && line.contains("'0'"))
        .anyMatch(line -> line.contains("source.prot") && line.contains("not known"))
        .anyMatch(line -> line.contains("job.parallelism") && line.contains("'x'"));
  }

  private JobOptions read(String text) throws IOException {
    return JobOptions.read(Files.writeString(folder.resolve("job.properties"), text));
  }
}
