package dev.freshet.cli.explain;

import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A description of a view's plan and its costs. Reads MySQL for a few seconds. Sizes are estimates;
 * the text says how they are computed.
 */
public final class Explanation {
  /** Bytes of a row on the heap in total, measured with the sample. */
  private static final long HEAP_ROW = 2048;

  /** Bytes of an entry in Postgres besides its columns: row header and two index entries. */
  private static final long STORE_OVERHEAD = 150;

  private static final Pattern WHERE = Pattern.compile("(?is).*?\\bWHERE\\b(.*)");
  private static final Pattern BOUND = Pattern.compile("(?i)^TRUE( AND |$)| AND TRUE(?= AND |$)");

  private final Connection mysql;
  private final ViewPlan plan;
  private final List<String> lines = new ArrayList<>();

  private Explanation(Connection mysql, ViewPlan plan) {
    this.mysql = mysql;
    this.plan = plan;
  }

  /** Returns the lines of a view's description. */
  public static List<String> of(Connection mysql, ViewPlan plan) throws SQLException {
    Explanation explanation = new Explanation(mysql, plan);
    explanation.meaning();
    explanation.dimensions();
    explanation.fallback();
    explanation.sizes();
    return List.copyOf(explanation.lines);
  }

  private void meaning() throws SQLException {
    lines.add("view " + plan.view());
    add("one entry per", outputs(plan.primaryKey()));
    add("made of", table(plan.root()) + " (root)");
    add("asked by", outputs(plan.key()));
    add(
        "order",
        plan.order().stream()
            .map(part -> output(part.output()) + (part.descending() ? " descending" : ""))
            .collect(Collectors.joining(", ")));
    if (!plan.bounds().isEmpty()) {
      add(
          "bounded by",
          plan.bounds().stream()
              .map(
                  bound ->
                      "%s= %s %s"
                          .formatted(
                              bound.end().parameter(),
                              bound.inclusive() ? "including" : "excluding",
                              output(bound.output())))
              .collect(Collectors.joining(", ")));
    }
    Matcher where = WHERE.matcher(plan.query());
    String filter = where.matches() ? where.group(1).replaceAll("\\s+", " ").strip() : "";
    // The plan's query has TRUE for each bound, and bounds have a line of their own.
    for (int i = 0; i < plan.bounds().size(); i++) {
      filter = BOUND.matcher(filter).replaceFirst("");
    }
    add("filter", filter.isEmpty() ? "none: every row" : filter);
    add("freshness", plan.freshness().toMillis() / 1000.0 + " s; older is answered by MySQL");
  }

  private void dimensions() throws SQLException {
    Set<String> foreignKeys = new HashSet<>();
    for (PlanNode node : plan.nodes()) {
      // The foreign key of a table that is joined and also followed has two nodes.
      if (node.parent() >= 0
          && (node.isShown()
              || foreignKeys.add(node.table().database() + "." + node.action().foreignKey()))) {
        Optional<FanOut> fanOut = FanOut.of(mysql, plan, node);
        String on = FanOut.on(plan, node).replace("`", "");
        if (node.isShown()) {
          add(
              "dimension " + node.alias(),
              "%s, %s join on %s".formatted(table(node), node.inner() ? "inner" : "left", on));
        } else {
          add(
              "foreign key",
              "%s: %s, followed because %s"
                  .formatted(node.action().foreignKey(), table(node), effect(node)));
        }
        add(
            "",
            fanOut
                .map(
                    f ->
                        "a change of one row touches up to %,d entries (median %,d), before the filter"
                            .formatted(f.largest(), f.median()))
                .orElse("entries per row: not counted within 5 s"));
      }
    }
  }

  private String effect(PlanNode node) {
    String parent = plan.nodes().get(node.parent()).table().name();
    return switch (node.action().onDelete()) {
      case CASCADE -> "its deletions delete rows of " + parent;
      case SET_NULL -> "its deletions set columns of " + parent + " to NULL";
      case RESTRICT -> "its updates change rows of " + parent;
    };
  }

  private void fallback() throws SQLException {
    FallbackPlan fallback = new FallbackPlan(mysql, plan);
    List<String> missing = new ArrayList<>();
    List<FallbackPlan.Access> accesses = fallback.accesses();
    if (accesses.isEmpty()) {
      add(
          "fallback",
          "MySQL has no row for the key that was tried; run this again when there are rows");
    }
    for (FallbackPlan.Access access : accesses) {
      String how =
          access.index().map(index -> "by index " + index).orElse("completely: no index is used");
      add(
          missing.isEmpty() && isFirst("fallback") ? "fallback" : "",
          "MySQL reads %s %s, about %,d rows".formatted(access.alias(), how, access.rows()));
      if (access.index().isEmpty()) {
        fallback.missingIndex(access.alias()).ifPresent(missing::add);
      }
    }
    missing.forEach(index -> add("run this", index + ";"));
  }

  private boolean isFirst(String title) {
    return lines.stream().noneMatch(line -> line.strip().startsWith(title));
  }

  private void sizes() throws SQLException {
    StateSize size = StateSize.of(mysql, plan);
    long entry = STORE_OVERHEAD;
    for (PlanNode node : plan.nodes()) {
      entry += Statistics.of(mysql, node.table()).bytesOf(node.table().columns().size());
    }
    long keys = sortKeys();
    entry += keys;
    long entries = Statistics.of(mysql, plan.root().table()).rows();
    add(
        "state",
        "about %s in checkpoints and RocksDB, %s on the heap"
            .formatted(print(size.bytes()), print(size.rows() * HEAP_ROW)));
    add("store", "at most about " + print(entries * entry));
    if (keys > 0) {
      add(
          "",
          "%,d bytes of each entry are for sorting by the beginning of long texts".formatted(keys));
    }
    add(
        "",
        "estimated from MySQL's statistics: %,d rows of all tables, %,d entries if the filter keeps all; the share of the columns in use, plus %d bytes for each row of state, %d on the heap, %d for each entry"
            .formatted(size.rows(), entries, StateSize.ROW_OVERHEAD, HEAP_ROW, STORE_OVERHEAD));
  }

  /** The bytes of an entry's sort keys, each in the row and in the index. */
  private long sortKeys() {
    long keys = plan.outputs().stream().filter(o -> o.value() instanceof Expr.SortKey).count();
    return 2 * keys * Expr.SortKey.BYTES;
  }

  private String table(PlanNode node) throws SQLException {
    return "%s, about %,d rows"
        .formatted(node.table().qualifiedName(), Statistics.of(mysql, node.table()).rows());
  }

  private String outputs(List<Integer> indexes) {
    return indexes.stream().map(this::output).collect(Collectors.joining(", "));
  }

  private String output(int index) {
    ViewPlan.Output output = plan.outputs().get(index);
    return output.shown() ? output.column().name() : output.sortedBy().replaceAll("\\s+", " ");
  }

  /**
   * Returns the line that says whether the state of the views fits into RocksDB's cache.
   *
   * @param fit what {@link CacheFit} found, in words
   */
  public static String rocksDb(String fit) {
    return line("rocksdb", fit);
  }

  private void add(String title, String text) {
    lines.add(line(title, text));
  }

  static String line(String title, String text) {
    return String.format(Locale.ROOT, "  %-16s %s", title, text);
  }

  static String print(long bytes) {
    if (bytes < 1 << 20) {
      return Math.max(1, bytes >> 10) + " KiB";
    }
    return bytes < 1L << 30
        ? String.format(Locale.ROOT, "%,d MiB", bytes >> 20)
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
