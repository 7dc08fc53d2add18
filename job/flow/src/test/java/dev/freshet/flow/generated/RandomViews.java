package dev.freshet.flow.generated;

import dev.freshet.flow.generated.SourceTable.Field;
import dev.freshet.flow.generated.SourceTable.Reference;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Makes views over random tables; not all of them can be taken. */
final class RandomViews {
  private static final int MOST_NODES = 5;

  private final Random random;
  private final List<SourceTable> tables;
  private final String name;
  private final List<Node> nodes = new ArrayList<>();
  private final StringBuilder from = new StringBuilder();
  private final List<String> conditions = new ArrayList<>();
  private boolean onlyInner = true;

  /** A table under its alias; {@code sure} when no LEFT JOIN brings it. */
  private record Node(SourceTable table, String alias, boolean sure, int depth) {}

  /** A column in sight. */
  private record Source(Node node, Field field) {
    String text() {
      return node.alias() + "." + field.quoted();
    }

    boolean neverNull() {
      return node.sure() && !field.nullable();
    }
  }

  private RandomViews(Random random, List<SourceTable> tables, String name) {
    this.random = random;
    this.tables = tables;
    this.name = name;
  }

  /** The text of a view. */
  static String view(Random random, List<SourceTable> tables, String name) {
    return new RandomViews(random, tables, name).text();
  }

  private String text() {
    SourceTable root =
        random.nextInt(6) == 0 ? pick(tables) : tables.get(tables.size() - 1 - random.nextInt(2));
    nodes.add(new Node(root, "a", true, 0));
    from.append(root.name()).append(" a");
    int joins = random.nextInt(MOST_NODES);
    for (int i = 0; i < joins; i++) {
      join();
    }
    return statement();
  }

  private void join() {
    List<Node> able =
        nodes.stream().filter(n -> n.depth() < 3 && !n.table().references().isEmpty()).toList();
    if (able.isEmpty()) {
      return;
    }
    Node parent = pick(able);
    Reference reference = pick(parent.table().references());
    boolean left = random.nextBoolean();
    String alias = String.valueOf((char) ('a' + nodes.size()));
    SourceTable target = reference.target();
    List<String> on = new ArrayList<>();
    int constant =
        reference.key().size() > 1 && random.nextInt(4) == 0
            ? random.nextInt(reference.key().size())
            : -1;
    for (int i = 0; i < reference.key().size(); i++) {
      Field field = target.fields().get(reference.key().get(i));
      String own = alias + "." + field.quoted();
      String foreign =
          i == constant
              ? pick(field.kind().values())
              : parent.alias()
                  + "."
                  + parent.table().fields().get(reference.fields().get(i)).quoted();
      on.add(random.nextBoolean() ? own + " = " + foreign : foreign + " = " + own);
    }
    onlyInner &= !left;
    nodes.add(new Node(target, alias, parent.sure() && !left, parent.depth() + 1));
    if (random.nextInt(4) == 0) {
      on.add("(" + new RandomExpressions(random, inSight(sources())).condition() + ")");
    }
    conditions.addAll(on);
    from.append(left ? " LEFT" : "")
        .append(" JOIN ")
        .append(target.name())
        .append(" ")
        .append(alias)
        .append(" ON ")
        .append(String.join(" AND ", on));
  }

  /** Writes the inner joins with commas, in any order; returns WHERE with their conditions. */
  private String withCommas(String where) {
    List<Node> shuffled = new ArrayList<>(nodes);
    Collections.shuffle(shuffled, random);
    from.setLength(0);
    from.append(
        shuffled.stream()
            .map(node -> node.table().name() + " " + node.alias())
            .collect(Collectors.joining(", ")));
    String joins = "\nWHERE " + String.join(" AND ", conditions);
    return where.isEmpty() ? joins : joins + " AND (" + where.replaceFirst("\nWHERE ", "") + ")";
  }

  private String statement() {
    List<Source> sources = sources();
    boolean mayBeNull = random.nextInt(3) == 0;
    List<Source> keys =
        sources.stream()
            .filter(s -> (mayBeNull || s.neverNull()) && s.field().kind().key())
            .toList();
    List<Source> key = new ArrayList<>();
    for (int i = random.nextInt(3) == 0 ? 2 : 1; i > 0; i--) {
      Source column = pick(keys);
      if (!key.contains(column)) {
        key.add(column);
      }
    }
    List<Source> shown = new ArrayList<>(key);
    for (int place : nodes.get(0).table().key()) {
      Source column = new Source(nodes.get(0), nodes.get(0).table().fields().get(place));
      if (!shown.contains(column)) {
        shown.add(column);
      }
    }
    int identity = shown.size();
    for (int i = random.nextInt(5); i > 0; i--) {
      shown.add(pick(sources));
    }
    List<String> outputs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Source column : shown) {
      names.add("`" + (random.nextInt(5) == 0 ? "ö x" : "o") + names.size() + "`");
      outputs.add(column.text() + " AS " + names.get(names.size() - 1));
    }
    RandomExpressions expressions = new RandomExpressions(random, inSight(sources));
    for (int i = random.nextInt(4); i > 0; i--) {
      names.add("e" + names.size());
      outputs.add(expressions.shown() + " AS " + names.get(names.size() - 1));
    }
    String where = random.nextInt(2) == 0 ? "" : "\nWHERE " + expressions.condition();
    if (onlyInner && nodes.size() > 1 && random.nextInt(3) == 0) {
      where = withCommas(where);
    }
    List<String> order = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      String by =
          switch (random.nextInt(4)) {
            case 0 -> pick(sources).text();
            case 1 -> expressions.shown();
            default -> pick(names);
          };
      if (order.stream().noneMatch(o -> o.startsWith(by))) {
        order.add(by + (random.nextBoolean() ? " DESC" : ""));
      }
    }
    return "CREATE MATERIALIZED TABLE "
        + name
        + " (PRIMARY KEY ("
        + String.join(", ", names.subList(0, identity))
        + ") NOT ENFORCED) PARTITIONED BY ("
        + String.join(", ", names.subList(0, key.size()))
        + ") FRESHNESS = INTERVAL '5' SECOND AS\nSELECT "
        + String.join(", ", outputs)
        + "\nFROM "
        + from
        + where
        + groupBy(sources)
        + (order.isEmpty() ? "" : "\nORDER BY " + String.join(", ", order));
  }

  /** Sometimes a GROUP BY that changes nothing. */
  private String groupBy(List<Source> sources) {
    if (random.nextInt(5) > 0) {
      return "";
    }
    List<Source> by = new ArrayList<>(List.of(pick(sources)));
    for (int place : nodes.get(0).table().key()) {
      by.add(new Source(nodes.get(0), nodes.get(0).table().fields().get(place)));
    }
    Collections.shuffle(by, random);
    return "\nGROUP BY " + by.stream().map(Source::text).collect(Collectors.joining(", "));
  }

  private List<Source> sources() {
    return nodes.stream()
        .flatMap(n -> n.table().fields().stream().map(f -> new Source(n, f)))
        .toList();
  }

  private static List<RandomExpressions.Operand> inSight(List<Source> sources) {
    return sources.stream()
        .map(s -> new RandomExpressions.Operand(s.text(), s.field().kind()))
        .collect(Collectors.toList());
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
