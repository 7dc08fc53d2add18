package dev.freshet.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * A secret with its file, so that it can be read again when the file changes.
 *
 * @param subject where the setting was found, for messages; such as {@code freshet.yaml line 3:
 *     reader.token-file}
 * @param file the file; empty if the secret came from the environment
 * @param content the secret when the configuration was read
 */
public record SecretFile(String subject, Optional<Path> file, Secret content) {
  public SecretFile {
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(file, "file");
    Objects.requireNonNull(content, "content");
  }
}
