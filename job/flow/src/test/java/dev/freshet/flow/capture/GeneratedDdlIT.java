package dev.freshet.flow.capture;

import static dev.freshet.flow.capture.SamplePlan.optional;
import static dev.freshet.flow.capture.SamplePlan.required;
import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.capture.inject.StoreProgress;
import dev.freshet.flow.log.Event;
import dev.freshet.flow.log.ViewFault;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.MySqlAccount;
import dev.freshet.view.Column;
import dev.freshet.view.TestSize;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewPlan;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random statements that change tables, with writes between them: behind every statement and write
 * the rows that capture told are MySQL's own, or the view was lost by then. Every other job reads
 * them with MINIMAL metadata. Each job is stopped in the middle, and resumed from its savepoint
 * behind statements that came meanwhile.
 *
 * <p>{@code -Dfreshet.seed=N} runs one seed alone, with both; {@code -Dfreshet.seeds=N} so many.
 */
class GeneratedDdlIT {
  private static final int SEEDS_PER_JOB = 50;
  private static final int STEPS = 8;

  private int statements;
  private int refused;
  private int states;
  private int lost;

  /** One seed: a table, the view over it, and what it held at places of the binlog. */
  private static final class Run {
    final long seed;
    final String table;
    final Random random;
    final RandomDdl ddl;
    final List<String> said = new ArrayList<>();

    /** By place; empty where MySQL no longer has the columns. */
    final Map<Long, Optional<Set<List<Object>>>> held = new TreeMap<>();

    long firstTouch = Long.MAX_VALUE;
    int rows = 1;

    Run(long seed, String database, int number) {
      this.seed = seed;
      this.table = "ddl_" + number;
      this.random = new Random(seed);
      this.ddl = new RandomDdl(random, database, table);
    }
  }

  @Test
  void whatIsToldIsWhatMysqlHolds() throws Exception {
    boolean one =
        Long.getLong("freshet.seed") != null && Integer.getInteger("freshet.seeds") == null;
    int seeds = one ? 1 : Integer.getInteger("freshet.seeds", FULL ? 2000 : 100);
    long first = TestSize.seed();
    System.out.printf("seeds %d to %d%n", first, first + seeds - 1);
    try (Connection root = LocalServers.mysql().connect(MySqlAccount.ROOT, "")) {
      for (int done = 0; done < seeds; done += SEEDS_PER_JOB) {
        int count = Math.min(SEEDS_PER_JOB, seeds - done);
        boolean minimal = done / SEEDS_PER_JOB % 2 == 1;
        run(root, first + done, count, minimal);
        if (one) {
          run(root, first, 1, true);
        }
      }
      metadata(root, "FULL");
    }
    System.out.printf(
        "%d statements, %d more refused by MySQL; %d states compared, %d views lost%n",
        statements, refused, states, lost);
  }

  private static void metadata(Connection root, String value) throws SQLException {
    try (Statement statement = root.createStatement()) {
      statement.execute("SET GLOBAL binlog_row_metadata = " + value);
    }
  }

  private void run(Connection root, long firstSeed, int count, boolean minimal) throws Exception {
    metadata(root, minimal ? "MINIMAL" : "FULL");
    try (SourceDatabase source = new SourceDatabase()) {
      // MySQL 8.0.33 dies of some sequences of instant alterations.
      source.execute("SET SESSION old_alter_table = ON");
      List<Run> runs = new ArrayList<>();
      List<ViewPlan> views = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Run run = new Run(firstSeed + i, source.name(), i);
        source.execute(run.ddl.create());
        source.execute("CREATE TABLE " + run.table + "_like (u INT, id INT PRIMARY KEY)");
        for (int row = 0; row < 3; row++) {
          write(source, run);
        }
        runs.add(run);
        views.addAll(SamplePlan.of(source.name(), run.table, columns()).views());
      }
      JobPlan plan = new JobPlan(views);
      List<Event> events = new ArrayList<>();
      Map<Integer, ViewFault> faults = new TreeMap<>();
      String savepoint;
      try (LogProbe log = LogProbe.start(plan, source.options())) {
        log.awaitWatermark(1);
        steps(source, runs, STEPS / 2);
        log.awaitWatermark(source.position());
        savepoint = log.stopWithSavepoint();
        collect(log, events, faults);
      }
      steps(source, runs, STEPS / 4);
      try (LogProbe log = LogProbe.start(plan, source.options(), savepoint, StoreProgress.NONE)) {
        steps(source, runs, STEPS / 4);
        log.awaitWatermark(source.position());
        collect(log, events, faults);
      }
      for (Run run : runs) {
        check(plan, run, events, faults, minimal);
      }
    }
  }

  private static void collect(LogProbe log, List<Event> events, Map<Integer, ViewFault> faults) {
    events.addAll(log.events());
    log.faults().forEach(fault -> faults.putIfAbsent(fault.view(), fault));
  }

  private static Column[] columns() {
    return new Column[] {
      required("id", ValueType.INTEGER, "int"),
      required("a", ValueType.INTEGER, "int"),
      required("b", ValueType.INTEGER, "int"),
      optional("e", ValueType.STRING, "enum('x','y')"),
      new Column("c", ValueType.STRING, true, "varchar(20)", "latin1_swedish_ci"),
      optional("u", ValueType.DECIMAL, "bigint unsigned"),
    };
  }

  private void steps(SourceDatabase source, List<Run> runs, int steps) throws SQLException {
    for (int step = 0; step < steps; step++) {
      for (Run run : runs) {
        RandomDdl.Step next = run.ddl.next();
        long before = source.position();
        if (execute(source, run, next.sql()) && next.touches()) {
          run.firstTouch = Math.min(run.firstTouch, before);
        }
        note(source, run);
        write(source, run);
        note(source, run);
      }
    }
  }

  private void write(SourceDatabase source, Run run) throws SQLException {
    execute(source, run, run.ddl.write(run.rows++));
  }

  private boolean execute(SourceDatabase source, Run run, String sql) throws SQLException {
    try {
      source.execute(sql);
      run.said.add(sql);
      statements++;
      return true;
    } catch (SQLException e) {
      assertThat(source.connection().isValid(5))
          .as("MySQL after '%s', seed %d: %s", sql, run.seed, run.said)
          .isTrue();
      refused++;
      return false;
    }
  }

  private static void note(SourceDatabase source, Run run) throws SQLException {
    Set<List<Object>> rows = new HashSet<>();
    try (Statement statement = source.connection().createStatement();
        ResultSet row =
            statement.executeQuery("SELECT id, a, b, e, c, u FROM `" + run.table + "`")) {
      while (row.next()) {
        BigDecimal unsigned = row.getBigDecimal(6);
        rows.add(
            Arrays.asList(
                row.getObject(1) instanceof Number id ? id.longValue() : row.getObject(1),
                row.getObject(2) instanceof Number a ? a.longValue() : row.getObject(2),
                row.getObject(3) instanceof Number b ? b.longValue() : row.getObject(3),
                row.getString(4),
                row.getString(5),
                unsigned));
      }
      run.held.put(source.position(), Optional.of(rows));
    } catch (SQLException e) {
      run.held.put(source.position(), Optional.empty());
    }
  }

  private void check(
      JobPlan plan, Run run, List<Event> events, Map<Integer, ViewFault> faults, boolean minimal) {
    JobPlan.Node node =
        plan.nodes().stream()
            .filter(each -> each.plan().table().name().equals(run.table))
            .findFirst()
            .orElseThrow();
    ViewFault fault = faults.get(node.view());
    String about =
        "seed "
            + run.seed
            + (minimal ? ", MINIMAL" : ", FULL")
            + ", "
            + String.join(";\n", run.said)
            + "\n"
            + (fault == null ? "" : fault.message() + "\n");
    lost += fault == null ? 0 : 1;
    if (fault != null && !minimal) {
      assertThat(fault.version()).as(about).isGreaterThan(run.firstTouch);
    }
    for (Map.Entry<Long, Optional<Set<List<Object>>>> each : run.held.entrySet()) {
      if (fault != null && fault.version() <= each.getKey()) {
        break;
      }
      assertThat(each.getValue()).as("columns at " + each.getKey() + ": " + about).isPresent();
      List<Event> until =
          events.stream()
              .filter(event -> event.version() < each.getKey())
              .filter(event -> event.key().values()[0].equals((long) node.id()))
              .toList();
      assertThat(Rebuilt.of(until).rowsOf(node))
          .as("at " + each.getKey() + ": " + about)
          .isEqualTo(each.getValue().get());
      states++;
    }
  }
}
