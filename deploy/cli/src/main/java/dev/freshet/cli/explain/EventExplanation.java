package dev.freshet.cli.explain;

import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.EventFunction;
import dev.freshet.view.event.EventTable;
import dev.freshet.view.event.EventView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A description of a read model over events and of its costs. Asks no server. */
public final class EventExplanation {
  private final EventView view;
  private final List<String> lines = new ArrayList<>();

  private EventExplanation(EventView view) {
    this.view = view;
  }

  /** Returns the lines of a read model's description. */
  public static List<String> of(EventView view) {
    EventExplanation explanation = new EventExplanation(view);
    explanation.meaning();
    explanation.functions();
    explanation.lifetimes();
    return List.copyOf(explanation.lines);
  }

  private void meaning() {
    ViewPlan plan = view.plan();
    EventTable table = view.table();
    lines.add("view " + plan.view());
    add("one entry per", outputs(plan.primaryKey()));
    add(
        "made of",
        "events of topic %s (%s), told apart by %s, with the time %s"
            .formatted(
                table.topic(),
                table.format().name().toLowerCase(Locale.ROOT),
                table.columns().get(table.idColumn()).name(),
                table.columns().get(table.timeColumn()).name()));
    add("asked by", outputs(plan.key()));
    add(
        "order",
        plan.order().stream()
            .map(part -> output(part.output()) + (part.descending() ? " descending" : ""))
            .collect(Collectors.joining(", ")));
    add(
        "freshness",
        plan.freshness().toMillis() / 1000.0
            + (plan.options().staleOnError()
                ? " s; older is answered, and said to be stale"
                : " s; older is not answered, because there is no MySQL to ask"));
  }

  /** The results of the functions come behind the group columns in the rows of the plan's node. */
  private void functions() {
    int first = view.group().size();
    for (int i = 0; i < view.functions().size(); i++) {
      EventFunction function = view.functions().get(i);
      int column = first + i;
      boolean shown = column < view.plan().root().table().columns().size();
      add(
          i == 0 ? "functions" : "",
          "%s: %s, keeps %s"
              .formatted(
                  shown ? view.plan().root().table().columns().get(column).name() : "HAVING",
                  name(function),
                  kept(function)));
    }
  }

  private static String name(EventFunction function) {
    return switch (function.kind()) {
      case COUNT -> "COUNT(*)";
      case COUNT_DISTINCT -> "COUNT(DISTINCT ...)";
      default -> function.kind().name();
    };
  }

  private static String kept(EventFunction function) {
    if (function.keepsIds()) {
      return "the id of each event";
    }
    if (function.most() == Integer.MAX_VALUE) {
      return "each value";
    }
    return function.most() == 1 ? "one value" : "up to " + function.most() + " values";
  }

  private void lifetimes() {
    boolean grows =
        view.functions().stream().anyMatch(function -> function.most() == Integer.MAX_VALUE);
    add(
        "state",
        grows
            ? "grows with the events of an entry; leave out COUNT, SUM and AVG to bound it"
            : "bounded for each entry, however many events it has");
    if (view.functions().stream().anyMatch(EventFunction::keepsIds)) {
      add(
          "",
          "keep-ids: " + print(view.keepIds()) + "; an event that comes again later counts twice");
    }
    add(
        "hidden entries",
        "keep-deleted: %s; older events are refused".formatted(print(view.keepDeleted())));
  }

  private static String print(Duration duration) {
    return duration.toDaysPart() > 0 && duration.toHoursPart() == 0 && duration.toMinutesPart() == 0
        ? duration.toDays() + " d"
        : duration.toSeconds() + " s";
  }

  private String outputs(List<Integer> indexes) {
    return indexes.stream().map(this::output).collect(Collectors.joining(", "));
  }

  private String output(int index) {
    return view.plan().outputs().get(index).column().name();
  }

  private void add(String title, String text) {
    lines.add(Explanation.line(title, text));
  }
}
