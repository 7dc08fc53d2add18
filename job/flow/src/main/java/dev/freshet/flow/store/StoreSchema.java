package dev.freshet.flow.store;

import dev.freshet.flow.Refused;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.CatalogueJson;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.Planner;
import dev.freshet.view.declare.ViewException;
import dev.freshet.view.sql.PostgresTables;
import dev.freshet.view.sql.RebuildsTable;
import dev.freshet.view.sql.VerificationTable;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.postgresql.Driver;

/**
 * Makes the tables that the writers fill and the reader reads, when a job is submitted: the
 * catalogue of views, the progress of the writers, and one table of entries per view.
 */
public final class StoreSchema {
  /** The generation that a first job fills. */
  static final int GENERATION = 1;

  /** No such table, no such schema. */
  private static final Set<String> MISSING = Set.of("42P01", "3F000");

  private final StoreOptions options;

  public StoreSchema(StoreOptions options) {
    this.options = options;
  }

  /**
   * A view as it is registered.
   *
   * @param declaration its whole text
   * @param tables what the plan was made from, as JSON
   */
  public record Registered(ViewPlan plan, String declaration, String tables)
      implements Serializable {}

  /**
   * Makes what is missing, all or nothing. What is there from an earlier start of the same job
   * stays.
   *
   * @param job whose progress the views follow
   * @param groups the job's maximal parallelism
   * @throws Refused when the store cannot be reached, or holds other views
   */
  public void prepare(List<Registered> views, String job, int groups) {
    try (Connection connection = new Driver().connect(options.url(), account())) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_advisory_xact_lock(hashtext('freshet schema'))");
        for (String sql : tables()) {
          statement.execute(sql);
        }
        Map<String, Row> present = present(connection);
        check(present, views, job, groups);
        for (Registered view : views) {
          Row row = present.get(view.plan().view());
          if (row == null) {
            create(connection, view, job, groups);
          } else if (!row.declaration().equals(view.declaration())) {
            declareAnew(connection, view);
          }
        }
      }
      connection.commit();
    } catch (SQLException e) {
      throw new Refused(
          "Postgres " + options + ": " + oneLine(e) + "; check address, account and rights", e);
    }
  }

  /**
   * Notes the topics that the job has on Kafka.
   *
   * @param ids by their names
   * @return those that had another identity when the job was submitted last: what was only there is
   *     lost
   * @throws Refused when the store cannot be reached
   */
  public Set<String> noteTopics(String job, Map<String, String> ids) {
    try (Connection connection = new Driver().connect(options.url(), account())) {
      return new TopicsTable(options.schema()).note(connection, job, ids);
    } catch (SQLException e) {
      throw new Refused(
          "Postgres " + options + ": " + oneLine(e) + "; check address, account and rights", e);
    }
  }

  /** Which store it is: made with the schema, and never changed. */
  static UUID identity(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id FROM " + quoted(schema) + ".store")) {
      row.next();
      return row.getObject(1, UUID.class);
    }
  }

  /**
   * Whether a store has no tables that somebody asked for: its schema was dropped, or it is new.
   */
  static boolean isMissing(SQLException e) {
    return MISSING.contains(String.valueOf(e.getSQLState()));
  }

  private Properties account() {
    Properties account = new Properties();
    account.setProperty("user", options.user());
    account.setProperty("password", options.password());
    return account;
  }

  private List<String> tables() {
    String schema = quoted(options.schema());
    return List.of(
        "CREATE SCHEMA IF NOT EXISTS " + schema,
        "CREATE SEQUENCE IF NOT EXISTS " + schema + ".fencing",
        "CREATE TABLE IF NOT EXISTS "
            + schema
            + ".catalogue (view text NOT NULL, generation int NOT NULL, active boolean NOT NULL,"
            + " declaration text NOT NULL, tables text NOT NULL, key_groups int NOT NULL,"
            + " job text NOT NULL, PRIMARY KEY (view, generation))",
        "CREATE TABLE IF NOT EXISTS "
            + schema
            + ".progress (job text NOT NULL, first_group int NOT NULL, last_group int NOT NULL,"
            + " version bigint NOT NULL, gtid_set text NOT NULL, as_of timestamptz,"
            + " handed_over boolean NOT NULL, token bigint NOT NULL,"
            + " invalid text[] NOT NULL DEFAULT '{}',"
            + " PRIMARY KEY (job, first_group)) WITH (fillfactor = 50)",
        "ALTER TABLE "
            + schema
            + ".progress ADD COLUMN IF NOT EXISTS injected int NOT NULL DEFAULT 0,"
            + " ADD COLUMN IF NOT EXISTS reasons text[] NOT NULL DEFAULT '{}',"
            + " ADD COLUMN IF NOT EXISTS on_read text[] NOT NULL DEFAULT '{}',"
            + " ADD COLUMN IF NOT EXISTS flushes bigint NOT NULL DEFAULT 0,"
            + " ADD COLUMN IF NOT EXISTS rebuilding text[] NOT NULL DEFAULT '{}',"
            + " ADD COLUMN IF NOT EXISTS rebuild_reason text,"
            + " ADD COLUMN IF NOT EXISTS rebuilt bigint NOT NULL DEFAULT 0",
        "CREATE TABLE IF NOT EXISTS " + schema + ".store (id uuid NOT NULL)",
        "INSERT INTO "
            + schema
            + ".store SELECT gen_random_uuid() WHERE NOT EXISTS (SELECT 1 FROM "
            + schema
            + ".store)",
        new RebuildsTable(options.schema()).create(),
        new TopicsTable(options.schema()).create(),
        FaultsTable.create(options.schema()),
        CountsTable.create(options.schema()),
        BacklogTable.create(options.schema()),
        new VerificationTable(options.schema()).create());
  }

  /** A view as the catalogue has it. */
  private record Row(String declaration, String tables, int groups, String job) {
    /** Another way to keep, serve or write down the same answers is no other view. */
    boolean fits(Registered view, String job, int groups) {
      return this.job.equals(job)
          && this.groups == groups
          && (tables.equals(view.tables()) || readsAs(view))
          && (declaration.equals(view.declaration()) || answersAs(view.declaration()));
    }

    /** Whether the view reads the same columns of tables that were altered meanwhile. */
    private boolean readsAs(Registered view) {
      try {
        List<PlanNode> before =
            Planner.plan(view.declaration(), CatalogueJson.read(tables)).nodes();
        List<PlanNode> now = view.plan().nodes();
        return before.size() == now.size()
            && IntStream.range(0, now.size()).allMatch(i -> now.get(i).continues(before.get(i)));
      } catch (ViewException | IllegalArgumentException e) {
        // The tables as they were do not have what this declaration names.
        return false;
      }
    }

    private boolean answersAs(String other) {
      try {
        return Declaration.parse(declaration).answersAs(Declaration.parse(other));
      } catch (ViewException e) {
        // Of a version that took what this one does not.
        return false;
      }
    }
  }

  private Map<String, Row> present(Connection connection) throws SQLException {
    Map<String, Row> present = new TreeMap<>();
    String sql =
        "SELECT view, declaration, tables, key_groups, job FROM "
            + quoted(options.schema())
            + ".catalogue";
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        present.put(
            result.getString(1),
            new Row(
                result.getString(2), result.getString(3), result.getInt(4), result.getString(5)));
      }
    }
    return present;
  }

  private void check(Map<String, Row> present, List<Registered> views, String job, int groups) {
    if (present.isEmpty()) {
      return;
    }
    List<String> wanted = views.stream().map(view -> view.plan().view()).sorted().toList();
    if (!wanted.equals(List.copyOf(present.keySet()))) {
      throw new Refused(
          List.of(
              "Store "
                  + options
                  + ": holds the views "
                  + present.keySet()
                  + ", the job has "
                  + wanted
                  + "; set store.schema to a new name, or drop the schema to build all anew"));
    }
    List<String> problems = new ArrayList<>();
    for (Registered view : views) {
      if (!present.get(view.plan().view()).fits(view, job, groups)) {
        problems.add(
            "View "
                + view.plan().view()
                + ": the store "
                + options
                + " holds it with another query, other source tables, job name or maximal"
                + " parallelism; set store.schema to a new name, or drop the schema to build"
                + " it anew");
      }
    }
    if (!problems.isEmpty()) {
      throw new Refused(problems);
    }
  }

  /** Readers see it at once; what the store has of the view changes with the writers' flushes. */
  private void declareAnew(Connection connection, Registered view) throws SQLException {
    String sql =
        "UPDATE " + quoted(options.schema()) + ".catalogue SET declaration = ? WHERE view = ?";
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, view.declaration());
      statement.setString(2, view.plan().view());
      statement.executeUpdate();
    }
  }

  private void create(Connection connection, Registered view, String job, int groups)
      throws SQLException {
    PostgresTables tables = new PostgresTables(view.plan(), options.schema(), GENERATION);
    try (Statement statement = connection.createStatement()) {
      for (String sql : tables.create()) {
        statement.execute(sql);
      }
    }
    String insert =
        "INSERT INTO "
            + quoted(options.schema())
            + ".catalogue (view, generation, active, declaration, tables, key_groups, job)"
            + " VALUES (?, ?, true, ?, ?, ?, ?)";
    try (PreparedStatement statement = connection.prepareStatement(insert)) {
      statement.setString(1, view.plan().view());
      statement.setInt(2, GENERATION);
      statement.setString(3, view.declaration());
      statement.setString(4, view.tables());
      statement.setInt(5, groups);
      statement.setString(6, job);
      statement.executeUpdate();
    }
  }

  static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  private static String oneLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
