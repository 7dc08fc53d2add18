package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsKeysTest {
  private static final String PASSWORD = "hush-hush-hush";

  @TempDir private Path folder;

  @Test
  void aNewStoreIsItsOwnersAloneAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("keys.p12");

    TlsKeys keys = TlsKeys.make(file, PASSWORD);

    assertThat(keys.context()).isNotNull();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(keys.toString()).doesNotContain(PASSWORD);
  }

  @Test
  void aStoreThatExistsIsKept() throws IOException {
    Path file = folder.resolve("keys.p12");
    TlsKeys.make(file, PASSWORD);
    byte[] before = Files.readAllBytes(file);

    TlsKeys.make(file, PASSWORD);

    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void anotherPasswordIsRefused() {
    Path file = folder.resolve("keys.p12");
    TlsKeys.make(file, PASSWORD);

    assertThatThrownBy(() -> new TlsKeys(file, "another-one").context())
        .isInstanceOf(ServerException.class)
        .hasMessageStartingWith("Key store " + file + " cannot be read (")
        .hasMessageEndingWith("check the file and its password");
  }
}
