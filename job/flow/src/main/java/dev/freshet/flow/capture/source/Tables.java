package dev.freshet.flow.capture.source;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Column;
import dev.freshet.view.Table;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The source tables of a job, each with the nodes that read it. The order follows from the plan.
 */
public final class Tables implements Serializable {
  private static final long serialVersionUID = 1L;

  private final JobPlan plan;
  private final List<Source> sources;

  /**
   * A source table.
   *
   * @param index its index in {@link #sources()}
   * @param name qualified with its database
   * @param nodes the nodes that read it, ascending by number
   */
  public record Source(int index, String name, List<JobPlan.Node> nodes) implements Serializable {
    public Source {
      nodes = List.copyOf(nodes);
    }

    /** Returns the table with its names and the columns that the first node uses. */
    public Table any() {
      return nodes.get(0).plan().table();
    }

    /** Returns the columns that any of the nodes uses, without duplicates. */
    public List<Column> columns() {
      Map<String, Column> columns = new LinkedHashMap<>();
      for (JobPlan.Node node : nodes) {
        for (Column column : node.plan().table().columns()) {
          columns.putIfAbsent(column.name().toLowerCase(Locale.ROOT), column);
        }
      }
      return List.copyOf(columns.values());
    }
  }

  /** Finds source tables by name, with or without regard to case as the server does. */
  static final class Names {
    private final boolean ignoreCase;
    private final Map<String, Source> sources;

    private Names(List<Source> sources, boolean ignoreCase) {
      this.ignoreCase = ignoreCase;
      this.sources =
          sources.stream()
              .collect(
                  Collectors.toMap(
                      source -> key(source.any().database(), source.any().name()),
                      source -> source));
    }

    /** Returns the source table with this name; empty if there is none. */
    Optional<Source> find(String database, String table) {
      return Optional.ofNullable(sources.get(key(database, table)));
    }

    /** Returns the source tables of a database. */
    List<Source> in(String database) {
      return sources.values().stream()
          .filter(source -> folded(source.any().database()).equals(folded(database)))
          .toList();
    }

    List<Source> all() {
      return List.copyOf(sources.values());
    }

    private String key(String database, String table) {
      // No name can contain this separator.
      return folded(database) + '\0' + folded(table);
    }

    private String folded(String name) {
      return ignoreCase ? name.toLowerCase(Locale.ROOT) : name;
    }
  }

  public Tables(JobPlan plan) {
    this.plan = plan;
    Map<List<String>, List<JobPlan.Node>> byName = new LinkedHashMap<>();
    for (JobPlan.Node node : plan.nodes()) {
      byName
          .computeIfAbsent(
              List.of(node.plan().table().database(), node.plan().table().name()),
              name -> new ArrayList<>())
          .add(node);
    }
    this.sources = new ArrayList<>();
    byName.forEach(
        (name, nodes) -> sources.add(new Source(sources.size(), String.join(".", name), nodes)));
  }

  public JobPlan plan() {
    return plan;
  }

  public List<Source> sources() {
    return sources;
  }

  /**
   * Returns the tables by name.
   *
   * @param ignoreCase whether the server ignores case: {@code lower_case_table_names} is not 0
   */
  Names names(boolean ignoreCase) {
    return new Names(sources, ignoreCase);
  }
}
