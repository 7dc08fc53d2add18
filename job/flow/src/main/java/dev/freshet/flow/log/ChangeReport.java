package dev.freshet.flow.log;

import java.util.Objects;

/**
 * How many changes of a view ended in which way in one subtask, including those before its last
 * restore.
 *
 * @param operator the operator's uid
 * @param view the index of the view in the job's plan
 * @param applied changes that took effect
 * @param superseded changes that failed before a newer version of their row replaced them
 * @param waiting changes that failed and will be retried
 * @param dead changes that failed for good
 * @param entries entries that cannot be computed although all their rows can be used
 */
public record ChangeReport(
    String operator,
    int subtask,
    int view,
    long applied,
    long superseded,
    long waiting,
    long dead,
    long entries)
    implements ControlMessage {
  public ChangeReport {
    Objects.requireNonNull(operator, "operator");
  }
}
