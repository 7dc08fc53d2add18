package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadTest {
  private static final String SHA256_OF_A_LETTER =
      "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";
  private static final Download DOWNLOAD = new Download("a/b.tar.gz", SHA256_OF_A_LETTER);

  @ParameterizedTest
  @CsvSource({
    "https://repo.example/maven2, https://repo.example/maven2/a/b.tar.gz",
    "' http://repo.example:8081/// ', http://repo.example:8081/a/b.tar.gz",
    "file:///srv/maven, file:///srv/maven/a/b.tar.gz"
  })
  void theFileIsInTheRepository(String repository, String file) {
    assertThat(DOWNLOAD.source(repository)).hasToString(file);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"repo.example/maven2", "localhost:8081/maven2", "/srv/maven", "ftp://repo"})
  void aRepositoryWithoutAKnownSchemeIsRefused(String repository) {
    assertThatThrownBy(() -> DOWNLOAD.source(repository))
        .isInstanceOf(ServerException.class)
        .hasMessage(
            "FRESHET_MAVEN_URL is '%s', which does not begin with https://, http:// or file:///; set it to the URL of a Maven repository",
            repository);
  }

  @Test
  void aRepositoryThatIsNoUrlIsRefused() {
    assertThatThrownBy(() -> DOWNLOAD.source("https://repo example"))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("FRESHET_MAVEN_URL is 'https://repo example', which is no URL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"https://ann:hush@repo.example/maven2", "ann:hush@repo.example", "https://hush@h"})
  void aPasswordIsRefusedAndNotShown(String repository) {
    assertThatThrownBy(() -> DOWNLOAD.source(repository))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining("FRESHET_MAVEN_URL has a user or a password")
        .hasMessageNotContaining("hush");
  }

  @Test
  void aFileWithAnotherContentIsRefused(@TempDir Path folder) throws Exception {
    Files.createDirectories(folder.resolve("a"));
    Path target = folder.resolve("downloaded");
    Files.writeString(folder.resolve("a/b.tar.gz"), "a");
    DOWNLOAD.to(DOWNLOAD.source(folder.toUri().toString()), target);
    assertThat(target).hasContent("a");

    Files.writeString(folder.resolve("a/b.tar.gz"), "b");
    assertThatThrownBy(() -> DOWNLOAD.to(DOWNLOAD.source(folder.toUri().toString()), target))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(SHA256_OF_A_LETTER);
  }
}
