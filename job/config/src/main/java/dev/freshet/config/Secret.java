package dev.freshet.config;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/** A text that {@link #toString} does not show. Secrets with the same text are equal. */
public final class Secret {
  private final String text;
  private final Path file;

  public Secret(String text) {
    this(text, null);
  }

  /**
   * Creates a secret that was read from a file.
   *
   * @param file the file; null if the secret came from elsewhere
   */
  Secret(String text, Path file) {
    this.text = Objects.requireNonNull(text, "text");
    this.file = file;
  }

  /** Returns the file from which the secret was read; empty if it came from the environment. */
  public Optional<Path> file() {
    return Optional.ofNullable(file);
  }

  /** Returns the text itself. */
  public String reveal() {
    return text;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && text.equals(secret.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return "(secret)";
  }
}
