package dev.freshet.flow.store;

import dev.freshet.flow.Refused;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.sql.PostgresTables;
import dev.freshet.view.sql.VerificationTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.postgresql.Driver;

/**
 * Makes the tables that the writers fill and the reader reads, when a job is submitted: the
 * catalogue of views, the progress of the writers, and one table of entries per view.
 */
public final class StoreSchema {
  /** The generation that a first job fills. */
  static final int GENERATION = 1;

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
  public record Registered(ViewPlan plan, String declaration, String tables) {}

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
        Map<String, String> present = present(connection);
        check(present, views, job, groups);
        if (present.isEmpty()) {
          for (Registered view : views) {
            create(connection, view, job, groups);
          }
        }
      }
      connection.commit();
    } catch (SQLException e) {
      throw new Refused(
          "Postgres " + options + ": " + oneLine(e) + "; check address, account and rights", e);
    }
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
            + " ADD COLUMN IF NOT EXISTS reasons text[] NOT NULL DEFAULT '{}'",
        FaultsTable.create(options.schema()),
        CountsTable.create(options.schema()),
        BacklogTable.create(options.schema()),
        new VerificationTable(options.schema()).create());
  }

  private Map<String, String> present(Connection connection) throws SQLException {
    Map<String, String> present = new TreeMap<>();
    String sql =
        "SELECT view, declaration, tables, key_groups, job FROM "
            + quoted(options.schema())
            + ".catalogue";
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        present.put(
            result.getString(1),
            identity(
                result.getString(2), result.getString(3), result.getInt(4), result.getString(5)));
      }
    }
    return present;
  }

  private void check(Map<String, String> present, List<Registered> views, String job, int groups) {
    if (present.isEmpty()) {
      return;
    }
    Map<String, String> wanted = new TreeMap<>();
    for (Registered view : views) {
      wanted.put(view.plan().view(), identity(view.declaration(), view.tables(), groups, job));
    }
    if (!wanted.keySet().equals(present.keySet())) {
      throw new Refused(
          List.of(
              "Store "
                  + options
                  + ": holds the views "
                  + present.keySet()
                  + ", the job has "
                  + wanted.keySet()
                  + "; set store.schema to a new name, or drop the schema to build all anew"));
    }
    List<String> problems = new ArrayList<>();
    wanted.forEach(
        (view, identity) -> {
          if (!identity.equals(present.get(view))) {
            problems.add(
                "View "
                    + view
                    + ": the store "
                    + options
                    + " holds it with another query, other source tables, job name or maximal"
                    + " parallelism; set store.schema to a new name, or drop the schema to build"
                    + " it anew");
          }
        });
    if (!problems.isEmpty()) {
      throw new Refused(problems);
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

  private static String identity(String declaration, String tables, int groups, String job) {
    return String.join("\n", declaration, tables, Integer.toString(groups), job);
  }

  static String quoted(String identifier) {
    return '"' + identifier.replace("\"", "\"\"") + '"';
  }

  private static String oneLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
