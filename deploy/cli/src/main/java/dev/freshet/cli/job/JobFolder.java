package dev.freshet.cli.job;

import dev.freshet.cli.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A folder of one submission for Flink's client, for its owner only: {@code flink.properties} may
 * hold secrets. It is removed on close.
 */
final class JobFolder implements AutoCloseable {
  private final Path folder;

  JobFolder() {
    try {
      folder = Files.createTempDirectory("freshet-submit");
    } catch (IOException e) {
      throw new Failure("Temporary folder cannot be made (" + e.getMessage() + ")", e);
    }
  }

  Path client() {
    return folder.resolve("client");
  }

  /** All that the client printed. */
  String printed() {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(client().resolve("log"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".out")).sorted().toList()) {
        text.append(Files.readString(file));
      }
    } catch (IOException e) {
      // Then the message of the failure itself has to do.
      return "";
    }
    return text.toString();
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println(
          "Folder %s, which may hold secrets, is left behind (%s); remove it".formatted(folder, e));
    }
  }
}
