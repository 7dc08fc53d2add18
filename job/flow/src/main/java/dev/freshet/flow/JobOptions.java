package dev.freshet.flow;

import dev.freshet.config.BadConfig;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.config.Extra;
import dev.freshet.config.Secret;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.node.Probe;
import dev.freshet.flow.write.StoreOptions;
import dev.freshet.telemetry.TelemetryOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The options of a job.
 *
 * @param name the job's name, which identifies its progress in the store
 * @param views the folder of the declared views
 * @param parallelism the parallelism of nodes and writers
 * @param maxParallelism the number of key groups; fixed for the life of the job's state
 * @param checkpointInterval the checkpoint interval in milliseconds
 * @param kafka the topics of retries, invalidations and requests; empty for a job without streams
 * @param handling the handling of rows
 * @param telemetry where spans of flushes go
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
    Handling handling,
    TelemetryOptions telemetry) {
  /** Creates the options of a job that exports no telemetry. */
  public JobOptions(
      String name,
      Path views,
      int parallelism,
      int maxParallelism,
      long checkpointInterval,
      SourceOptions source,
      StoreOptions store,
      Optional<KafkaOptions> kafka,
      Handling handling) {
    this(
        name,
        views,
        parallelism,
        maxParallelism,
        checkpointInterval,
        source,
        store,
        kafka,
        handling,
        TelemetryOptions.NONE);
  }

  /**
   * Reads {@code freshet.yaml} and the environment variables that override it.
   *
   * @throws Refused with all problems at once
   */
  public static JobOptions read(Path file, Map<String, String> environment) {
    Config.ForJob config;
    try {
      config = ConfigReader.forJob(file, environment);
    } catch (BadConfig e) {
      throw new Refused(e.problems());
    }
    Config.Job job = config.job();
    return new JobOptions(
        job.name(),
        config.views(),
        job.parallelism(),
        job.maxParallelism(),
        job.checkpointIntervalMs(),
        source(config.source(), job),
        store(config.store(), job),
        kafka(config.kafka(), job),
        new Handling(job.maxValueBytes(), Probe.NONE),
        config
            .telemetry()
            .map(to -> new TelemetryOptions(to.endpoint(), to.sample()))
            .orElse(TelemetryOptions.NONE));
  }

  private static SourceOptions source(Config.Source source, Config.Job job) {
    return SourceOptions.of(
            source.host(),
            source.port(),
            source.account().user(),
            secret(source.account().password(), job),
            source.database(),
            job.serverId(),
            job.chunkSize())
        .withProperties(properties(source.properties(), job));
  }

  private static StoreOptions store(Config.Store store, Config.Job job) {
    return new StoreOptions(
        store.host(),
        store.port(),
        store.database(),
        store.account().user(),
        secret(store.account().password(), job),
        store.schema(),
        properties(store.properties(), job));
  }

  private static Optional<KafkaOptions> kafka(Config.Kafka kafka, Config.Job job) {
    return kafka
        .bootstrap()
        .map(
            bootstrap ->
                new KafkaOptions(
                    bootstrap, kafka.topicPrefix(), properties(kafka.properties(), job)));
  }

  private static JobSecret secret(Secret secret, Config.Job job) {
    return job.secretsInFiles()
        ? JobSecret.inFile(secret.reveal(), secret.file().orElseThrow())
        : JobSecret.of(secret.reveal());
  }

  private static JobProperties properties(Extra extra, Config.Job job) {
    Map<String, JobSecret> entries = new TreeMap<>();
    extra
        .values()
        .forEach(
            (name, value) -> {
              Path file = job.secretsInFiles() ? extra.files().get(name) : null;
              entries.put(name, file == null ? JobSecret.of(value) : JobSecret.inFile(value, file));
            });
    return new JobProperties(entries);
  }

  /** Returns a copy with another handling of rows. */
  public JobOptions with(Handling other) {
    return new JobOptions(
        name,
        views,
        parallelism,
        maxParallelism,
        checkpointInterval,
        source,
        store,
        kafka,
        other,
        telemetry);
  }
}
