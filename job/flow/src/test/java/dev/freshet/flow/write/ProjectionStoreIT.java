package dev.freshet.flow.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freshet.flow.JobPlan;
import dev.freshet.flow.Refused;
import dev.freshet.flow.event.EventLog;
import dev.freshet.flow.event.Orders;
import dev.freshet.flow.log.EntryChange;
import dev.freshet.flow.log.WatermarkInfo;
import dev.freshet.flow.write.ProjectionStore.Flush;
import dev.freshet.servers.LocalServers;
import dev.freshet.servers.PostgresServer;
import dev.freshet.store.GroupRange;
import dev.freshet.store.HiddenViews;
import dev.freshet.store.Notice;
import dev.freshet.store.StoreLoss;
import dev.freshet.store.StorePosition;
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
import dev.freshet.view.declare.StoredDeclaration;
import dev.freshet.view.event.Positions;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

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
      assertThat(store.progressAtOpen()).isEqualTo(WriteBuffer.NOTHING);
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
  void aLogOfEventsThatHasNotReadWhatTheRangeHasIsRefused() throws Exception {
    JobPlan orders = Orders.plan();
    PostgresServer postgres = LocalServers.postgres();
    StoreOptions own =
        new StoreOptions(
            postgres.host(),
            postgres.port(),
            "freshet",
            postgres.user(),
            postgres.password(),
            "store_" + SCHEMAS.incrementAndGet());
    StoreSchema.Registered view =
        new StoreSchema.Registered(
            orders.views().get(0), Orders.declaration("orders"), StoredDeclaration.noTables());
    new StoreSchema(own).prepare(List.of(view), "job", GROUPS);
    flush(own, orders, new GroupRange(0, 7), 7, "orders/0:5,orders/1:3");
    flush(own, orders, new GroupRange(8, 15), 8, "orders/0:5,orders/1:4");
    assertThat(new PostgresProgress(own, "job").eventLog())
        .isEqualTo(new EventLog.State(8, Positions.parse("orders/0:5,orders/1:4")));
    GroupRange all = new GroupRange(0, 15);
    for (String lacks : List.of("orders/0:9,orders/1:3", "orders/1:9", "")) {
      assertThatThrownBy(() -> flush(own, orders, all, 9, lacks))
          .as(lacks)
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("reads the events again");
    }
    assertThatThrownBy(() -> flush(own, orders, all, 8, "orders/0:5,orders/1:5"))
        .hasMessageContaining("reads the events again");
    flush(own, orders, all, 9, "orders/0:5,orders/1:4");
    assertThat(new PostgresProgress(own, "job").eventLog().number()).isEqualTo(9);
  }

  private static void flush(
      StoreOptions options, JobPlan plan, GroupRange range, long version, String positions)
      throws Exception {
    try (ProjectionStore store =
        ProjectionStore.open(options, plan, "job", range, GROUPS, List.of())) {
      store.flush(
          Flush.of(
              List.of(), version, new WatermarkInfo(version, version, positions, 0), List.of()));
    }
  }

  @Test
  void aStoreThatLostAFlushTakesNoOther() throws Exception {
    try (ProjectionStore store = open(0, 15)) {
      store.flush(Flush.of(List.of(put(1, 10, "a")), 100, mark(100), List.of()));
      execute("CREATE TABLE %s.kept AS SELECT * FROM %s.progress");
      store.flush(Flush.of(List.of(put(1, 11, "b")), 200, mark(200), List.of()));
      execute("DELETE FROM %s.progress", "INSERT INTO %s.progress SELECT * FROM %s.kept");
      assertThatThrownBy(
              () -> store.flush(Flush.of(List.of(put(1, 12, "c")), 300, mark(300), List.of())))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("no longer has the last commits of key groups");
    }
    assertThat(progress()).containsExactly("0-15 100");
  }

  @Test
  void aStoreThatLacksWhatACheckpointKnowsIsNotServedAndAsksForARebuild() throws Exception {
    StorePosition durable;
    try (ProjectionStore store = open(0, 15)) {
      assertThat(store.position()).isEmpty();
      store.flush(Flush.of(List.of(put(1, 10, "a")), 100, mark(100), List.of()));
      execute("CREATE TABLE %s.kept AS SELECT * FROM %s.progress");
      store.flush(Flush.of(List.of(put(1, 11, "b")), 200, mark(200), List.of()));
      durable = store.position().orElseThrow();
      assertThat(durable.version()).isEqualTo(200);
    }
    try (ProjectionStore ahead = open(0, 15, durable)) {
      assertThat(ahead.loss()).isEmpty();
    }
    execute("DELETE FROM %s.progress", "INSERT INTO %s.progress SELECT * FROM %s.kept");
    try (ProjectionStore back = open(0, 15, durable)) {
      assertThat(back.loss()).contains(new StoreLoss(200, OptionalLong.of(100), false));
      assertThat(back.rebuildAtOpen().hidden()).containsExactly(0);
      assertThat(rebuilds()).containsExactly("v store-lost 200 100");
      // A writer after it goes on hiding what is not rebuilt, though the checkpoint is the same.
      try (ProjectionStore next = open(0, 15, durable)) {
        assertThat(next.loss()).isEmpty();
        assertThat(next.rebuildAtOpen().hidden()).containsExactly(0);
        assertThat(next.rebuildAtOpen().reason()).isEqualTo("store-lost");
      }
    }
  }

  @Test
  void aRangeOfWhichARowIsGoneAndAnotherStoreAreLosses() throws Exception {
    StorePosition low;
    StorePosition high;
    try (ProjectionStore first = open(0, 7);
        ProjectionStore second = open(8, 15)) {
      first.flush(Flush.of(List.of(), 100, mark(100), List.of()));
      second.flush(Flush.of(List.of(), 300, mark(300), List.of()));
      low = first.position().orElseThrow();
      high = second.position().orElseThrow();
    }
    execute("DELETE FROM %s.progress WHERE first_group = 8");
    try (ProjectionStore store = open(0, 7, low, high)) {
      assertThat(store.loss()).isEmpty();
    }
    try (ProjectionStore store = open(0, 15, low, high)) {
      assertThat(store.loss()).contains(new StoreLoss(300, OptionalLong.of(100), false));
    }
    try (ProjectionStore store = open(8, 15, StorePosition.ofUnknownStore(new GroupRange(8, 15)))) {
      assertThat(store.loss()).as("it has rows again").isEmpty();
    }
    execute("DELETE FROM %s.progress");
    try (ProjectionStore store = open(0, 7, StorePosition.ofUnknownStore(new GroupRange(0, 15)))) {
      assertThat(store.loss()).isPresent();
    }
    execute("UPDATE %s.store SET id = gen_random_uuid()");
    try (ProjectionStore store = open(0, 7, low, high)) {
      assertThat(store.loss().orElseThrow().otherStore()).isTrue();
    }
  }

  @Test
  void aRebuildClearsItsViewsAndServesThemWithItsLastFlush() throws Exception {
    try (ProjectionStore store = open(0, 15)) {
      store.flush(Flush.of(List.of(put(1, 10, "a"), put(2, 20, "b")), 100, mark(100), List.of()));
      HiddenViews hidden = new HiddenViews(Set.of("v"), Optional.of("rebuilding"), 0);
      store.clear(Set.of(0), hidden);
      assertThat(entries()).isEmpty();
      assertThat(hidden()).containsExactly("{v} rebuilding 0");
      store.write(List.of(put(1, 10, "a")), hidden);
      assertThat(progress()).containsExactly("0-15 100");
      store.flush(rebuilt(List.of(put(2, 20, "b")), 200, hidden));
      assertThat(hidden()).containsExactly("{v} rebuilding 0");
      store.flush(rebuilt(List.of(), 210, new HiddenViews(Set.of(), Optional.empty(), 150)));
      assertThat(hidden()).containsExactly("{} null 150");
    }
    assertThat(entries()).containsExactly("1 10 a", "2 20 b");
    assertThat(progress()).containsExactly("0-15 210");
  }

  private static Flush rebuilt(List<EntryChange> changes, long version, HiddenViews served) {
    return new Flush(
        changes,
        List.of(),
        version,
        mark(version),
        Map.of(),
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        List.of(),
        Optional.empty(),
        served,
        List.of());
  }

  private ProjectionStore open(int first, int last, StorePosition... durable) throws Exception {
    return ProjectionStore.open(
        options, plan, "job", new GroupRange(first, last), GROUPS, List.of(durable));
  }

  private void execute(String... statements) throws SQLException {
    try (Connection connection = LocalServers.postgres().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql.replace("%s", options.schema()));
      }
    }
  }

  private List<String> rebuilds() throws SQLException {
    return rows("SELECT concat_ws(' ', view, reason, lost_from, lost_to) FROM %s.rebuilds");
  }

  private List<String> hidden() throws SQLException {
    return rows(
        "SELECT rebuilding::text || ' ' || coalesce(rebuild_reason, 'null') || ' ' || rebuilt FROM"
            + " %s.progress");
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
      store.flush(Flush.of(List.of(), 110, mark(110), List.of(new GroupRange(4, 9))));
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
    StoreOptions options = otherSchema();
    new StoreSchema(options)
        .prepare(List.of(new StoreSchema.Registered(words, "SELECT 1", "{}")), "job", GROUPS);
    List<EntryChange> changes = new ArrayList<>();
    List<KeyStates.Change> keys = new ArrayList<>();
    List<EntriesToDelete> toGo = new ArrayList<>();
    long day = LocalDate.of(2026, 1, 31).toEpochDay();
    long noDay = ImpossibleDate.dateOrStandIn(0, 0, 0).toEpochDay();
    for (Object[] values :
        new Object[][] {{"a\0b", day}, {"a".repeat(3000), day}, {"a", noDay}, {"sound", day}}) {
      Key key = words.viewKey(values);
      changes.add(new EntryChange(0, key, Key.of(values[1]), 1, true, values, Reason.UNREADABLE));
      keys.add(new KeyStates.Change(0, key, Reason.UNREADABLE, 1));
      toGo.add(new EntriesToDelete(0, Key.of(0L, values[0], values[1]), 0, 15));
    }
    try (ProjectionStore store =
        ProjectionStore.open(options, plan, "job", new GroupRange(0, 15), GROUPS, List.of())) {
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
              Map.of(),
              List.of(),
              Optional.empty(),
              HiddenViews.NONE,
              List.of()));
      assertThat(store.keys().invalid())
          .containsOnlyKeys(words.viewKeyOf("a"), words.viewKeyOf("sound"));
    }
  }

  @Test
  void aViewThatIsPopulatedOnReadFromNowOnBeginsEmptyAndBackAgainHasAll() throws Exception {
    try (ProjectionStore eager = open(0, 15)) {
      eager.flush(Flush.of(List.of(put(1, 10, "a"), put(2, 20, "b")), 100, mark(100), List.of()));
      assertThat(eager.hadOnRead(0)).isFalse();
    }
    ViewPlan onRead = view(ViewOptions.populatedOnRead(Duration.ofDays(1)));
    Key one = view.viewKeyOf(1L);
    try (ProjectionStore store = open(onRead)) {
      assertThat(entries()).as("as long as nothing is written").hasSize(2);
      store.flush(flush(List.of(), List.of(), Map.of(), 110));
      assertThat(entries()).isEmpty();
      store.flush(
          flush(
              List.of(put(1, 10, "a")),
              List.of(new KeyStates.Change(0, one, null, 120)),
              Map.of(),
              120));
    }
    try (ProjectionStore store = open(onRead)) {
      assertThat(store.keys().populated()).containsExactly(one);
      assertThat(store.keys().invalid()).isEmpty();
      store.flush(flush(List.of(), List.of(), Map.of(), 130));
      assertThat(entries()).as("it had been so before").containsExactly("1 10 a");
      store.flush(flush(List.of(), List.of(), Map.of(one, 0), 140));
      assertThat(entries()).isEmpty();
      assertThat(store.keys().populated()).isEmpty();
      store.flush(
          flush(
              List.of(put(1, 10, "a")),
              List.of(new KeyStates.Change(0, one, Reason.UNREADABLE, 150)),
              Map.of(),
              150));
      assertThat(store.keys().populated()).containsExactly(one);
      assertThat(store.keys().invalid()).isEqualTo(Map.of(one, Reason.UNREADABLE));
    }
    try (ProjectionStore eager = open(0, 15)) {
      assertThat(eager.hadOnRead(0)).isTrue();
      eager.flush(
          Flush.of(
              List.of(put(1, 10, "a"), put(2, 20, "b")),
              160,
              mark(160),
              List.of(new GroupRange(0, 15))));
      assertThat(eager.keys().invalid()).isEmpty();
    }
    assertThat(entries()).hasSize(2);
  }

  private ProjectionStore open(ViewPlan view) throws Exception {
    return ProjectionStore.open(
        options, new JobPlan(List.of(view)), "job", new GroupRange(0, 15), GROUPS, List.of());
  }

  private static Flush flush(
      List<EntryChange> changes,
      List<KeyStates.Change> keys,
      Map<Key, Integer> absent,
      long version) {
    return new Flush(
        changes,
        keys,
        version,
        mark(version),
        Map.of(),
        List.of(),
        List.of(),
        Map.of(),
        absent,
        List.of(),
        Optional.empty(),
        HiddenViews.NONE,
        List.of());
  }

  @Test
  void tellsWhatAFlushChangedOnceItIsThereAndNothingOfProgressAlone() throws Exception {
    try (Connection listening = LocalServers.postgres().connect();
        ProjectionStore store = open(0, 15)) {
      listen(listening);
      store.flush(Flush.of(List.of(), 100, mark(100), List.of()));
      assertThat(notices(listening)).containsExactly(new Notice.Groups(100, 0, 15));
      store.flush(Flush.of(List.of(), 110, mark(110), List.of()));
      store.flush(Flush.of(List.of(put(1, 10, "a"), put(1, 11, "b")), 120, mark(120), List.of()));
      store.flush(invalid(130, Map.of(0, Reason.UNPLACEABLE)));
      store.flush(invalid(140, Map.of(0, Reason.UNPLACEABLE)));
      store.flush(Flush.of(List.of(), 150, mark(150), List.of()));
      store.flush(Flush.of(List.of(), 160, mark(160), List.of(new GroupRange(4, 9))));
      assertThat(notices(listening))
          .containsExactly(
              Notice.of(120, List.of(view.viewKeyOf(1L)), 0, 15),
              new Notice.Groups(130, 0, 15),
              new Notice.Groups(150, 0, 15),
              new Notice.Groups(160, 0, 15));
      try (ProjectionStore newer = open(0, 15)) {
        assertThatThrownBy(
                () -> store.flush(Flush.of(List.of(put(2, 1, "c")), 170, mark(170), List.of())))
            .isInstanceOf(SQLException.class);
        newer.flush(Flush.of(List.of(), 180, mark(180), List.of()));
      }
      assertThat(notices(listening)).containsExactly(new Notice.Groups(180, 0, 15));
    }
  }

  private static Flush invalid(long version, Map<Integer, Reason> views) {
    return new Flush(
        List.of(),
        List.of(),
        version,
        mark(version),
        views,
        List.of(),
        List.of(),
        Map.of(),
        Map.of(),
        List.of(),
        Optional.empty(),
        HiddenViews.NONE,
        List.of());
  }

  @Test
  void anotherWayToKeepAViewIsTheSameView() {
    StoreOptions options = otherSchema();
    String declared =
        "CREATE MATERIALIZED TABLE v (PRIMARY KEY (k, id) NOT ENFORCED) PARTITIONED BY (k)"
            + " WITH ('populate' = 'eager') FRESHNESS = INTERVAL '5' SECOND AS SELECT k, id FROM t";
    StoreSchema schema = new StoreSchema(options);
    schema.prepare(List.of(registered(declared)), "job", GROUPS);
    schema.prepare(List.of(registered(declared.replace("eager", "on-read"))), "job", GROUPS);
    assertThatThrownBy(
            () ->
                schema.prepare(
                    List.of(registered(declared.replace("FROM t", "FROM t WHERE k > 1"))),
                    "job",
                    GROUPS))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("another query");
  }

  private void listen(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("LISTEN " + Notice.channel(options.schema()));
    }
  }

  /** What was sent; Postgres hands it over with the next answer. */
  private static List<Notice> notices(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT 1");
    }
    return Stream.of(connection.unwrap(PGConnection.class).getNotifications())
        .map(notification -> Notice.parse(notification.getParameter()))
        .toList();
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

  @Test
  void aStoreOfAnEarlierVersionGetsTheReadFunction() throws Exception {
    try (Connection connection = LocalServers.postgres().connect("freshet");
        Statement statement = connection.createStatement()) {
      String name = options.schema() + ".v_read";
      statement.execute("DROP FUNCTION " + name);

      new StoreSchema(options).prepare(List.of(registered("SELECT 1")), "job", GROUPS);

      try (ResultSet row = statement.executeQuery("SELECT '" + name + "'::regproc")) {
        assertThat(row.next()).isTrue();
      }
    }
  }

  @Test
  void aFunctionThatCannotBeReplacedDoesNotStopTheJob() throws Exception {
    try (Connection connection = LocalServers.postgres().connect("freshet");
        Statement statement = connection.createStatement()) {
      String name = options.schema() + ".key_group(bytea, int)";
      statement.execute("DROP FUNCTION " + name);
      statement.execute("CREATE FUNCTION " + name + " RETURNS text LANGUAGE sql AS 'SELECT NULL'");

      new StoreSchema(options).prepare(List.of(registered("SELECT 1")), "job", GROUPS);

      statement.execute("DROP FUNCTION " + name);
      new StoreSchema(options).prepare(List.of(registered("SELECT 1")), "job", GROUPS);
      try (ResultSet row =
          statement.executeQuery(
              "SELECT prorettype::regtype FROM pg_proc WHERE oid = '" + name + "'::regprocedure")) {
        row.next();
        assertThat(row.getString(1)).isEqualTo("integer");
      }
    }
  }

  private StoreOptions otherSchema() {
    return new StoreOptions(
        options.host(),
        options.port(),
        options.database(),
        options.user(),
        options.password().reveal(),
        "store_" + SCHEMAS.incrementAndGet());
  }

  private StoreSchema.Registered registered(String text) {
    return new StoreSchema.Registered(view, text, "{}");
  }

  private static WatermarkInfo mark(long version) {
    return new WatermarkInfo(version, version, "uuid:1-" + version, 1_000 + version);
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
        List.of(),
        Duration.ofSeconds(5),
        ViewOptions.DEFAULT,
        "SELECT word, day FROM w");
  }

  private static ViewPlan view() {
    return view(ViewOptions.DEFAULT);
  }

  private static ViewPlan view(ViewOptions options) {
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
        List.of(),
        Duration.ofSeconds(5),
        options,
        "SELECT k, id, text FROM t");
  }
}
