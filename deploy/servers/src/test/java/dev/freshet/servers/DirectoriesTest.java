package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesTest {
  @TempDir private Path parent;

  @Test
  void concurrentCallsFillAFolderOnce() throws Exception {
    AtomicInteger fillings = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Path>> wanted = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        wanted.add(
            threads.submit(
                () ->
                    Directories.once(
                        parent.resolve("wanted"),
                        folder -> {
                          fillings.incrementAndGet();
                          Files.writeString(folder.resolve("file"), "whole");
                        })));
      }
      for (Future<Path> each : wanted) {
        assertThat(each.get().resolve("file")).hasContent("whole");
      }
    } finally {
      threads.shutdown();
    }
    assertThat(fillings).hasValue(1);
  }

  @Test
  void anInterruptedFolderIsFilledAgain() throws IOException {
    Path folder = parent.resolve("wanted");
    assertThatThrownBy(
            () ->
                Directories.once(
                    folder,
                    unfinished -> {
                      Files.writeString(unfinished.resolve("half"), "");
                      throw new IOException("disk full");
                    }))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("disk full");
    assertThat(folder).doesNotExist();
    Directories.once(folder, whole -> Files.writeString(whole.resolve("file"), "whole"));
    assertThat(folder).isDirectoryNotContaining("glob:**half").isDirectoryContaining("glob:**file");
  }
}
