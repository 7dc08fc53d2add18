package dev.freshet.flow.capture;

import dev.freshet.flow.JobPlan;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Plans for tests: participants pointing at conversations and users, or one table of any columns.
 */
public final class SamplePlan {
  public static final int PARTICIPANTS = 0;
  public static final int CONVERSATIONS = 1;
  public static final int USERS = 2;

  private SamplePlan() {}

  public static JobPlan inbox(String database) {
    return inbox(database, "inbox");
  }

  public static JobPlan inbox(String database, String view) {
    Table participants =
        table(
            database,
            "participants",
            List.of(0, 1),
            required("conversation_id", ValueType.INTEGER, "bigint"),
            required("user_id", ValueType.INTEGER, "bigint"),
            optional("counterpart_id", ValueType.INTEGER, "bigint"),
            required("last_read_at", ValueType.DATETIME, "datetime(6)"));
    Table conversations =
        table(
            database,
            "conversations",
            List.of(0),
            required("id", ValueType.INTEGER, "bigint"),
            required("site_id", ValueType.INTEGER, "bigint"),
            required("last_message_at", ValueType.DATETIME, "datetime(6)"),
            required("archived", ValueType.INTEGER, "tinyint(1)"));
    Table users =
        table(
            database,
            "users",
            List.of(0),
            required("id", ValueType.INTEGER, "bigint"),
            optional("name", ValueType.STRING, "varchar(255)"));
    List<PlanNode> nodes =
        List.of(
            new PlanNode("p", participants, -1, List.of(), true, 0),
            new PlanNode("c", conversations, 0, List.of(0), true, 1),
            new PlanNode("u", users, 0, List.of(2), false, 1));
    return new JobPlan(
        List.of(
            new ViewPlan(
                view,
                nodes,
                Expr.TRUE,
                List.of(output(nodes, 0, 1), output(nodes, 1, 1), output(nodes, 0, 0)),
                List.of(0, 1, 2),
                2,
                List.of(),
                List.of(),
                Duration.ofSeconds(5),
                ViewOptions.DEFAULT,
                "SELECT p.user_id, c.site_id, p.conversation_id FROM participants p …")));
  }

  /** A view of one table as it is, keyed by its first column. */
  public static JobPlan of(String database, String name, Column... columns) {
    return of(
        name,
        new PlanNode("t", table(database, name, List.of(0), columns), -1, List.of(), true, 0));
  }

  /** A view of these nodes, keyed by the root's first column. */
  public static JobPlan of(String name, PlanNode... all) {
    List<PlanNode> nodes = List.of(all);
    return new JobPlan(
        List.of(
            new ViewPlan(
                name,
                nodes,
                Expr.TRUE,
                List.of(output(nodes, 0, 0)),
                List.of(0),
                1,
                List.of(),
                List.of(),
                Duration.ofSeconds(5),
                ViewOptions.DEFAULT,
                "SELECT * FROM " + name)));
  }

  public static Column required(String name, ValueType type, String mysqlType) {
    return new Column(name, type, false, mysqlType, "");
  }

  public static Column optional(String name, ValueType type, String mysqlType) {
    return new Column(name, type, true, mysqlType, "");
  }

  private static Table table(
      String database, String name, List<Integer> primaryKey, Column... columns) {
    return new Table(database, name, Arrays.asList(columns), primaryKey);
  }

  private static ViewPlan.Output output(List<PlanNode> nodes, int node, int column) {
    return new ViewPlan.Output(
        nodes.get(node).table().columns().get(column), new Expr.ColumnRef(node, column));
  }
}
