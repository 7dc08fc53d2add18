package dev.freshet.cli.job;

import dev.freshet.cli.Failure;
import dev.freshet.cli.Secrets;
import dev.freshet.config.Config;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * A folder for one submission, for its owner only: the job's options with their secrets, and what
 * Flink's client writes. It is removed on close.
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

  /** Writes the options that the job's own program reads. */
  Path options(Config config, int parallelism) {
    Properties options = new Properties();
    Config.Source source = config.source();
    options.setProperty("source.host", source.host());
    options.setProperty("source.port", String.valueOf(source.port()));
    options.setProperty("source.user", source.account().user());
    options.setProperty("source.password-file", secret("source", source.account()));
    options.setProperty("source.database", source.database());
    options.setProperty("source.server-id", String.valueOf(config.job().serverId()));
    options.setProperty("source.chunk-size", String.valueOf(config.job().chunkSize()));
    source
        .properties()
        .values()
        .forEach((name, value) -> options.setProperty("source.properties." + name, value));
    Config.Store store = config.store();
    options.setProperty("store.host", store.host());
    options.setProperty("store.port", String.valueOf(store.port()));
    options.setProperty("store.database", store.database());
    options.setProperty("store.user", store.account().user());
    options.setProperty("store.password-file", secret("store", store.account()));
    options.setProperty("store.schema", store.schema());
    store
        .properties()
        .values()
        .forEach((name, value) -> options.setProperty("store.properties." + name, value));
    Config.Kafka kafka = config.kafka();
    options.setProperty("kafka.bootstrap", kafka.bootstrap().orElse(""));
    options.setProperty("kafka.topic-prefix", kafka.topicPrefix());
    kafka
        .properties()
        .values()
        .forEach((name, value) -> options.setProperty("kafka.properties." + name, value));
    options.setProperty("views.dir", config.views().toString());
    Config.Job job = config.job();
    options.setProperty("job.name", job.name());
    options.setProperty("job.parallelism", String.valueOf(parallelism));
    options.setProperty("job.max-parallelism", String.valueOf(job.maxParallelism()));
    options.setProperty("job.checkpoint-interval-ms", String.valueOf(job.checkpointIntervalMs()));
    options.setProperty("job.max-value-bytes", String.valueOf(job.maxValueBytes()));
    StringWriter text = new StringWriter();
    try {
      options.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Path file = folder.resolve("job.properties");
    Secrets.write(file, text.toString());
    return file;
  }

  private String secret(String name, Config.Account account) {
    Path file = folder.resolve(name);
    Secrets.write(file, account.password().reveal());
    return file.toString();
  }

  @Override
  public void close() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println(
          "Folder " + folder + " with secrets is left behind (" + e + "); remove it");
    }
  }
}
