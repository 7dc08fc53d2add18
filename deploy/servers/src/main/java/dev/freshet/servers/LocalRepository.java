package dev.freshet.servers;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Finds the files of the local Maven repository that the build of this module recorded, so that
 * servers run without Maven.
 */
final class LocalRepository {
  private LocalRepository() {}

  /**
   * The recorded files of one kind.
   *
   * @param kind {@code databases}, {@code kafka}, {@code flink} or {@code sql}
   * @throws ServerException if one of the files no longer exists
   */
  static List<Path> files(String kind) {
    List<Path> files =
        Arrays.stream(read(kind + ".classpath").trim().split(File.pathSeparator))
            .map(Path::of)
            .toList();
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        throw new ServerException(
            "File "
                + file
                + " of "
                + kind
                + " cannot be read; build again: mvn package -DskipTests");
      }
    }
    return files;
  }

  /** The recorded files of one kind as a class path. */
  static String classPath(String kind) {
    return String.join(File.pathSeparator, files(kind).stream().map(Path::toString).toList());
  }

  /** The recorded database distribution whose file name has a prefix. */
  static Path database(String prefix) {
    return files("databases").stream()
        .filter(file -> String.valueOf(file.getFileName()).startsWith(prefix))
        .findFirst()
        .orElseThrow(
            () ->
                new ServerException(
                    "No distribution " + prefix + " was recorded for this platform; build again"));
  }

  private static String read(String resource) {
    try (InputStream in = LocalRepository.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new ServerException(
            "Resource "
                + resource
                + " was not recorded; build from the root: mvn package -DskipTests");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
