package dev.freshet.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.cli.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobJarTest {
  @TempDir private Path folder;
  private Path jar;

  @BeforeEach
  void build() throws IOException {
    jar = Files.writeString(folder.resolve("job.jar"), "one build");
  }

  @Test
  void withoutASharedFolderTheJarIsSent() {
    assertThat(JobJar.arguments(jar, Optional.empty(), folder))
        .containsExactly("-c", "dev.freshet.flow.FreshetJob", jar.toString());
  }

  @Test
  void aSharedFolderHoldsEachBuildOnceAndKeepsEarlierOnes() throws IOException {
    Path shared = folder.resolve("shared/jars");

    Path copy = copy(shared);
    assertThat(copy).hasContent("one build");
    assertThat(copy(shared)).isEqualTo(copy);
    Files.writeString(jar, "two build");
    Files.setLastModifiedTime(jar, FileTime.fromMillis(1));

    assertThat(copy(shared)).isNotEqualTo(copy).hasContent("two build");
    assertThat(copy).hasContent("one build");
    try (Stream<Path> files = Files.list(shared)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void aSharedFolderThatCannotBeWrittenIsNamed() {
    assertThatThrownBy(() -> JobJar.arguments(jar, Optional.of(jar), folder))
        .isInstanceOf(Failure.class)
        .hasMessageStartingWith("flink.jar-folder: the job's jar cannot be copied to " + jar + " (")
        .hasMessageEndingWith("check the folder and its rights, or leave the setting out");
  }

  private Path copy(Path shared) throws IOException {
    List<String> arguments = JobJar.arguments(jar, Optional.of(shared), folder.resolve("own"));
    assertThat(arguments.get(0)).isEqualTo("-C");
    assertThat(Files.size(Path.of(arguments.get(4)))).isLessThan(1000);
    return Path.of(URI.create(arguments.get(1)));
  }
}
