package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputLogTest {
  @TempDir private Path folder;

  @Test
  void aProcessGoesOnInTheSameFileWhileItsOutputMovesToCopies() throws IOException {
    Path log = folder.resolve("reader.log");
    try (OutputStream process =
        Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      for (int i = 0; i < 10; i++) {
        process.write(("line " + i).getBytes(StandardCharsets.UTF_8));
        OutputLog.rotate(log, 5);
        assertThat(log).isEmptyFile();
      }
      process.write("x".getBytes(StandardCharsets.UTF_8));
      OutputLog.rotate(log, 5);
    }

    assertThat(log).hasContent("x");
    assertThat(folder.resolve("reader.log.1")).hasContent("line 9");
    assertThat(folder.resolve("reader.log.4")).hasContent("line 6");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(1 + OutputLog.KEPT);
    }
  }

  @Test
  void aFileThatIsSmallOrMissingIsLeftAlone() throws IOException {
    Path log = folder.resolve("reader.log");
    OutputLog.rotate(log, 5);
    assertThat(log).doesNotExist();
    Files.writeString(log, "12345");
    OutputLog.rotate(log, 5);
    assertThat(log).hasContent("12345");
  }
}
