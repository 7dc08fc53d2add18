package dev.freshet.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarReaderTest {
  @TempDir private Path target;

  private final ByteArrayOutputStream archive = new ByteArrayOutputStream();

  @Test
  void unpacksFoldersFilesAndLinks() throws IOException {
    entry("bin/", '5', "", "0000755", "");
    entry("bin/run", '0', "", "0000755", "#!/bin/sh\n");
    entry("bin/read", '0', "", "0000644", "x".repeat(1024));
    entry("lib/link", '2', "../bin/run", "0000777", "");
    unpack();
    assertThat(target.resolve("bin/run")).isExecutable().hasContent("#!/bin/sh\n");
    assertThat(target.resolve("bin/read")).hasSize(1024);
    assertThat(Files.isExecutable(target.resolve("bin/read"))).isFalse();
    assertThat(target.resolve("lib/link")).isSymbolicLink().hasContent("#!/bin/sh\n");
  }

  @Test
  void refusesANameThatLeadsOutOfTheTarget() throws IOException {
    entry("../evil", '0', "", "0000644", "x");
    assertThatThrownBy(this::unpack)
        .isInstanceOf(IOException.class)
        .hasMessage("entry ../evil leads out of " + target);
  }

  @Test
  void refusesUnknownKindsOfEntries() throws IOException {
    entry("dev/null", '3', "", "0000644", "");
    assertThatThrownBy(this::unpack)
        .isInstanceOf(IOException.class)
        .hasMessage("entry dev/null is of unknown kind 3");
  }

  @Test
  void detectsATruncatedArchive() throws IOException {
    entry("file", '0', "", "0000644", "x".repeat(600));
    byte[] whole = archive.toByteArray();
    archive.reset();
    archive.write(whole, 0, 700);
    assertThatThrownBy(this::unpack).isInstanceOf(EOFException.class);
  }

  private void unpack() throws IOException {
    new TarReader(new ByteArrayInputStream(archive.toByteArray())).unpack(target);
  }

  private void entry(String name, char kind, String link, String mode, String content)
      throws IOException {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, mode);
    put(header, 124, "%011o".formatted(bytes.length));
    header[156] = (byte) kind;
    put(header, 157, link);
    archive.write(header);
    archive.write(bytes);
    archive.write(new byte[(512 - bytes.length % 512) % 512]);
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }
}
