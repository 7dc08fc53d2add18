package dev.freshet.flow.log;

import java.util.Objects;

/**
 * How many changes of a view one subtask has seen, and how they ended.
 *
 * @param operator its uid
 * @param view place of the view in the job's plan
 * @param applied changes that took effect
 * @param superseded changes that failed and were overtaken by a newer version of their row
 * @param waiting changes that failed and will be tried again
 * @param dead changes that failed for good
 * @param entries that cannot be made, though their rows are sound
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
