package dev.freshet.cli.job;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Secrets;
import dev.freshet.config.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A temporary folder for Flink's client, readable only by its owner, because it contains secrets:
 * of {@code flink.properties}, and those that the job's program reads. {@link #close} deletes it.
 */
final class JobFolder implements AutoCloseable {
  private final Path folder;

  JobFolder() {
    try {
      folder = Files.createTempDirectory("freshet-submit");
    } catch (IOException e) {
      throw new Failure("Temporary folder cannot be created (" + e.getMessage() + ")", e);
    }
  }

  Path client() {
    return folder.resolve("client");
  }

  /** Writes a secret to a file of this folder, and returns the file. */
  Path writeSecret(String name, Secret secret) {
    Path file = folder.resolve(name);
    Secrets.write(file, secret.reveal());
    return file;
  }

  /** Returns everything that the client printed. */
  String printed() {
    StringBuilder text = new StringBuilder();
    try (Stream<Path> files = Files.list(client().resolve("log"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".out")).sorted().toList()) {
        text.append(Files.readString(file));
      }
    } catch (IOException e) {
      // The caller then uses the message of the failure.
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
