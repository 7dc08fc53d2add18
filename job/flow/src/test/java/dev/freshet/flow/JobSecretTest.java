package dev.freshet.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobSecretTest {
  @TempDir private Path folder;

  @Test
  void aTaskReadsTheFileWhenItStarts() throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), "old\n");
    JobSecret sent = JobSecret.inFile("old", file);
    Files.writeString(file, "new\n");
    assertThat(InstantiationUtil.clone(sent)).isEqualTo(JobSecret.inFile("new", file));
    assertThat(sent).hasToString("(secret)");
  }

  @Test
  void aMissingFileIsNamedWithARemedy() throws Exception {
    byte[] sent =
        InstantiationUtil.serializeObject(JobSecret.inFile("old", folder.resolve("secret")));
    assertThatThrownBy(() -> InstantiationUtil.deserializeObject(sent, getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Secrets: file " + folder.resolve("secret") + " cannot be read")
        .hasMessageContaining("job.secrets");
  }

  @Test
  void aTextTravelsWithTheJob() throws Exception {
    assertThat(InstantiationUtil.clone(JobSecret.of("text")).reveal()).isEqualTo("text");
  }
}
