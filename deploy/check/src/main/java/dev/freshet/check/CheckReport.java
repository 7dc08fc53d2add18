package dev.freshet.check;

/**
 * The result of a check.
 *
 * @param transactions the number of transactions
 * @param seconds the duration of the writing
 * @param kinds the number of transactions of each kind, printed
 * @param tally the counts of checked answers
 * @param lag the measured times from COMMIT to answer
 * @param keys the number of keys compared at the end
 * @param different the number of those keys that differ
 */
public record CheckReport(
    long transactions,
    double seconds,
    String kinds,
    Tally tally,
    LagProbe lag,
    long keys,
    long different) {

  /** Whether all answers were right, no version went back, and no key differed at the end. */
  public boolean passed() {
    return tally.clean() && different == 0 && tally.checked() > 0;
  }

  /** Returns the report as text in several lines. */
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
