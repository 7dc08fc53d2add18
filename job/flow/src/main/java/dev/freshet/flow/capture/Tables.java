package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Table;
import io.debezium.relational.TableId;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
   * @param name qualified by its database
   * @param nodes the nodes over it, by number
   */
  public record Source(String name, List<JobPlan.Node> nodes) implements Serializable {
    public Source {
      nodes = List.copyOf(nodes);
    }

    /** As Debezium names it. */
    public TableId id() {
      return new TableId(any().database(), null, any().name());
    }

    /** Its database and own name, and the columns that the first node uses. */
    public Table any() {
      return nodes.get(0).plan().table();
    }
  }

  public Tables(JobPlan plan) {
    this.plan = plan;
    Map<String, List<JobPlan.Node>> byName = new LinkedHashMap<>();
    for (JobPlan.Node node : plan.nodes()) {
      byName
          .computeIfAbsent(node.plan().table().qualifiedName(), name -> new ArrayList<>())
          .add(node);
    }
    this.sources = new ArrayList<>();
    byName.forEach((name, nodes) -> sources.add(new Source(name, nodes)));
  }

  public JobPlan plan() {
    return plan;
  }

  public List<Source> sources() {
    return sources;
  }
}
