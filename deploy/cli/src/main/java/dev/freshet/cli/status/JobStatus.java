package dev.freshet.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.freshet.cli.job.FlinkApi;
import java.time.Instant;
import java.util.Optional;

/** Reads the status of a job from Flink. */
final class JobStatus {
  private static final String ROWS = "capture.numRecordsIn";

  private final FlinkApi flink;
  private final FlinkApi.Listed job;

  JobStatus(FlinkApi flink, FlinkApi.Listed job) {
    this.flink = flink;
    this.job = job;
  }

  Status.JobState state() {
    int parallelism = 0;
    for (JsonNode vertex : vertices()) {
      parallelism = Math.max(parallelism, vertex.path("parallelism").asInt());
    }
    return new Status.JobState(
        job.name(),
        job.id(),
        job.state(),
        job.start(),
        parallelism,
        metric("numRestarts"),
        flink
            .lastFailure(job.id())
            .map(
                failure ->
                    new Status.JobFailure(
                        Instant.ofEpochMilli(failure.at()).toString(), failure.cause())));
  }

  /** Returns the newest complete checkpoint; empty before the first. */
  Optional<Status.Checkpoint> checkpoint() {
    JsonNode all =
        flink
            .find("/jobs/" + job.id() + "/checkpoints")
            .orElseGet(com.fasterxml.jackson.databind.node.MissingNode::getInstance);
    JsonNode newest = all.path("latest").path("completed");
    if (!newest.isObject()) {
      return Optional.empty();
    }
    return Optional.of(
        new Status.Checkpoint(
            all.path("counts").path("completed").asLong(),
            all.path("counts").path("failed").asLong(),
            System.currentTimeMillis() - newest.path("latest_ack_timestamp").asLong(),
            newest.path("state_size").asLong(),
            newest.path("end_to_end_duration").asLong(),
            newest.path("external_path").asText()));
  }

  /** Returns the number of rows that capture has received since the job's last start. */
  long rowsRead() {
    for (JsonNode vertex : vertices()) {
      if (vertex.path("name").asText().contains("capture")) {
        String path =
            "/jobs/%s/vertices/%s/subtasks/metrics?get=%s"
                .formatted(job.id(), vertex.path("id").asText(), ROWS);
        return flink.find(path).map(found -> found.path(0).path("sum").asLong()).orElse(0L);
      }
    }
    return 0;
  }

  /**
   * Returns RocksDB's metrics; empty if RocksDB is not used, or if there are no metrics yet. The
   * job manager fetches metrics from the task managers on a request, at most every ten seconds, and
   * answers immediately with the previous values. Therefore {@link #state} should be called some
   * time before.
   */
  Optional<Status.RocksDb> rocksDb() {
    RocksDbMetrics metrics = new RocksDbMetrics(flink, job.id());
    int slots = 0;
    for (JsonNode vertex : vertices()) {
      metrics.add(vertex.path("id").asText());
      slots = Math.max(slots, vertex.path("parallelism").asInt());
    }
    return metrics.read(slots);
  }

  /**
   * Returns how long the source's tasks have been running, in milliseconds; 0 if they do not run.
   */
  long runningMillis() {
    for (JsonNode vertex : vertices()) {
      if (vertex.path("name").asText().contains("capture")) {
        return Math.max(0, vertex.path("duration").asLong());
      }
    }
    return 0;
  }

  private JsonNode vertices() {
    return flink
        .find("/jobs/" + job.id())
        .map(found -> found.path("vertices"))
        .orElseGet(com.fasterxml.jackson.databind.node.MissingNode::getInstance);
  }

  private long metric(String name) {
    return flink
        .find("/jobs/" + job.id() + "/metrics?get=" + name)
        .map(found -> found.path(0).path("value").asLong())
        .orElse(0L);
  }
}
