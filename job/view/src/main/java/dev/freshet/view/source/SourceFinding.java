package dev.freshet.view.source;

import java.util.Objects;

/**
 * A result of the check of a source.
 *
 * @param weight how serious the finding is
 * @param subject the setting, right or table
 * @param value the subject's actual value
 * @param problem subject, value and remedy in one line; for {@link Weight#RIGHT} a remark on the
 *     value, or empty
 * @param change the exact statement or option that corrects the subject; empty if no change is
 *     needed
 */
public record SourceFinding(
    Weight weight, String subject, String value, String problem, String change) {

  /** How serious a finding is. */
  public enum Weight {
    /** The value is right. */
    RIGHT,
    /** The value is allowed; the operator should know it. */
    KNOWN,
    /** The job works, but would do more with the change. */
    ADVISED,
    /** No job can be submitted before the change. */
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
