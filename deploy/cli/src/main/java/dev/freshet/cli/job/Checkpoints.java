package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds the savepoints and checkpoints from which a job can be resumed. */
final class Checkpoints {
  /**
   * A savepoint or checkpoint.
   *
   * @param path its path on the cluster
   * @param at when it was started, in milliseconds since the epoch
   */
  record Snapshot(String path, long at) {}

  private Checkpoints() {}

  /**
   * Returns the newest known one: of those that Flink lists for jobs of this name, the last
   * savepoint taken on this machine, and the one that the last job was started from, which counts
   * with the job's start time.
   */
  static Optional<Snapshot> newest(FlinkApi flink, String job, JobRecord record) {
    List<Snapshot> snapshots = new ArrayList<>();
    for (FlinkApi.Listed listed : flink.jobs(job)) {
      snapshots.addAll(of(flink, listed.id()));
    }
    if (!record.savepoint().isEmpty()) {
      snapshots.add(new Snapshot(record.savepoint(), record.savepointAt()));
    }
    if (!record.from().isEmpty()) {
      snapshots.add(new Snapshot(record.from(), record.submittedAt()));
    }
    return snapshots.stream().max(Comparator.comparingLong(Snapshot::at));
  }

  /**
   * Returns the latest checkpoint and savepoint of a job; empty if Flink no longer lists the job.
   */
  private static List<Snapshot> of(FlinkApi flink, String id) {
    List<Snapshot> snapshots = new ArrayList<>();
    Optional<JsonNode> answer = flink.find("/jobs/" + id + "/checkpoints");
    for (String kind : List.of("completed", "savepoint")) {
      JsonNode newest = answer.map(a -> a.path("latest").path(kind)).orElse(null);
      String path = newest == null ? "" : newest.path("external_path").asText("");
      if (!path.isEmpty() && !path.startsWith("<") && !newest.path("discarded").asBoolean()) {
        snapshots.add(new Snapshot(path, newest.path("trigger_timestamp").asLong()));
      }
    }
    return snapshots;
  }
}
