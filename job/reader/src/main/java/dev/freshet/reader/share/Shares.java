package dev.freshet.reader.share;

/**
 * The parts of a resource that a principal may use.
 *
 * @param tokenPercent the share of a {@link Principal.Kind#TOKEN} in percent, from 1 to 100
 * @param subjectPercent the share of a {@link Principal.Kind#SUBJECT} in percent, from 1 to 100
 */
public record Shares(int tokenPercent, int subjectPercent) {
  /** Returns a principal's share of a total; at least 1, unless the total is 0. */
  public int of(Principal principal, int total) {
    return switch (principal.kind()) {
      case SOLE -> total;
      case TOKEN -> part(total, tokenPercent);
      case SUBJECT -> part(total, subjectPercent);
    };
  }

  private static int part(int total, int percent) {
    return (int) Math.max(Math.min(1, total), (long) total * percent / 100);
  }
}
