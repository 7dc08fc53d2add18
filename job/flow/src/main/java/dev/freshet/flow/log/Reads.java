package dev.freshet.flow.log;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import dev.freshet.view.stream.KeysRead;
import java.util.List;
import java.util.Optional;

/**
 * Keys of a view, populated on read, that somebody read a moment ago.
 *
 * @param view place of the view in the job's plan
 * @param keys view keys, with the view's name in front
 */
public record Reads(int view, List<Key> keys) implements ControlMessage {
  public Reads {
    keys = List.copyOf(keys);
  }

  /**
   * What a message says; empty when it is for another job, or for a view that the job has not.
   *
   * @throws IllegalArgumentException with one line when it names no keys
   */
  public static Optional<Reads> parse(KeysRead message, String job, JobPlan plan) {
    for (int view = 0; view < plan.views().size(); view++) {
      if (message.job().equals(job) && plan.views().get(view).view().equals(message.view())) {
        return Optional.of(new Reads(view, message.keysIn(plan.views().get(view))));
      }
    }
    return Optional.empty();
  }
}
