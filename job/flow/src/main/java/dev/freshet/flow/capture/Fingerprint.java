package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.source.TableDefinition;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.EventView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A digest of a job's views, to detect state that other views made. It covers the queries, the keys
 * and the columns that they use. It covers neither the freshness nor the parts of a column that may
 * grow while a job runs.
 */
public final class Fingerprint {
  private Fingerprint() {}

  /** Returns the fingerprint as 64 hexadecimal digits. */
  public static String of(JobPlan plan) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < plan.views().size(); i++) {
      ViewPlan view = plan.views().get(i);
      text.append(view.view()).append('\n');
      text.append(view.isOverEvents() ? lasting(plan.events().get(i)) : view.query()).append('\n');
      text.append(view.primaryKey()).append(view.keyColumns()).append(view.order()).append('\n');
      for (PlanNode node : view.nodes()) {
        text.append(lasting(node)).append('\n');
      }
      for (ViewPlan.Output output : view.outputs()) {
        text.append(lasting(output.column())).append('\n');
      }
    }
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Prints what decides the state of a read model over events. */
  private static String lasting(EventView view) {
    return "%s %s %s %s".formatted(view.table(), view.group(), view.functions(), view.having());
  }

  /**
   * Prints a node as the first release did. What later releases added is printed where a node has
   * it.
   */
  private static String lasting(PlanNode node) {
    Table table = node.table();
    String text =
        "PlanNode[alias=%s, table=Table[database=%s, name=%s, columns=%s, primaryKey=%s], parent=%d, foreignKey=%s, inner=%b, depth=%d]"
            .formatted(
                node.alias(),
                table.database(),
                table.name(),
                table.columns().stream().map(Fingerprint::lasting).toList(),
                table.primaryKey(),
                node.parent(),
                node.foreignKey(),
                node.inner(),
                node.depth());
    boolean plain =
        node.isShown()
            && node.key().equals(table.primaryKey())
            && node.fixed().isEmpty()
            && node.on().equals(Expr.TRUE);
    return plain
        ? text
        : text + node.key() + node.fixed() + node.on() + Objects.toString(node.action(), "");
  }

  /**
   * Removes the parts that may grow while a job runs: the labels of an ENUM or SET, the length of a
   * VARCHAR.
   */
  private static Column lasting(Column column) {
    String base = TableDefinition.Definition.of(column).base();
    boolean grows = base.equals("enum") || base.equals("set") || base.equals("varchar");
    return grows
        ? new Column(column.name(), column.type(), column.nullable(), base, column.collation())
        : column;
  }
}
