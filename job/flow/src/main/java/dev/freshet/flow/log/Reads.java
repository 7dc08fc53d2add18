package dev.freshet.flow.log;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Key;
import dev.freshet.view.stream.KeysRead;
import java.util.List;
import java.util.Optional;

/**
 * Keys of a view that is populated on read, which callers have read recently.
 *
 * @param view the index of the view in the job's plan
 * @param keys view keys, which begin with the view's name
 */
public record Reads(int view, List<Key> keys) implements ControlMessage {
  public Reads {
    keys = List.copyOf(keys);
  }

  /**
   * Converts a message; empty if it is for another job, or for a view that the job does not have.
   *
   * @throws IllegalArgumentException with a message of one line if a key is malformed
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
