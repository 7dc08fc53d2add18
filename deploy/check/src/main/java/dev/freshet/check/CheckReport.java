package dev.freshet.check;

/**
 * What a check found.
 *
 * @param seconds how long the writer wrote
 * @param kinds how many transactions of each kind, printed
 * @param keys keys compared at the end
 * @param different of those, how many differ
 */
public record CheckReport(
    long transactions,
    double seconds,
    String kinds,
    Tally tally,
    LagProbe lag,
    long keys,
    long different) {

  /** Every answer right, no version back, and no difference at the end. */
  public boolean passed() {
    return tally.clean() && different == 0 && tally.checked() > 0;
  }

  /** As people read it, several lines. */
  public String print() {
    StringBuilder text = new StringBuilder();
    text.append(
        "transactions       %d in %.1f s (%.1f/s) %s%n"
            .formatted(transactions, seconds, transactions / seconds, kinds));
    text.append(
        "answers checked    %d: projection %d (%.2f %%), mysql %d%n"
            .formatted(
                tally.checked(),
                tally.fromProjection(),
                100 * tally.projectionShare(),
                tally.fromMysql()));
    text.append(
        "                   wrong %d, version went back %d, failed %d, turned away %s%n"
            .formatted(tally.wrong(), tally.wentBack(), tally.failed(), tally.turnedAway()));
    text.append(
        "                   rows missing %d, names missing %d%n"
            .formatted(tally.rowsMissing(), tally.namesMissing()));
    text.append("COMMIT to answer   %s%n".formatted(lag.print()));
    text.append("at the end         %d keys compared, %d different%n".formatted(keys, different));
    tally.complaints().forEach(line -> text.append("  ").append(line).append('\n'));
    text.append(passed() ? "PASSED" : "FAILED");
    return text.toString();
  }
}
