package dev.freshet.flow.write;

import dev.freshet.flow.Refused;
import dev.freshet.store.CatalogueTable;
import dev.freshet.store.EntriesTable;
import dev.freshet.store.ReadFunction;
import dev.freshet.store.StoreTables;
import dev.freshet.store.TopicsTable;
import dev.freshet.view.PlanNode;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.declare.Declaration;
import dev.freshet.view.declare.EventPlanner;
import dev.freshet.view.declare.StoredDeclaration;
import dev.freshet.view.declare.ViewException;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates the store's tables when a job is submitted: the catalogue of views, the progress of the
 * writers, the entries and keys of each view, and the tables of metrics and faults.
 */
public final class StoreSchema {
  private static final Logger LOG = LoggerFactory.getLogger(StoreSchema.class);

  /** The generation of a view's first entries. */
  static final int GENERATION = 1;

  private final StoreOptions options;
  private final CatalogueTable catalogue;

  public StoreSchema(StoreOptions options) {
    this.options = options;
    this.catalogue = new CatalogueTable(options.schema());
  }

  /**
   * A view for the catalogue.
   *
   * @param declaration the whole text of the declaration
   * @param tables the source tables that the plan was made from, as JSON
   */
  public record Registered(ViewPlan plan, String declaration, String tables)
      implements Serializable {}

  /**
   * Creates the missing tables in one transaction. Tables of an earlier start of the same job are
   * kept.
   *
   * @param job the name of the job that maintains the views
   * @param groups the job's maximum parallelism
   * @throws Refused if the store cannot be reached, or contains other views
   */
  public void prepare(List<Registered> views, String job, int groups) {
    try (Connection connection = new Driver().connect(options.url(), account())) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("SELECT pg_advisory_xact_lock(hashtext('freshet schema'))");
        for (String sql : StoreTables.create(options.schema())) {
          statement.execute(sql);
        }
        Map<String, CatalogueTable.Entry> present = present(connection);
        check(present, views, job, groups);
        for (Registered view : views) {
          CatalogueTable.Entry row = present.get(view.plan().view());
          if (row == null) {
            create(connection, view, job, groups);
          } else if (!row.declaration().equals(view.declaration())) {
            // Readers use the new declaration at once; the data changes with the writers' flushes.
            catalogue.setDeclaration(connection, view.plan().view(), view.declaration());
          }
        }
        createFunctions(connection, views, present);
      }
      connection.commit();
    } catch (SQLException e) {
      throw new Refused(
          "Postgres " + options + ": " + oneLine(e) + "; check address, account and rights", e);
    }
  }

  /**
   * Records the job's Kafka topics.
   *
   * @param ids the topics' ids by name
   * @return the topics that had another id when the job was last submitted, so that their messages
   *     are lost
   * @throws Refused if the store cannot be reached
   */
  public Set<String> recordTopics(String job, Map<String, String> ids) {
    try (Connection connection = new Driver().connect(options.url(), account())) {
      return new TopicsTable(options.schema()).record(connection, job, ids);
    } catch (SQLException e) {
      throw new Refused(
          "Postgres " + options + ": " + oneLine(e) + "; check address, account and rights", e);
    }
  }

  /**
   * Creates the functions with which SQL clients read a key. Stores of earlier versions lack them,
   * and a new declaration may change them. Views are served without them, so a problem with them
   * does not stop the job.
   */
  private void createFunctions(
      Connection connection, List<Registered> views, Map<String, CatalogueTable.Entry> present)
      throws SQLException {
    List<String> statements = new ArrayList<>(ReadFunction.createShared(options.schema()));
    for (Registered view : views) {
      CatalogueTable.Entry row = present.get(view.plan().view());
      int generation = row == null ? GENERATION : row.generation();
      statements.addAll(ReadFunction.create(view.plan(), options.schema(), generation));
    }
    Savepoint before = connection.setSavepoint();
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      connection.rollback(before);
      LOG.warn(
          "Postgres {}: the functions for SQL clients cannot be created ({}); views are served"
              + " without them; correct the cause and submit the job again",
          options,
          oneLine(e));
    }
  }

  private Properties account() {
    Properties account = new Properties();
    account.setProperty("user", options.user());
    account.setProperty("password", options.password().reveal());
    return account;
  }

  /**
   * Whether a catalogue entry gives the same answers as a view, even if the declarations differ in
   * text.
   */
  private static boolean fits(
      CatalogueTable.Entry entry, Registered view, String job, int keyGroups) {
    return entry.job().equals(job)
        && entry.keyGroups() == keyGroups
        && (entry.tables().equals(view.tables()) || readsAs(entry, view))
        && (entry.declaration().equals(view.declaration())
            || answersAs(entry.declaration(), view.declaration()));
  }

  /** Whether the view reads the same columns although the tables were altered. */
  private static boolean readsAs(CatalogueTable.Entry entry, Registered view) {
    try {
      List<PlanNode> before = StoredDeclaration.plan(view.declaration(), entry.tables()).nodes();
      List<PlanNode> now = view.plan().nodes();
      return before.size() == now.size()
          && IntStream.range(0, now.size()).allMatch(i -> now.get(i).continues(before.get(i)));
    } catch (ViewException | IllegalArgumentException e) {
      // The old tables lack something that this declaration names.
      return false;
    }
  }

  private static boolean answersAs(String before, String now) {
    try {
      if (EventPlanner.isOne(before) || EventPlanner.isOne(now)) {
        return EventPlanner.isOne(before)
            && EventPlanner.isOne(now)
            && EventPlanner.plan(before).answersAs(EventPlanner.plan(now));
      }
      return Declaration.parse(before).answersAs(Declaration.parse(now));
    } catch (ViewException e) {
      // Another version of Freshet accepted a declaration that this one rejects.
      return false;
    }
  }

  private Map<String, CatalogueTable.Entry> present(Connection connection) throws SQLException {
    Map<String, CatalogueTable.Entry> present = new TreeMap<>();
    for (CatalogueTable.Entry entry : catalogue.active(connection)) {
      present.put(entry.view(), entry);
    }
    return present;
  }

  private void check(
      Map<String, CatalogueTable.Entry> present, List<Registered> views, String job, int groups) {
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
                  + "; set store.schema to a new name, or drop the schema to build all views again"));
    }
    List<String> problems = new ArrayList<>();
    for (Registered view : views) {
      if (!fits(present.get(view.plan().view()), view, job, groups)) {
        problems.add(
            "View "
                + view.plan().view()
                + ": the store "
                + options
                + " holds it with another query, other source tables, another job name or maximum"
                + " parallelism; set store.schema to a new name, or drop the schema to build"
                + " it again");
      }
    }
    if (!problems.isEmpty()) {
      throw new Refused(problems);
    }
  }

  private void create(Connection connection, Registered view, String job, int groups)
      throws SQLException {
    EntriesTable tables = new EntriesTable(view.plan(), options.schema(), GENERATION);
    try (Statement statement = connection.createStatement()) {
      for (String sql : tables.create()) {
        statement.execute(sql);
      }
    }
    catalogue.insert(
        connection,
        new CatalogueTable.Entry(
            view.plan().view(), GENERATION, view.declaration(), view.tables(), groups, job));
  }

  private static String oneLine(SQLException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
  }
}
