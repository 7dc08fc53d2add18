package dev.freshet.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A secret, and where it stands, for those who read it again when it changes.
 *
 * @param file empty when it came from the environment
 */
public record SecretFile(Optional<Path> file, Secret content) {
  public SecretFile {
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(content, "content");
  }
}
