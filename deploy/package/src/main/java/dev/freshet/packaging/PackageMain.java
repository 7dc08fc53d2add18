package dev.freshet.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/**
 * Writes the package and, beside it, its SHA-256 in the form of {@code sha256sum}.
 *
 * <p>The package has the command line, the job, the reader, the clients, Flink, Kafka and Postgres,
 * and the files for operators. It names MySQL's archive and does not contain it, because it is
 * larger than all the rest; the command line downloads it when it first starts a MySQL.
 */
public final class PackageMain {
  private PackageMain() {}

  /**
   * Writes the package.
   *
   * @param args the root of the checkout, the version, the time of all files, the local Maven
   *     repository, and the folder to write to
   */
  public static void main(String[] args) throws IOException {
    Path root = Path.of(args[0]).toRealPath();
    String name = "freshet-" + args[1];
    Instant time = Instant.parse(args[2]);
    PackageContent content = PackageContent.of(root, Path.of(args[3]).toRealPath());
    Path folder = Files.createDirectories(Path.of(args[4]));
    Path archive = folder.resolve(name + ".tar.gz");
    new Archive(name, time).write(content.entries(), archive);
    Files.writeString(
        folder.resolve(name + ".tar.gz.sha256"),
        Sha256.of(archive) + "  " + archive.getFileName() + "\n");
  }
}
