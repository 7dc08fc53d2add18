package dev.freshet.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchiveTest {
  private static final Archive ARCHIVE =
      new Archive("freshet-1", Instant.parse("2026-01-31T12:00:00Z"));

  @TempDir private Path folder;

  @Test
  void theSameFilesGiveTheSameBytes() throws IOException {
    Path launcher = Files.writeString(folder.resolve("launcher"), "#!/bin/sh");
    Map<String, Content> files = new LinkedHashMap<>();
    files.put("lib/b.classpath", new Content.Text("x.jar"));
    files.put("deploy/freshet", new Content.Copy(launcher));
    Path first = folder.resolve("1.tar.gz");
    ARCHIVE.write(files, first);

    Map<String, Content> turned = new LinkedHashMap<>();
    turned.put("deploy/freshet", new Content.Copy(launcher));
    turned.put("lib/b.classpath", new Content.Text("x.jar"));
    Files.setLastModifiedTime(launcher, FileTime.fromMillis(0));
    Path second = folder.resolve("2.tar.gz");
    ARCHIVE.write(turned, second);

    assertThat(second).hasSameBinaryContentAs(first);
    assertThat(Sha256.of(second)).hasSize(64).isEqualTo(Sha256.of(first));
  }

  @Test
  void entriesAreSortedAndOnlyTheLauncherIsAProgram() throws IOException {
    Path file = folder.resolve("1.tar.gz");
    ARCHIVE.write(
        Map.of(
            "sql/a.sql", new Content.Text("SELECT 1"),
            "LICENSE", new Content.Text("free"),
            "deploy/freshet", new Content.Text("#!/bin/sh")),
        file);

    List<TarArchiveEntry> entries = new ArrayList<>();
    try (InputStream in = Files.newInputStream(file);
        TarArchiveInputStream tar =
            new TarArchiveInputStream(new GzipCompressorInputStream(in), "UTF-8")) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        entries.add(entry);
      }
    }
    assertThat(entries)
        .extracting(TarArchiveEntry::getName)
        .containsExactly("freshet-1/LICENSE", "freshet-1/deploy/freshet", "freshet-1/sql/a.sql");
    assertThat(entries).extracting(entry -> entry.getMode() & 0111).containsExactly(0, 0111, 0);
    assertThat(entries)
        .allSatisfy(
            entry -> assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(ARCHIVE.time()));
  }
}
