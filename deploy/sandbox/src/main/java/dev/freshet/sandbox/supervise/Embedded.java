package dev.freshet.sandbox.supervise;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Layout;
import dev.freshet.cli.Secrets;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Writes the configuration of the embedded servers: a {@code freshet.yaml} in the home folder, with
 * its secrets in separate files.
 */
final class Embedded {
  private final Layout layout;
  private final Map<String, Map<String, String>> sections = new LinkedHashMap<>();

  Embedded(Layout layout) {
    this.layout = layout;
  }

  Embedded with(String section, String key, Object value) {
    return put(section, key, quoted(value));
  }

  private Embedded put(String section, String key, String yaml) {
    sections.computeIfAbsent(section, name -> new LinkedHashMap<>()).put(key, yaml);
    return this;
  }

  private static String quoted(Object value) {
    return "'" + value.toString().replace("'", "''") + "'";
  }

  /**
   * Sets the properties of a section.
   *
   * @param secrets properties whose values are in files, by name
   */
  Embedded properties(String section, Map<String, String> plain, Map<String, Path> secrets) {
    List<String> entries = new ArrayList<>();
    plain.forEach((name, value) -> entries.add(name + ": " + quoted(value)));
    secrets.forEach((name, file) -> entries.add(name + ": {file: " + quoted(file) + "}"));
    return put(section, "properties", "{" + String.join(", ", entries) + "}");
  }

  /** Writes a secret to a file, and returns the file. */
  Path secret(String name, String value) {
    Path file = layout.secrets().resolve(name);
    Secrets.write(file, value);
    return file;
  }

  /** Writes a secret to a file, and sets the key to the file's name. */
  Embedded secret(String section, String key, String name, String value) {
    return with(section, key, secret(name, value));
  }

  /** Writes the configuration file, and reads it like every command does. */
  Config write() {
    StringBuilder text = new StringBuilder();
    sections.forEach(
        (section, keys) -> {
          text.append(section).append(":\n");
          keys.forEach(
              (key, value) ->
                  text.append("  ").append(key).append(": ").append(value).append('\n'));
        });
    Secrets.write(layout.configuration(), text.toString());
    return ConfigReader.read(layout.configuration(), Map.of());
  }

  /**
   * Returns the newest complete checkpoint of a job; empty if there is none. A checkpoint is
   * complete when its metadata is written.
   *
   * @param checkpoints the cluster's folder of checkpoints
   * @param job the job's id in Flink
   */
  static Optional<String> newestCheckpoint(Path checkpoints, String job) {
    Path folder = checkpoints.resolve(job);
    if (job.isEmpty() || !Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files
          .filter(file -> file.endsWith("_metadata"))
          .max(Comparator.comparing(Embedded::written))
          .map(file -> file.getParent().toUri().toString());
    } catch (IOException | UncheckedIOException e) {
      throw new Failure("Checkpoints: " + folder + " cannot be read (" + e.getMessage() + ")", e);
    }
  }

  private static FileTime written(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      // Flink has deleted this older checkpoint meanwhile.
      return FileTime.fromMillis(0);
    }
  }
}
