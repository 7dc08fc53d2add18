package dev.freshet.view.source;

import java.util.Objects;

/**
 * One thing that was found about a source.
 *
 * @param weight what follows from it
 * @param subject a setting, a right or a table
 * @param value what it is
 * @param problem subject, value and remedy in one line; for what is right, what the value means,
 *     which may be empty
 * @param change the exact statement or option that puts it right; empty when nothing has to be
 */
public record SourceFinding(
    Weight weight, String subject, String value, String problem, String change) {

  /** What follows from a finding. */
  public enum Weight {
    /** It is as it has to be. */
    RIGHT,
    /** It may be as it is; it is good to know. */
    KNOWN,
    /** The job works, and would do more with the change. */
    ADVISED,
    /** No job is submitted before the change. */
    REQUIRED
  }

  public SourceFinding {
    Objects.requireNonNull(weight, "weight");
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(problem, "problem");
    Objects.requireNonNull(change, "change");
  }

  static SourceFinding right(String subject, String value) {
    return new SourceFinding(Weight.RIGHT, subject, value, "", "");
  }

  static SourceFinding known(String subject, String value, String meaning) {
    return new SourceFinding(Weight.KNOWN, subject, value, meaning, "");
  }
}
