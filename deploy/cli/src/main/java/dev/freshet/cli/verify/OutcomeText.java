package dev.freshet.cli.verify;

import dev.freshet.view.Column;
import dev.freshet.view.Key;
import dev.freshet.view.Version;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.form.TextForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** Prints the differences of a key. */
final class OutcomeText {
  private static final int MOST_ROWS = 20;
  private static final int LONGEST = 60;

  private final ViewPlan plan;
  private final KeyForm form;

  OutcomeText(ViewPlan plan) {
    this.plan = plan;
    this.form = new KeyForm(plan);
  }

  /** Returns a line for the key, with the versions of both sides, and some lines for each row. */
  List<String> lines(Key key, Outcome.Mismatched found) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "MISMATCH key %s: the store at %s, MySQL between %s and %s"
            .formatted(
                form.print(key),
                Version.print(found.stored()),
                Version.print(found.from()),
                Version.print(found.to())));
    found.differences().values().stream()
        .limit(MOST_ROWS)
        .forEach(difference -> lines.addAll(lines(difference)));
    int rows = found.differences().size();
    if (rows > MOST_ROWS) {
      lines.add("  and %,d rows more".formatted(rows - MOST_ROWS));
    }
    return lines;
  }

  private List<String> lines(Difference difference) {
    Row any = difference.store().or(difference::mysql).orElseThrow();
    List<Integer> shown = new ArrayList<>();
    for (int i = 0; i < plan.outputs().size(); i++) {
      boolean alike =
          difference.store().isPresent()
              && difference.mysql().isPresent()
              && Objects.deepEquals(
                  difference.store().get().values()[i], difference.mysql().get().values()[i]);
      if (!plan.primaryKey().contains(i) && !alike) {
        shown.add(i);
      }
    }
    List<Integer> identity = plan.entryKey().isEmpty() ? plan.primaryKey() : plan.entryKey();
    return List.of(
        "  row " + values(any, identity),
        "    store: " + side(difference.store(), shown),
        "    MySQL: " + side(difference.mysql(), shown));
  }

  private String side(Optional<Row> row, List<Integer> shown) {
    if (row.isEmpty()) {
      return "no row";
    }
    return shown.isEmpty() ? "the row" : values(row.get(), shown);
  }

  private String values(Row row, List<Integer> outputs) {
    return outputs.stream()
        .map(
            output -> {
              ViewPlan.Output of = plan.outputs().get(output);
              return (of.shown() ? of.column().name() : of.title())
                  + "="
                  + value(of.column(), row.values()[output]);
            })
        .collect(Collectors.joining(", "));
  }

  private static String value(Column column, Object value) {
    if (value == null) {
      return "NULL";
    }
    String text = TextForm.print(column, value);
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
