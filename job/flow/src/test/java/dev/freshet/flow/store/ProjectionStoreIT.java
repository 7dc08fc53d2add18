package dev.freshet.flow.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.Refused;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.Mark;
import dev.freshet.flow.store.ProjectionStore.Flush;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.PostgresServer;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ImpossibleDate;
import dev.freshet.view.Key;
import dev.freshet.view.KeyGroups;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Reason;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProjectionStoreIT {
  private static final int GROUPS = 16;
  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  private final ViewPlan view = view();
  private final JobPlan plan = new JobPlan(List.of(view));
  private StoreOptions options;

  @BeforeEach
  void prepareSchema() {
    PostgresServer postgres = LocalServers.postgres();
    options =
        new StoreOptions(
            postgres.host(),
            postgres.port(),
            "freshet",
            postgres.user(),
            postgres.password(),
            "store_" + SCHEMAS.incrementAndGet());
    new StoreSchema(options).prepare(List.of(registered("SELECT 1")), "job", GROUPS);
  }

  @Test
  void writesChangesAndProgressTogether() throws Exception {
    try (ProjectionStore store = open(0, 15)) {
      assertThat(store.progressAtOpen()).isEqualTo(Pending.NOTHING);
      store.flush(Flush.of(List.of(put(1, 10, "a"), put(2, 20, "b")), 100, mark(100), List.of()));
      store.flush(Flush.of(List.of(put(1, 10, "c"), gone(2, 20, "b")), 200, mark(200), List.of()));
    }
    assertThat(entries()).containsExactly("1 10 c");
    assertThat(progress()).containsExactly("0-15 200");
  }

  @Test
  void anOlderWriterIsFencedOffWhole() throws Exception {
    try (ProjectionStore old = open(0, 15)) {
      old.flush(Flush.of(List.of(put(1, 10, "a")), 100, mark(100), List.of()));
      try (ProjectionStore fresh = open(0, 15)) {
        assertThat(fresh.progressAtOpen()).isEqualTo(100);
        assertThatThrownBy(
                () -> old.flush(Flush.of(List.of(put(1, 10, "z")), 150, mark(150), List.of())))
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("newer attempt");
        fresh.flush(Flush.of(List.of(put(1, 11, "b")), 140, mark(140), List.of()));
      }
    }
    assertThat(entries()).containsExactly("1 10 a", "1 11 b");
    assertThat(progress()).containsExactly("0-15 140");
  }

  @Test
  void anOlderWriterThatNeverFlushedIsFencedOffToo() throws Exception {
    try (ProjectionStore old = open(0, 15);
        ProjectionStore fresh = open(0, 15)) {
      fresh.flush(Flush.of(List.of(put(1, 10, "a")), 100, mark(100), List.of()));
      assertThatThrownBy(
              () -> old.flush(Flush.of(List.of(put(1, 10, "z")), 150, mark(150), List.of())))
          .isInstanceOf(SQLException.class);
    }
    assertThat(entries()).containsExactly("1 10 a");
  }

  @Test
  void rangesSplitAndMergeKeepingEachPartsProgressUntilTheFirstFlush() throws Exception {
    try (ProjectionStore low = open(0, 7);
        ProjectionStore high = open(8, 15)) {
      low.flush(Flush.of(List.of(), 100, mark(100), List.of()));
      high.flush(Flush.of(List.of(), 300, mark(300), List.of()));
    }
    try (ProjectionStore middle = open(5, 10)) {
      assertThat(middle.progressAtOpen()).isEqualTo(300);
      assertThat(progress()).containsExactly("0-4 100", "5-7 100", "8-10 300", "11-15 300");
      middle.flush(Flush.of(List.of(), 310, mark(310), List.of()));
    }
    assertThat(progress()).containsExactly("0-4 100", "5-10 310", "11-15 300");
    try (ProjectionStore all = open(0, 15)) {
      assertThat(all.progressAtOpen()).isEqualTo(310);
      assertThatThrownBy(() -> all.flush(Flush.of(List.of(), 305, mark(305), List.of())))
          .isInstanceOf(SQLException.class);
      all.flush(Flush.of(List.of(), 320, mark(320), List.of()));
    }
    assertThat(progress()).containsExactly("0-15 320");
  }

  @Test
  void clearsItsOwnRangeOnly() throws Exception {
    List<EntryChange> changes = new ArrayList<>();
    for (long key = 0; key < 40; key++) {
      changes.add(put(key, key, "x"));
    }
    try (ProjectionStore store = open(0, 15)) {
      store.flush(Flush.of(changes, 100, mark(100), List.of()));
      store.flush(Flush.of(List.of(), 110, mark(110), List.of(new KeyGroupRange(4, 9))));
    }
    List<String> left = new ArrayList<>();
    for (long key = 0; key < 40; key++) {
      int group = KeyGroups.of(view.viewKeyOf(key), GROUPS);
      if (group < 4 || group > 9) {
        left.add(key + " " + key + " x");
      }
    }
    assertThat(left).isNotEmpty().hasSizeLessThan(40);
    assertThat(entries()).containsExactlyElementsOf(left);
  }

  @Test
  void whatPostgresCannotNameIsLeftOut() throws Exception {
    ViewPlan words = wordView();
    JobPlan plan = new JobPlan(List.of(words));
    StoreOptions options =
        new StoreOptions(
            this.options.host(),
            this.options.port(),
            this.options.database(),
            this.options.user(),
            this.options.password(),
            "store_" + SCHEMAS.incrementAndGet());
    new StoreSchema(options)
        .prepare(List.of(new StoreSchema.Registered(words, "SELECT 1", "{}")), "job", GROUPS);
    List<EntryChange> changes = new ArrayList<>();
    List<KeyStates.Change> keys = new ArrayList<>();
    List<EntriesToGo> toGo = new ArrayList<>();
    long day = LocalDate.of(2026, 1, 31).toEpochDay();
    long noDay = ImpossibleDate.dateOrStandIn(0, 0, 0).toEpochDay();
    for (Object[] values :
        new Object[][] {{"a\0b", day}, {"a".repeat(3000), day}, {"a", noDay}, {"sound", day}}) {
      Key key = words.viewKey(values);
      changes.add(new EntryChange(0, key, Key.of(values[1]), 1, true, values, Reason.UNREADABLE));
      keys.add(new KeyStates.Change(0, key, Reason.UNREADABLE, 1));
      toGo.add(new EntriesToGo(0, Key.of(0L, values[0], values[1]), 0, 15));
    }
    try (ProjectionStore store =
        ProjectionStore.open(options, plan, "job", new KeyGroupRange(0, 15), GROUPS)) {
      store.flush(
          new Flush(
              changes,
              keys,
              100,
              mark(100),
              Map.of(),
              List.of(),
              toGo,
              Map.of(),
              List.of(),
              Optional.empty(),
              List.of()));
      assertThat(store.invalidKeys())
          .containsOnlyKeys(words.viewKeyOf("a"), words.viewKeyOf("sound"));
    }
  }

  @Test
  void theSameJobIsPreparedTwiceAndAnotherIsRefused() {
    StoreSchema schema = new StoreSchema(options);
    schema.prepare(List.of(registered("SELECT 1")), "job", GROUPS);
    assertThatThrownBy(() -> schema.prepare(List.of(registered("SELECT 2")), "job", GROUPS))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("View v")
        .hasMessageContaining("store.schema");
    assertThatThrownBy(() -> schema.prepare(List.of(registered("SELECT 1")), "other", GROUPS))
        .isInstanceOf(Refused.class);
  }

  private StoreSchema.Registered registered(String text) {
    return new StoreSchema.Registered(view, text, "{}");
  }

  private ProjectionStore open(int first, int last) throws Exception {
    return ProjectionStore.open(options, plan, "job", new KeyGroupRange(first, last), GROUPS);
  }

  private static Mark mark(long version) {
    return new Mark(version, version, "uuid:1-" + version, 1_000 + version);
  }

  private EntryChange put(long key, long id, String text) {
    return change(key, id, text, true);
  }

  private EntryChange gone(long key, long id, String text) {
    return change(key, id, text, false);
  }

  private EntryChange change(long key, long id, String text, boolean present) {
    Object[] values = {key, id, text};
    return new EntryChange(0, view.viewKey(values), Key.of(id), 1, present, values);
  }

  private List<String> entries() throws SQLException {
    return rows("SELECT k || ' ' || id || ' ' || text FROM %s.v ORDER BY k, id");
  }

  private List<String> progress() throws SQLException {
    return rows(
        "SELECT first_group || '-' || last_group || ' ' || version FROM %s.progress"
            + " ORDER BY first_group");
  }

  private List<String> rows(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = LocalServers.postgres().connect();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(String.format(sql, options.schema()))) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }

  /** Keyed by a text; a day completes the primary key. */
  private static ViewPlan wordView() {
    List<Column> columns =
        List.of(
            new Column("word", ValueType.STRING, false, "varchar(4000)", "utf8mb4_0900_bin"),
            new Column("day", ValueType.DATE, false, "date", ""));
    List<ViewPlan.Output> outputs = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      outputs.add(new ViewPlan.Output(columns.get(i), new Expr.ColumnRef(0, i)));
    }
    Table table = new Table("sample", "w", columns, List.of(0, 1));
    return new ViewPlan(
        "words",
        List.of(new PlanNode("w", table, -1, List.of(), true, 0)),
        Expr.TRUE,
        outputs,
        List.of(0, 1),
        1,
        List.of(new ViewPlan.Order(1, false)),
        Duration.ofSeconds(5),
        ViewOptions.DEFAULT,
        "SELECT word, day FROM w");
  }

  private static ViewPlan view() {
    List<Column> columns =
        List.of(
            new Column("k", ValueType.INTEGER, false, "bigint", ""),
            new Column("id", ValueType.INTEGER, false, "bigint", ""),
            new Column("text", ValueType.STRING, true, "varchar(9)", "utf8mb4_bin"));
    Table table = new Table("sample", "t", columns, List.of(1));
    List<ViewPlan.Output> outputs = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      outputs.add(new ViewPlan.Output(columns.get(i), new Expr.ColumnRef(0, i)));
    }
    return new ViewPlan(
        "v",
        List.of(new PlanNode("t", table, -1, List.of(), true, 0)),
        Expr.TRUE,
        outputs,
        List.of(0, 1),
        1,
        List.of(new ViewPlan.Order(1, false)),
        Duration.ofSeconds(5),
        ViewOptions.DEFAULT,
        "SELECT k, id, text FROM t");
  }
}
