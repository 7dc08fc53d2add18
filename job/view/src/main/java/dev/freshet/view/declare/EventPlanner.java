package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ViewOptions;
import dev.freshet.view.ViewPlan;
import dev.freshet.view.event.EventFunction;
import dev.freshet.view.event.EventTable;
import dev.freshet.view.event.EventView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.flink.sql.parser.ddl.SqlCreateMaterializedTable;
import org.apache.flink.sql.parser.ddl.SqlCreateTable;
import org.apache.flink.sql.parser.ddl.SqlTableOption;

/**
 * Plans a declared read model over events: the {@code CREATE TABLE} of a topic and the {@code
 * CREATE MATERIALIZED TABLE} over it, in one text. A file with both stands for itself, as that of
 * any view, so nobody has to say which topics a view needs. Views of one topic repeat its table.
 *
 * <p>Conditions and calculations mean the same as in views of MySQL's tables, with texts that are
 * compared by code points.
 */
public final class EventPlanner {
  private static final Pattern TABLE =
      Pattern.compile("\\bCREATE\\s+(TEMPORARY\\s+)?TABLE\\b", Pattern.CASE_INSENSITIVE);
  private static final String FORM =
      "write CREATE TABLE of a topic and CREATE MATERIALIZED TABLE over it, with ; between them";

  private static final String KEEP_DELETED = "keep-deleted";
  private static final String KEEP_IDS = "keep-ids";
  private static final List<String> OPTIONS =
      List.of(KEEP_DELETED, KEEP_IDS, Options.STALE_ON_ERROR);

  private final SqlCreateTable topic;
  private final SqlCreateMaterializedTable model;
  private final Refusals refusals;

  private EventPlanner(SqlCreateTable topic, SqlCreateMaterializedTable model, Refusals refusals) {
    this.topic = topic;
    this.model = model;
    this.refusals = refusals;
  }

  /** Whether a text declares the table of a topic, and is thus none of a view of MySQL's tables. */
  public static boolean isOne(String text) {
    return TABLE.matcher(SourceText.masked(text)).find();
  }

  /**
   * Plans a read model.
   *
   * @param text both statements, which may have comments
   * @throws ViewException if the read model is not supported; it has all problems
   */
  public static EventView plan(String text) {
    Refusals refusals = new Refusals(DeclarationParser.nameIn(text));
    Optional<EventView> view =
        refusals
            .attempt(() -> refusals.nested(() -> parsed(text, refusals).plan()))
            .flatMap(planned -> planned);
    EventAdvice.throwFound(refusals);
    return view.orElseThrow();
  }

  private static EventPlanner parsed(String text, Refusals refusals) {
    List<SqlCreateTable> topics = new ArrayList<>();
    List<SqlCreateMaterializedTable> models = new ArrayList<>();
    for (String statement : statements(SourceText.withUniformEnds(text))) {
      String form = isOne(statement) ? EventTables.FORM : DeclarationParser.FORM;
      SqlNode node = DeclarationParser.statement(statement, form, refusals).node();
      if (node instanceof SqlCreateTable table) {
        topics.add(table);
      } else if (node instanceof SqlCreateMaterializedTable table) {
        models.add(table);
      } else {
        throw refusals.at(node, "the statement declares nothing", FORM);
      }
    }
    if (topics.size() > 1) {
      throw refusals.at(
          topics.get(1), "a second CREATE TABLE is not supported", "declare a view for each topic");
    }
    if (models.size() > 1) {
      throw refusals.at(
          models.get(1),
          "a second CREATE MATERIALIZED TABLE is not supported",
          "write it into a file of its own, with the CREATE TABLE of its topic");
    }
    if (topics.isEmpty() || models.isEmpty()) {
      throw refusals.at(
          1, "CREATE " + (topics.isEmpty() ? "" : "MATERIALIZED ") + "TABLE is missing", FORM);
    }
    return new EventPlanner(topics.get(0), models.get(0), refusals);
  }

  /** The statements between semicolons, each in its lines. */
  private static List<String> statements(String text) {
    String masked = SourceText.masked(text);
    List<String> statements = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      if (i == text.length() || masked.charAt(i) == ';') {
        if (!masked.substring(start, i).isBlank()) {
          statements.add(
              text.substring(0, start).replaceAll("[^\n]", " ") + text.substring(start, i));
        }
        start = i + 1;
      }
    }
    return statements;
  }

  /** Returns nothing if a part is refused. */
  private Optional<EventView> plan() {
    if (!refusals.found().isEmpty()) {
      refusals.excuse(MysqlWords.REFUSED);
    }
    EventTables tables = new EventTables(topic, refusals);
    Optional<EventTable> table = tables.read();
    ViewHeader header = ViewHeader.read(model, refusals);
    Options options = Options.of(model.getPropertyList(), OPTIONS, refusals);
    boolean stale = refusals.attempt(options::staleOnError).orElse(false);
    Optional<EventQuery> query =
        select().map(select -> EventQuery.read(select, order(), header, tables, refusals));
    List<EventFunction> functions = query.map(EventQuery::functions).orElse(List.of());
    Duration keepDeleted =
        refusals
            .attempt(() -> options.option(KEEP_DELETED).map(options::duration))
            .flatMap(given -> given)
            .orElse(EventView.KEEP_DELETED);
    Duration keepIds =
        refusals
            .attempt(() -> options.option(KEEP_IDS).map(each -> keepIds(options, each, functions)))
            .flatMap(given -> given)
            .orElse(EventView.KEEP_IDS);
    if (!refusals.found().isEmpty() || table.isEmpty() || query.isEmpty()) {
      return Optional.empty();
    }
    EventQuery read = query.get();
    return Optional.of(
        new EventView(
            table.get(),
            read.group(),
            functions,
            read.having(),
            keepDeleted,
            keepIds,
            plan(header, stale, read, table.get())));
  }

  private Duration keepIds(Options options, SqlTableOption option, List<EventFunction> functions) {
    boolean known = refusals.found().isEmpty();
    if (known && functions.stream().noneMatch(EventFunction::keepsIds)) {
      throw refusals.at(
          option,
          "'keep-ids' has no effect here",
          "leave it out; only COUNT(*), SUM and AVG keep ids");
    }
    return options.duration(option);
  }

  private SqlNodeList order() {
    return model.getAsQuery() instanceof SqlOrderBy ordered ? ordered.orderList : SqlNodeList.EMPTY;
  }

  private Optional<SqlSelect> select() {
    SqlNode query = model.getAsQuery();
    if (query instanceof SqlOrderBy ordered) {
      SqlNode limit = ordered.fetch != null ? ordered.fetch : ordered.offset;
      if (limit != null) {
        refusals.add(
            refusals.at(limit, "LIMIT is not supported", "the reader pages; leave it out"));
      }
      query = ordered.query;
    }
    if (query instanceof SqlSelect select) {
      return Optional.of(select);
    }
    refusals.add(DeclarationParser.noSelect(query, refusals));
    return Optional.empty();
  }

  private static ViewPlan plan(
      ViewHeader header, boolean stale, EventQuery query, EventTable table) {
    List<Column> columns = query.columns();
    List<Integer> key = new ArrayList<>();
    for (int i = 0; i < query.group().size(); i++) {
      key.add(i);
    }
    Table rows = new Table("", header.view(), columns, key);
    PlanNode root = new PlanNode(table.name(), rows, -1, List.of(), true, 0);
    return new ViewPlan(
        header.view(),
        List.of(root),
        Expr.TRUE,
        query.outputs(),
        query.primaryKey(),
        header.key().size(),
        query.order(),
        List.of(),
        header.freshness(),
        new ViewOptions(false, ViewOptions.EVICT_AFTER, ViewOptions.MAX_KEYS, stale),
        new ViewPlan.Source.Events(List.of(table.topic())));
  }
}
