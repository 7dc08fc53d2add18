package dev.freshet.cli.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** From where a job can go on. */
final class Checkpoints {
  /**
   * A savepoint or checkpoint.
   *
   * @param at when it was begun, in milliseconds
   */
  record Place(String path, long at) {}

  private Checkpoints() {}

  /**
   * The newest that is known: of what Flink lists for the jobs of that name, of what was taken from
   * here, and of what the last job began with, which counts as of its start.
   */
  static Optional<Place> newest(FlinkApi flink, String job, JobRecord record) {
    List<Place> places = new ArrayList<>();
    for (FlinkApi.Listed listed : flink.jobs(job)) {
      places.addAll(of(flink, listed.id()));
    }
    if (!record.savepoint().isEmpty()) {
      places.add(new Place(record.savepoint(), record.savepointAt()));
    }
    if (!record.from().isEmpty()) {
      places.add(new Place(record.from(), record.submittedAt()));
    }
    return places.stream().max(Comparator.comparingLong(Place::at));
  }

  /** What a job has left, as long as Flink lists it. */
  private static List<Place> of(FlinkApi flink, String id) {
    List<Place> places = new ArrayList<>();
    Optional<JsonNode> answer = flink.find("/jobs/" + id + "/checkpoints");
    for (String kind : List.of("completed", "savepoint")) {
      JsonNode newest = answer.map(a -> a.path("latest").path(kind)).orElse(null);
      String path = newest == null ? "" : newest.path("external_path").asText("");
      if (!path.isEmpty() && !path.startsWith("<") && !newest.path("discarded").asBoolean()) {
        places.add(new Place(path, newest.path("trigger_timestamp").asLong()));
      }
    }
    return places;
  }
}
