package dev.freshet.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Writes a {@code .tar.gz} whose bytes depend only on the names and contents of its files: the
 * entries are sorted, and all have one time and one owner.
 *
 * @param folder the folder in the archive that contains everything
 * @param time the time of all files
 */
record Archive(String folder, Instant time) {
  private static final Set<String> PROGRAMS =
      Set.of(
          "deploy/freshet",
          "deploy/docker/compose/mysql-init.sh",
          "deploy/docker/compose/postgres-init.sh",
          "deploy/docker/make-secrets");
  private static final int PROGRAM_MODE = 0100755;
  private static final int FILE_MODE = 0100644;

  /** Almost all bytes are jars, which a higher level makes no smaller. */
  private static final int LEVEL = 1;

  /**
   * Writes the archive.
   *
   * @param files the contents by path
   */
  void write(Map<String, Content> files, Path archive) throws IOException {
    SortedMap<String, Content> sorted = new TreeMap<>(files);
    GzipParameters gzip = new GzipParameters();
    gzip.setCompressionLevel(LEVEL);
    gzip.setModificationInstant(time);
    try (OutputStream out = Files.newOutputStream(archive);
        GzipCompressorOutputStream zipped = new GzipCompressorOutputStream(out, gzip);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(zipped, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, Content> file : sorted.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(folder + "/" + file.getKey());
        entry.setModTime(time.toEpochMilli());
        entry.setMode(PROGRAMS.contains(file.getKey()) ? PROGRAM_MODE : FILE_MODE);
        entry.setIds(0, 0);
        entry.setNames("root", "root");
        entry.setSize(file.getValue().size());
        tar.putArchiveEntry(entry);
        try (InputStream in = file.getValue().open()) {
          in.transferTo(tar);
        }
        tar.closeArchiveEntry();
      }
    }
  }
}
