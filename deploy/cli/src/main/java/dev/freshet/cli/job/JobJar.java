package dev.freshet.cli.job;

import dev.freshet.cli.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** How a cluster gets the job's jar: with each job, or once through a folder that it shares. */
final class JobJar {
  private static final String MAIN = "dev.freshet.flow.FreshetJob";

  private JobJar() {}

  /**
   * Returns the arguments of {@code flink run} that name the jar and its main class.
   *
   * @param jar the job's jar
   * @param shared the folder that the cluster shares; empty if the jar is sent
   * @param own a folder for files of this submission
   * @throws Failure if the folder cannot be written
   */
  static List<String> arguments(Path jar, Optional<Path> shared, Path own) {
    if (shared.isEmpty()) {
      return List.of("-c", MAIN, jar.toString());
    }
    try {
      Path copy = copy(jar, shared.get());
      // Flink always sends the jar that it runs: an empty one. The classes are in the copy.
      Path sent = Files.createDirectories(own).resolve("empty.jar");
      Manifest manifest = new Manifest();
      manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
      new JarOutputStream(Files.newOutputStream(sent), manifest).close();
      return List.of("-C", copy.toUri().toString(), "-c", MAIN, sent.toString());
    } catch (IOException e) {
      throw new Failure(
          "flink.jar-folder: the job's jar cannot be copied to %s (%s); check the folder and its rights, or leave the setting out"
              .formatted(shared.get(), e),
          e);
    }
  }

  /**
   * Copies the jar unless it is there. Each build has a name of its own, because jobs may still run
   * from an earlier one.
   */
  private static Path copy(Path jar, Path folder) throws IOException {
    Path copy =
        folder.resolve(
            "freshet-job-%x-%x.jar"
                .formatted(Files.getLastModifiedTime(jar).toMillis(), Files.size(jar)));
    if (!Files.exists(copy)) {
      Files.createDirectories(folder);
      Path unfinished = Files.createTempFile(folder, "freshet-job", ".unfinished");
      Files.copy(jar, unfinished, StandardCopyOption.REPLACE_EXISTING);
      Files.move(unfinished, copy, StandardCopyOption.ATOMIC_MOVE);
    }
    return copy;
  }
}
