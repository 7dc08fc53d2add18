package dev.freshet.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A secret, and where it stands, for those who read it again when it changes.
 *
 * @param subject where the setting was found, for messages; such as {@code freshet.yaml line 3:
 *     reader.token-file}
 * @param file empty when it came from the environment
 * @param content as it was when the configuration was read
 */
public record SecretFile(String subject, Optional<Path> file, Secret content) {
  public SecretFile {
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(content, "content");
  }
}
