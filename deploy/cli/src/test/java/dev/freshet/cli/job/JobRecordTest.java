package dev.freshet.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobRecordTest {
  @TempDir private Path folder;

  @Test
  void theLastActionsAreReadBack() {
    Path file = folder.resolve("jobs/own");
    assertThat(JobRecord.read(file)).isEqualTo(JobRecord.NONE);

    JobRecord.NONE.submitted("a", Optional.of("file:/1"), 5, 2).saved("file:/2", 7).write(file);
    assertThat(JobRecord.read(file))
        .isEqualTo(new JobRecord("a", "file:/1", 5, 2, false, "file:/2", 7));

    JobRecord.read(file).ended().write(file);
    assertThat(JobRecord.read(file).stopped()).isTrue();
    assertThat(JobRecord.read(file).submitted("b", Optional.empty(), 9, 1))
        .isEqualTo(new JobRecord("b", "", 9, 1, false, "file:/2", 7));
  }
}
