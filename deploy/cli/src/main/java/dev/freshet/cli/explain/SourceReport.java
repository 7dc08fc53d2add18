package dev.freshet.cli.explain;

import dev.freshet.view.source.SourceFinding;
import dev.freshet.view.source.SourceFinding.Weight;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints findings about a source, one line each, followed by the statement that corrects it. */
public final class SourceReport {
  /** The indentation below a finding. */
  private static final String BELOW = " ".repeat(10);

  private SourceReport() {}

  /** Returns the lines. */
  public static List<String> lines(List<SourceFinding> findings) {
    List<String> lines = new ArrayList<>();
    for (SourceFinding finding : findings) {
      boolean changes = !finding.change().isEmpty();
      String meaning =
          changes || finding.problem().isEmpty() ? "" : "  (" + finding.problem() + ")";
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-7s %-31s %s",
              verdict(finding.weight()),
              finding.subject(),
              finding.value() + meaning));
      if (changes) {
        lines.add(BELOW + finding.problem());
        lines.add(BELOW + "run this: " + finding.change() + ";");
      }
    }
    return lines;
  }

  /** Returns the number of findings that must be corrected before a job is submitted. */
  public static long required(List<SourceFinding> findings) {
    return findings.stream().filter(finding -> finding.weight() == Weight.REQUIRED).count();
  }

  private static String verdict(Weight weight) {
    return switch (weight) {
      case RIGHT -> "ok";
      case KNOWN -> "note";
      case ADVISED -> "better";
      case REQUIRED -> "change";
    };
  }
}
