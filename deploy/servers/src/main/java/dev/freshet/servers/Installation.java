package dev.freshet.servers;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The files that were built: those of a checkout, which lie in the folders of its modules and in
 * the local Maven repository, or those of an unpacked package, which has all of them in {@code
 * lib}.
 *
 * @param root the root of the checkout, or the folder of the package
 */
public record Installation(Path root) {
  /** The system property with the root, which the launcher sets. */
  public static final String ROOT = "freshet.root";

  public Installation {
    root = root.toAbsolutePath().normalize();
  }

  /**
   * Finds the installation: the one that the launcher set, otherwise the checkout around the
   * working directory.
   *
   * @throws ServerException if there is none
   */
  public static Installation find() {
    String named = System.getProperty(ROOT);
    if (named != null) {
      return new Installation(Path.of(named));
    }
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isDirectory(folder.resolve(".mvn"))) {
        return new Installation(folder);
      }
    }
    throw new ServerException(
        start + " is not in a checkout of Freshet; change into one, or use ./deploy/freshet");
  }

  /** Whether this is an unpacked package. */
  public boolean isPackage() {
    return Files.isDirectory(library());
  }

  /** The jar that is submitted to Flink. */
  public Path jobJar() {
    return isPackage()
        ? library().resolve("freshet-job.jar")
        : root.resolve("job/flow/target/freshet-job.jar");
  }

  /**
   * The class path of the reader.
   *
   * @throws ServerException if the reader is not built
   */
  public String readerClassPath() {
    Path folder = isPackage() ? library() : root.resolve("job/reader/target");
    return jar(folder, "freshet-reader-")
        + File.pathSeparator
        + joined(files(folder.resolve("reader.classpath")));
  }

  /**
   * The class path of a server.
   *
   * @param kind {@code kafka}, {@code flink} or {@code sql}
   * @throws ServerException if one of the files does not exist
   */
  String classPath(String kind) {
    return joined(files(recorded(kind)));
  }

  /**
   * The archive of a database server; empty if the package does not contain it.
   *
   * @param prefix how the file's name begins
   */
  Optional<Path> database(String prefix) {
    return files(recorded("databases")).stream()
        .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
        .findFirst();
  }

  /**
   * The archive of a database server that the package does not contain.
   *
   * @param prefix how the file's name begins
   * @throws ServerException if the package does not say where the archive is
   */
  Download download(String prefix) {
    Path list = library().resolve(Download.LIST);
    try {
      return Files.readAllLines(list).stream()
          .map(Download::parse)
          .filter(each -> each.fileName().startsWith(prefix))
          .findFirst()
          .orElseThrow(
              () ->
                  new ServerException(
                      list + " does not list " + prefix + "; unpack or build Freshet again"));
    } catch (IOException e) {
      throw new ServerException(list + " cannot be read; unpack or build Freshet again", e);
    }
  }

  private Path library() {
    return root.resolve("lib");
  }

  private Path recorded(String kind) {
    Path folder =
        isPackage() ? library() : root.resolve("deploy/servers").resolve(kind).resolve("target");
    return folder.resolve(kind + ".classpath");
  }

  private static Path jar(Path folder, String prefix) {
    List<Path> jars = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, prefix + "*.jar")) {
      files.forEach(jars::add);
    } catch (IOException e) {
      throw new ServerException(folder + " cannot be read; " + remedy(), e);
    }
    if (jars.size() != 1) {
      throw new ServerException(
          "%s has %d files %s*.jar instead of one; %s"
              .formatted(folder, jars.size(), prefix, remedy()));
    }
    return jars.get(0);
  }

  /** Reads a class path. Relative entries are relative to the folder of the list. */
  private static List<Path> files(Path list) {
    String text;
    try {
      text = Files.readString(list).strip();
    } catch (IOException e) {
      throw new ServerException("Build: " + list + " is missing; " + remedy(), e);
    }
    List<Path> files =
        Arrays.stream(text.split(File.pathSeparator)).map(list::resolveSibling).toList();
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        throw new ServerException(
            "File " + file + ", which " + list + " names, cannot be read; " + remedy());
      }
    }
    return files;
  }

  private static String joined(List<Path> files) {
    return String.join(File.pathSeparator, files.stream().map(Path::toString).toList());
  }

  private static String remedy() {
    return "run mvn package -DskipTests, or unpack the package again";
  }
}
