package dev.freshet.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each program is given the secrets that its configuration names, and no others. */
class DeploySecretsTest {
  private static final List<String> OF_JOB = List.of("mysql", "postgres");
  private static final List<String> OF_READER = List.of("token", "mysql-reader", "postgres-reader");

  @Test
  void composeGivesEachProgramItsOwn() throws IOException {
    JsonNode compose = DeployFiles.read("docker/compose.yaml");
    assertThat(texts(compose.at("/services/reader/secrets")))
        .containsExactlyInAnyOrderElementsOf(OF_READER);
    assertThat(texts(compose.at("/x-flink/secrets"))).containsExactlyInAnyOrderElementsOf(OF_JOB);
    assertNamed(DeployFiles.read("docker/compose/freshet.yaml"));
  }

  @Test
  void kubernetesGivesEachProgramItsOwn() throws IOException {
    JsonNode reader = DeployFiles.find("kubernetes/reader.yaml", "Deployment");
    JsonNode job = DeployFiles.find("kubernetes/job.yaml", "FlinkDeployment");
    assertThat(reader.findValuesAsText("secretName")).containsExactly("freshet-reader-secrets");
    assertThat(job.findValuesAsText("secretName")).containsExactly("freshet-job-secrets");
    JsonNode values = DeployFiles.read("helm/freshet/values.yaml");
    assertThat(values.at("/reader/secret").asText()).isEqualTo("freshet-reader-secrets");
    assertThat(values.at("/job/secret").asText()).isEqualTo("freshet-job-secrets");
    for (String program : List.of("job", "reader")) {
      assertThat(Path.of("../helm/freshet/templates", program + ".yaml"))
          .content()
          .contains("secretName: \"{{ .Values." + program + ".secret }}\"");
    }
    assertNamed(DeployFiles.read("kubernetes/freshet.yaml"));
    assertNamed(values.path("config"));
  }

  private static void assertNamed(JsonNode configuration) {
    assertThat(
            List.of(
                name(configuration.at("/source/password-file")),
                name(configuration.at("/store/password-file"))))
        .isEqualTo(OF_JOB);
    assertThat(
            List.of(
                name(configuration.at("/reader/token-file")),
                name(configuration.at("/reader/source-password-file")),
                name(configuration.at("/reader/store-password-file"))))
        .isEqualTo(OF_READER);
  }

  @Test
  void makeSecretsReplacesEmptyFilesAloneAndClosesItsFolder(@TempDir Path folder) throws Exception {
    Path script = folder.resolve("make-secrets");
    Files.copy(Path.of("../docker/make-secrets"), script, StandardCopyOption.COPY_ATTRIBUTES);
    Path secrets = Files.createDirectories(folder.resolve("compose/secrets"));
    Files.setPosixFilePermissions(secrets, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(secrets.resolve("token"), "kept");
    Files.createFile(secrets.resolve("mysql"));

    Process process = new ProcessBuilder("bash", script.toString()).inheritIO().start();

    assertThat(process.waitFor()).isZero();
    assertThat(secrets.resolve("token")).hasContent("kept");
    assertThat(Files.readString(secrets.resolve("mysql"))).matches("[0-9a-f]{48}");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secrets)))
        .isEqualTo("rwx------");
    for (JsonNode named : DeployFiles.read("docker/compose.yaml").path("secrets")) {
      assertThat(folder.resolve(named.path("file").asText())).isNotEmptyFile();
    }
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static String name(JsonNode path) {
    return path.asText().replaceFirst(".*/", "");
  }
}
