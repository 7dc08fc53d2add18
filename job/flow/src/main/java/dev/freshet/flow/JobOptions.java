package dev.freshet.flow;

import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.node.Probe;
import dev.freshet.flow.write.StoreOptions;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The options of a job, read from a properties file. Passwords stand in files of their own, named
 * here.
 *
 * @param name the job's name; its progress in the store is known by it
 * @param views the folder of the declared views
 * @param parallelism of nodes and writers
 * @param maxParallelism the number of key groups; fixed for the life of the job's state
 * @param checkpointInterval milliseconds
 * @param kafka where retries, invalidations and requests go; empty when nowhere
 * @param handling what is taken of rows
 */
public record JobOptions(
    String name,
    Path views,
    int parallelism,
    int maxParallelism,
    long checkpointInterval,
    SourceOptions source,
    StoreOptions store,
    Optional<KafkaOptions> kafka,
    Handling handling) {

  /**
   * Reads the file.
   *
   * @throws Refused with all problems at once
   */
  public static JobOptions read(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException e) {
      throw new Refused(
          "Options file "
              + file
              + ": cannot be read ("
              + e.getMessage()
              + "); name it with"
              + " --options",
          e);
    }
    Fields fields = new Fields(file, properties);
    SourceFields source = SourceFields.read(fields);
    String storeHost = fields.text("store.host", "127.0.0.1");
    int storePort = fields.number("store.port", 5432, 1, 65535);
    String storeDatabase = fields.text("store.database", null);
    String storeUser = fields.text("store.user", null);
    String storePassword = fields.secret("store.password-file");
    String schema = fields.text("store.schema", "freshet");
    Map<String, String> storeProperties = fields.map("store.properties.");
    Optional<KafkaOptions> kafka = kafka(fields);
    String name = fields.text("job.name", "freshet");
    String views = fields.text("views.dir", "sql/views");
    int parallelism = fields.number("job.parallelism", 1, 1, 32768);
    int maxParallelism = fields.number("job.max-parallelism", 128, 1, 32768);
    int checkpoints = fields.number("job.checkpoint-interval-ms", 10_000, 100, 86_400_000);
    int mostValueBytes =
        fields.number("job.max-value-bytes", Handling.MOST_VALUE_BYTES, 1, 1 << 28);
    if (parallelism > maxParallelism) {
      fields.problems.add(
          fields.line(
              "job.parallelism",
              parallelism + " is above job.max-parallelism " + maxParallelism + "; lower it"));
    }
    if (!Files.isDirectory(file.resolveSibling(views))) {
      fields.problems.add(
          fields.line("views.dir", "'" + views + "' is no folder; name the folder of the views"));
    }
    fields.finish();
    return new JobOptions(
        name,
        file.resolveSibling(views),
        parallelism,
        maxParallelism,
        checkpoints,
        source.options(),
        new StoreOptions(
            storeHost, storePort, storeDatabase, storeUser, storePassword, schema, storeProperties),
        kafka,
        new Handling(mostValueBytes, Probe.NONE));
  }

  /** The same with rows handled otherwise. */
  public JobOptions with(Handling other) {
    return new JobOptions(
        name, views, parallelism, maxParallelism, checkpointInterval, source, store, kafka, other);
  }

  private static Optional<KafkaOptions> kafka(Fields fields) {
    String bootstrap = fields.optional("kafka.bootstrap", "127.0.0.1:9092");
    String prefix = fields.text("kafka.topic-prefix", "freshet");
    Map<String, String> properties = fields.map("kafka.properties.");
    return bootstrap.isEmpty()
        ? Optional.empty()
        : Optional.of(new KafkaOptions(bootstrap, prefix, properties));
  }

  private record SourceFields(
      String host,
      int port,
      String user,
      String password,
      String database,
      int serverId,
      int chunkSize,
      Map<String, String> properties) {
    static SourceFields read(Fields fields) {
      return new SourceFields(
          fields.text("source.host", "127.0.0.1"),
          fields.number("source.port", 3306, 1, 65535),
          fields.text("source.user", null),
          fields.secret("source.password-file"),
          fields.text("source.database", null),
          fields.number("source.server-id", 0, 0, Integer.MAX_VALUE),
          fields.number("source.chunk-size", 50_000, 1, 100_000_000),
          fields.map("source.properties."));
    }

    SourceOptions options() {
      return SourceOptions.of(host, port, user, password, database, serverId)
          .withChunkSize(chunkSize)
          .withProperties(properties);
    }
  }

  /** Takes values out of the file and notes what is wrong with them. */
  private static final class Fields {
    final List<String> problems = new ArrayList<>();
    private final Path file;
    private final Properties properties;
    private final Set<String> known = new TreeSet<>();

    Fields(Path file, Properties properties) {
      this.file = file;
      this.properties = properties;
    }

    String line(String key, String problem) {
      return "Option " + key + " (" + file.getFileName() + "): " + problem;
    }

    String text(String key, String fallback) {
      known.add(key);
      String value = properties.getProperty(key, fallback);
      if (value == null || value.isBlank()) {
        problems.add(line(key, "is missing; set it"));
        return "";
      }
      return value.strip();
    }

    /** May be set to nothing. */
    String optional(String key, String fallback) {
      known.add(key);
      return properties.getProperty(key, fallback).strip();
    }

    int number(String key, int fallback, int least, int most) {
      String value = text(key, Integer.toString(fallback));
      try {
        int number = Integer.parseInt(value);
        if (number >= least && number <= most) {
          return number;
        }
      } catch (NumberFormatException e) {
        // Reported below, like a number out of range.
      }
      problems.add(line(key, "'" + value + "' is no number from " + least + " to " + most));
      return fallback;
    }

    String secret(String key) {
      String name = text(key, null);
      if (name.isEmpty()) {
        return "";
      }
      try {
        return Files.readString(file.resolveSibling(name)).strip();
      } catch (IOException e) {
        problems.add(line(key, "'" + name + "' cannot be read; write the password into it"));
        return "";
      }
    }

    /** All that begin with a prefix, without it. */
    Map<String, String> map(String prefix) {
      Map<String, String> values = new TreeMap<>();
      for (String key : properties.stringPropertyNames()) {
        if (key.startsWith(prefix) && key.length() > prefix.length()) {
          known.add(key);
          values.put(key.substring(prefix.length()), properties.getProperty(key));
        }
      }
      return values;
    }

    void finish() {
      for (String key : properties.stringPropertyNames()) {
        if (!known.contains(key)) {
          problems.add(line(key, "is not known; known are " + String.join(", ", known)));
        }
      }
      if (!problems.isEmpty()) {
        throw new Refused(problems);
      }
    }
  }
}
