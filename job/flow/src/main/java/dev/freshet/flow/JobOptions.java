package dev.freshet.flow;

import dev.freshet.config.BadConfig;
import dev.freshet.config.Config;
import dev.freshet.config.ConfigReader;
import dev.freshet.flow.capture.source.SourceOptions;
import dev.freshet.flow.node.Probe;
import dev.freshet.flow.write.StoreOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

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
        store(config.store()),
        kafka(config.kafka()),
        new Handling(job.maxValueBytes(), Probe.NONE));
  }

  private static SourceOptions source(Config.Source source, Config.Job job) {
    return SourceOptions.of(
            source.host(),
            source.port(),
            source.account().user(),
            source.account().password().reveal(),
            source.database(),
            job.serverId(),
            job.chunkSize())
        .withProperties(source.properties().values());
  }

  private static StoreOptions store(Config.Store store) {
    return new StoreOptions(
        store.host(),
        store.port(),
        store.database(),
        store.account().user(),
        store.account().password().reveal(),
        store.schema(),
        store.properties().values());
  }

  private static Optional<KafkaOptions> kafka(Config.Kafka kafka) {
    return kafka
        .bootstrap()
        .map(
            bootstrap ->
                new KafkaOptions(bootstrap, kafka.topicPrefix(), kafka.properties().values()));
  }

  /** Returns a copy with another handling of rows. */
  public JobOptions with(Handling other) {
    return new JobOptions(
        name, views, parallelism, maxParallelism, checkpointInterval, source, store, kafka, other);
  }
}
