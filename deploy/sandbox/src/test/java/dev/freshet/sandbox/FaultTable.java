package dev.freshet.sandbox;

import dev.freshet.check.CheckReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the cells of the fault matrix showed, as a table in Markdown. */
final class FaultTable {
  private final List<Cell> cells = new ArrayList<>();

  /**
   * One fault in one phase.
   *
   * @param recovery from the fault's begin to fresh answers of the projection
   */
  record Cell(
      String backend,
      int parallelism,
      String phase,
      String fault,
      Duration recovery,
      CheckReport report) {
    private String configuration() {
      return backend + " × " + parallelism;
    }

    private String row() {
      return fault + " | " + phase.toLowerCase(Locale.ROOT);
    }

    private long faulty() {
      return report.tally().wrong() + report.tally().wentBack() + report.tally().failed();
    }

    private String result() {
      return report.passed()
          ? "%.1f s".formatted(recovery.toMillis() / 1000.0)
          : "**%d wrong, %d different**".formatted(faulty(), report.different());
    }

    String print() {
      return "fresh after %s; %d transactions, %d answers, %.0f %% of the projection, %d keys at the end"
          .formatted(
              result(),
              report.transactions(),
              report.tally().checked(),
              100 * report.tally().projectionShare(),
              report.keys());
    }
  }

  void add(Cell cell) {
    cells.add(cell);
  }

  void write(Path file) throws IOException {
    Files.writeString(file, print());
  }

  String print() {
    Set<String> configurations = new LinkedHashSet<>();
    Map<String, Map<String, String>> rows = new LinkedHashMap<>();
    for (Cell cell : cells) {
      configurations.add(cell.configuration());
      rows.computeIfAbsent(cell.row(), row -> new LinkedHashMap<>())
          .put(cell.configuration(), cell.result());
    }
    StringBuilder text = new StringBuilder("| fault | phase |");
    configurations.forEach(each -> text.append(' ').append(each).append(" |"));
    text.append("\n|---|---|").append("---|".repeat(configurations.size())).append('\n');
    rows.forEach(
        (row, results) -> {
          text.append("| ").append(row).append(" |");
          configurations.forEach(
              each -> text.append(' ').append(results.getOrDefault(each, "")).append(" |"));
          text.append('\n');
        });
    return text
        + "\n%d cells: %,d transactions, %,d answers compared, %d wrong, %d that went back, %d failed; %,d keys compared at the ends, %d different.\n"
            .formatted(
                cells.size(),
                cells.stream().mapToLong(cell -> cell.report().transactions()).sum(),
                cells.stream().mapToLong(cell -> cell.report().tally().checked()).sum(),
                cells.stream().mapToLong(cell -> cell.report().tally().wrong()).sum(),
                cells.stream().mapToLong(cell -> cell.report().tally().wentBack()).sum(),
                cells.stream().mapToLong(cell -> cell.report().tally().failed()).sum(),
                cells.stream().mapToLong(cell -> cell.report().keys()).sum(),
                cells.stream().mapToLong(cell -> cell.report().different()).sum());
  }
}
