package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;

/**
 * A query as an application sends it, {@code SELECT … WHERE user_id = ? AND …}, from which the
 * declaration of a view is derived. The columns that are compared with {@code = ?} in WHERE become
 * the key; the primary key of the root is selected as well. All else stays as it is written, so
 * that the view has the answers of the query; only LIMIT is left out, because the reader pages.
 *
 * <p>Whether the declaration is accepted is decided by {@link Planner}, as for every declaration.
 */
public final class PlainQuery {
  /** A declaration in which the query has the lines that it has alone. */
  private static final String SAME_LINES =
      "CREATE MATERIALIZED TABLE %s (PRIMARY KEY (%s) NOT ENFORCED) PARTITIONED BY (%s)"
          + " FRESHNESS = INTERVAL '5' SECOND AS %s";

  private static final String FORM =
      """
      CREATE MATERIALIZED TABLE %s (
        PRIMARY KEY (%s) NOT ENFORCED
      )
      PARTITIONED BY (%s)
      WITH ('populate' = 'eager')
      FRESHNESS = INTERVAL '5' SECOND
      AS %s
      """;

  private static final Pattern BEGINNING =
      Pattern.compile("[\\s(]*(SELECT|WITH)\\b.*", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** {@code :name}. */
  static final String NAMED_PARAMETER = "(?<![:\\w]):[A-Za-z_]\\w*+(?!\\()";

  private static final Pattern LIMIT = Pattern.compile("\\bLIMIT\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_]\\w*");
  private static final int NAME_LENGTH = 48;

  private final Optional<String> name;
  private final Query query;
  private final List<Equation> equations;
  private final List<String> remarks;
  private final List<ViewException.Problem> problems;

  /** Names of views, in lower case, that the derived view may not have. */
  private final Set<String> taken;

  /** A query and the text that it was parsed from. */
  private record Query(String text, SqlSelect select, SqlNodeList order, int doubleQuotedLine) {}

  /** A condition {@code column = ?}. */
  private record Equation(SqlIdentifier column, SqlNode at) {}

  /** A table of the FROM clause. */
  private record Source(String alias, Optional<Table> table, boolean inner) {}

  /**
   * A derived declaration.
   *
   * @param declaration what was derived; planning it says whether it is accepted
   * @param isWhole whether its text is the whole declaration, to save in a file; false if the query
   *     has constructs that the declaration cannot keep
   * @param remarks what was left out of the query, one line each
   */
  public record Derived(Declaration declaration, boolean isWhole, List<String> remarks) {
    public Derived {
      remarks = List.copyOf(remarks);
    }
  }

  private PlainQuery(
      Optional<String> name,
      Query query,
      List<Equation> equations,
      List<String> remarks,
      List<ViewException.Problem> problems,
      Set<String> taken) {
    this.name = name;
    this.query = query;
    this.equations = List.copyOf(equations);
    this.remarks = List.copyOf(remarks);
    this.problems = List.copyOf(problems);
    this.taken = Set.copyOf(taken);
  }

  /** The same query for a view that has none of these names, whatever their case. */
  public PlainQuery avoiding(Collection<String> names) {
    Set<String> folded =
        names.stream().map(each -> each.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    return new PlainQuery(name, query, equations, remarks, problems, folded);
  }

  /** Whether a text is a query, and no declaration. */
  public static boolean isOne(String text) {
    return BEGINNING.matcher(SourceText.masked(SourceText.withUniformEnds(text))).matches();
  }

  /**
   * Parses a query.
   *
   * @param name the name of the view; empty to make one of the root's name and the key
   * @throws ViewException if it cannot be parsed, or a parameter is no key
   */
  public static PlainQuery parse(String text, Optional<String> name) {
    Refusals refusals = new Refusals(name.orElse("of this query"));
    return refusals.nested(() -> parse(text, name, refusals));
  }

  private static PlainQuery parse(String text, Optional<String> name, Refusals refusals) {
    List<String> remarks = new ArrayList<>();
    Optional<Query> query = refusals.attempt(() -> read(withParameters(text), refusals, remarks));
    List<ViewException.Problem> problems = refusals.found();
    List<Equation> equations = new ArrayList<>();
    query.ifPresent(read -> refusals.check(() -> equations.addAll(equations(read, refusals))));
    if (query.isEmpty() || refusals.found().size() > problems.size()) {
      refusals.throwFound();
    }
    return new PlainQuery(name, query.orElseThrow(), equations, remarks, problems, Set.of());
  }

  /** Replaces {@code :name} by a parameter. */
  private static String withParameters(String text) {
    StringBuilder replaced = new StringBuilder();
    Matcher named = Pattern.compile(NAMED_PARAMETER).matcher(SourceText.masked(text));
    int from = 0;
    while (named.find()) {
      replaced.append(text, from, named.start()).append('?');
      from = named.end();
    }
    return replaced.append(text.substring(from)).toString();
  }

  private static Query read(String given, Refusals refusals, List<String> remarks) {
    DeclarationParser.Parsed parsed = DeclarationParser.query(given, refusals);
    SqlNode node = parsed.node();
    if (node instanceof SqlOrderBy ordered && (ordered.fetch != null || ordered.offset != null)) {
      int end = limitEnd(parsed.text(), ordered);
      Matcher limit = LIMIT.matcher(SourceText.masked(parsed.text().substring(0, end)));
      int start = -1;
      while (limit.find()) {
        start = limit.start();
      }
      if (start < 0) {
        throw refusals.at(node, "FETCH is not supported", "leave it out; the reader pages");
      }
      String left = parsed.text().substring(start, end);
      remarks.add(
          "'"
              + left.replaceAll("\\s+", " ")
              + "' is left out: the reader pages, by limit and cursor");
      String without = parsed.text().substring(0, start) + parsed.text().substring(end);
      Query rest = read(without.stripTrailing(), refusals, remarks);
      return new Query(rest.text(), rest.select(), rest.order(), parsed.doubleQuotedLine());
    }
    SqlNodeList order = SqlNodeList.EMPTY;
    if (node instanceof SqlOrderBy ordered) {
      order = ordered.orderList;
      node = ordered.query;
    }
    if (!(node instanceof SqlSelect select)) {
      throw DeclarationParser.noSelect(node, refusals);
    }
    return new Query(parsed.text(), select, order, parsed.doubleQuotedLine());
  }

  private static int limitEnd(String text, SqlOrderBy ordered) {
    int end = 0;
    for (SqlNode node : new SqlNode[] {ordered.offset, ordered.fetch}) {
      if (node != null) {
        end = Math.max(end, SourceText.end(text, node.getParserPosition()));
      }
    }
    return end;
  }

  /** The conditions that make the key; refuses all other parameters but those of ranges. */
  private static List<Equation> equations(Query query, Refusals refusals) {
    List<Equation> equations = new ArrayList<>();
    List<SqlNode> allowed = new ArrayList<>();
    for (SqlNode condition : JoinOrder.conjuncts(query.select().getWhere())) {
      Optional<Equation> equation = equation(condition);
      if (equation.isPresent()) {
        equations.add(equation.get());
        allowed.add(condition);
      } else if (BoundCondition.isBound(condition)) {
        allowed.add(condition);
      }
    }
    Parameters.refuse(query.select(), query.order(), allowed, refusals);
    boolean refused = Parameters.isIn(query.select());
    if (equations.isEmpty() && !refused) {
      throw refusals.at(
          query.select(),
          "no condition 'column = ?' says by which columns the answer is asked",
          "write one in WHERE, combined with the others by AND; its columns become the key");
    }
    return equations;
  }

  private static Optional<Equation> equation(SqlNode condition) {
    if (condition.getKind() != SqlKind.EQUALS) {
      return Optional.empty();
    }
    SqlNode left = ((SqlCall) condition).operand(0);
    SqlNode right = ((SqlCall) condition).operand(1);
    SqlNode column = left instanceof SqlDynamicParam ? right : left;
    SqlNode value = left instanceof SqlDynamicParam ? left : right;
    return column instanceof SqlIdentifier identifier && value instanceof SqlDynamicParam
        ? Optional.of(new Equation(identifier, condition))
        : Optional.empty();
  }

  /** A declaration with the query's tables, to read the catalogue for. */
  public Declaration tables() {
    return Declaration.read(
        SAME_LINES.formatted(name.filter(PlainQuery::isName).orElse("v"), "k", "k", query.text()));
  }

  private static boolean isName(String text) {
    return PLAIN_NAME.matcher(text).matches();
  }

  /**
   * Derives the declaration. Of the tables that may be the root, that one is taken with which the
   * declaration is accepted; if there is none, the one with the fewest problems.
   *
   * @param catalogue the tables that exist
   * @throws ViewException if the declaration would not have the answers of the query
   */
  public Derived declaration(Catalogue catalogue) {
    return new Refusals(name.orElse("of this query")).nested(() -> derived(catalogue));
  }

  private Derived derived(Catalogue catalogue) {
    List<Source> sources = new ArrayList<>();
    collect(query.select().getFrom(), true, catalogue, sources);
    List<Derivation> derivations = new ArrayList<>();
    for (Source root : sources) {
      if (root.inner() && root.table().filter(t -> !t.primaryKey().isEmpty()).isPresent()) {
        derivations.add(new Derivation(sources, root));
      }
    }
    if (derivations.isEmpty()) {
      derivations.add(new Derivation(sources, sources.get(0)));
    }
    Derived best = null;
    int fewest = Integer.MAX_VALUE;
    for (Derivation derivation : derivations) {
      Derived derived = derivation.derive();
      int count = problems(derived.declaration(), catalogue);
      if (count < fewest) {
        fewest = count;
        best = derived;
      }
    }
    return best;
  }

  private static int problems(Declaration declaration, Catalogue catalogue) {
    try {
      Planner.plan(declaration, catalogue);
      return 0;
    } catch (ViewException e) {
      return e.problems().size();
    }
  }

  private static void collect(
      SqlNode from, boolean inner, Catalogue catalogue, List<Source> sources) {
    if (from instanceof SqlJoin join) {
      collect(join.getLeft(), inner && join.getJoinType() != JoinType.RIGHT, catalogue, sources);
      collect(join.getRight(), inner && join.getJoinType() != JoinType.LEFT, catalogue, sources);
      return;
    }
    boolean named = from instanceof SqlBasicCall call && call.getKind() == SqlKind.AS;
    SqlNode table = named ? ((SqlCall) from).operand(0) : from;
    SqlNode alias = named ? ((SqlCall) from).operand(1) : from;
    Optional<Table> known = Optional.empty();
    if (table instanceof SqlIdentifier identifier && identifier.names.size() <= 2) {
      TableName name = Declaration.nameOf(identifier);
      known = catalogue.table(name.databaseOr(catalogue.database()), name.name());
    }
    String text = alias instanceof SqlIdentifier identifier ? last(identifier) : "";
    sources.add(new Source(text, known, inner));
  }

  private static String last(SqlIdentifier identifier) {
    return identifier.names.get(identifier.names.size() - 1);
  }

  /** The derivation with one of the tables as root. */
  private final class Derivation {
    private final List<Source> sources;
    private final Source root;
    private final List<String> added = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    Derivation(List<Source> sources, Source root) {
      this.sources = sources;
      this.root = root;
    }

    Derived derive() {
      query.select().getSelectList().forEach(item -> names.add(nameOf(item)));
      List<String> key = new ArrayList<>();
      for (Equation equation : equations) {
        String column = shown(equation.column());
        if (!key.contains(column)) {
          key.add(column);
        } else {
          throw refusals(key)
              .at(
                  equation.at(),
                  "'" + equation.column() + "' is compared with ? twice",
                  "compare it once");
        }
      }
      List<String> primaryKey = new ArrayList<>(key);
      int ofKey = added.size();
      for (SqlIdentifier column : rootKey()) {
        String name = shown(column);
        if (!primaryKey.contains(name)) {
          primaryKey.add(name);
        }
      }
      boolean distinct = query.select().getModifierNode(SqlSelectKeyword.DISTINCT) != null;
      if (distinct && added.size() > ofKey) {
        throw refusals(key)
            .at(
                query.select(),
                "DISTINCT without the primary key of '" + root.alias() + "' is not supported",
                "select "
                    + String.join(", ", added.subList(ofKey, added.size()))
                    + ", or leave out DISTINCT, if rows that look alike may all be listed");
      }
      boolean whole = problems.isEmpty();
      String declaration =
          (whole ? FORM : SAME_LINES)
              .formatted(viewName(key), list(primaryKey), list(key), edited(key));
      return new Derived(
          Declaration.read(declaration).with(problems).quotedAt(query.doubleQuotedLine()),
          whole,
          remarks);
    }

    private Refusals refusals(List<String> key) {
      return new Refusals(viewName(key));
    }

    private List<SqlIdentifier> rootKey() {
      return root.table().stream()
          .flatMap(
              table ->
                  table.primaryKey().stream().map(column -> table.columns().get(column).name()))
          .map(
              column ->
                  new SqlIdentifier(
                      List.of(root.alias(), column), query.select().getParserPosition()))
          .toList();
    }

    /** The name by which a column is selected; selects it if it is not. */
    private String shown(SqlIdentifier column) {
      List<SqlNode> items = query.select().getSelectList().getList();
      for (int i = 0; i < items.size(); i++) {
        SqlNode item = items.get(i);
        SqlNode value = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(0) : item;
        if (value instanceof SqlIdentifier other && same(column, other)) {
          return names.get(i);
        }
      }
      String text =
          column.names.stream().map(ReservedWords::quoted).collect(Collectors.joining("."));
      String name = last(column);
      for (int i = 0; i < items.size() + added.size(); i++) {
        // What was added before has its names behind those of the query.
        if (i >= items.size() && added.get(i - items.size()).startsWith(text + " AS ")) {
          return names.get(i);
        }
        if (i >= items.size() && added.get(i - items.size()).equals(text)) {
          return names.get(i);
        }
      }
      String free = free(column, name);
      added.add(free.equals(name) ? text : text + " AS " + ReservedWords.quoted(free));
      names.add(free);
      return free;
    }

    private String free(SqlIdentifier column, String name) {
      String free = name;
      for (int i = 1; isTaken(free) || (i > 1 && isColumn(free)); i++) {
        free =
            column.isSimple() || i > 1
                ? name + "_" + (i + 1)
                : column.names.get(column.names.size() - 2) + "_" + name;
      }
      return free;
    }

    /** Whether other clauses could mean a column by a name. */
    private boolean isColumn(String name) {
      return sources.stream()
          .anyMatch(source -> source.table().filter(t -> t.indexOf(name) >= 0).isPresent());
    }

    private boolean isTaken(String name) {
      return names.stream().anyMatch(name::equalsIgnoreCase);
    }

    private boolean same(SqlIdentifier one, SqlIdentifier other) {
      Optional<String> first = resolve(one);
      return first.isPresent() ? first.equals(resolve(other)) : one.names.equals(other.names);
    }

    /** A name for a column of a table; empty if it is not known. */
    private Optional<String> resolve(SqlIdentifier identifier) {
      if (identifier.isStar() || identifier.names.size() > 2) {
        return Optional.empty();
      }
      List<String> found = new ArrayList<>();
      for (Source source : sources) {
        boolean meant = identifier.isSimple() || source.alias().equals(identifier.names.get(0));
        if (meant && source.table().filter(t -> t.indexOf(last(identifier)) >= 0).isPresent()) {
          found.add(source.alias() + "." + last(identifier).toLowerCase(Locale.ROOT));
        }
      }
      return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    private String viewName(List<String> key) {
      String table = root.table().map(Table::name).orElse(root.alias());
      String made = name.orElse(table + "_by_" + String.join("_", key)).replaceAll("\\W", "_");
      if (name.isPresent()) {
        boolean free = isName(made) && !ReservedWords.all().contains(made.toUpperCase(Locale.ROOT));
        return untaken(free ? made : "view_" + made);
      }
      return untaken(made.substring(0, Math.min(NAME_LENGTH, made.length())));
    }

    private String untaken(String made) {
      String free = made;
      for (int i = 2; taken.contains(free.toLowerCase(Locale.ROOT)); i++) {
        String suffix = "_" + i;
        free = made.substring(0, Math.min(NAME_LENGTH - suffix.length(), made.length())) + suffix;
      }
      return free;
    }

    /** The query without the conditions of the key, and with what must be selected. */
    private String edited(List<String> key) {
      Query edited = query;
      Optional<Equation> next = first(edited);
      while (next.isPresent()) {
        Refusals refusals = refusals(key);
        String without = without(edited.text(), next.get().at(), !problems.isEmpty());
        edited = read(without, refusals, new ArrayList<>());
        next = first(edited);
      }
      int at = SourceText.start(edited.text(), edited.select().getParserPosition());
      at += "SELECT".length();
      for (SqlSelectKeyword keyword : SqlSelectKeyword.values()) {
        SqlNode modifier = edited.select().getModifierNode(keyword);
        if (modifier != null) {
          at = Math.max(at, SourceText.end(edited.text(), modifier.getParserPosition()));
        }
      }
      String items = added.isEmpty() ? "" : " " + String.join(", ", added) + ",";
      Query whole =
          read(
              edited.text().substring(0, at) + items + edited.text().substring(at),
              refusals(key),
              new ArrayList<>());
      if (!isEqual(whole)) {
        throw refusals(key)
            .at(
                query.select(),
                "its conditions cannot be taken apart",
                "write the declaration by hand: leave out the conditions on the key, and select its columns");
      }
      return problems.isEmpty() ? whole.text().strip() : whole.text();
    }

    private static Optional<Equation> first(Query query) {
      return JoinOrder.conjuncts(query.select().getWhere()).stream()
          .flatMap(condition -> equation(condition).stream())
          .findFirst();
    }

    /** Whether the new query is the old one but for the changes that were meant. */
    private boolean isEqual(Query whole) {
      SqlSelect before = query.select();
      SqlSelect after = whole.select();
      List<String> conditions =
          JoinOrder.conjuncts(before.getWhere()).stream()
              .filter(condition -> equation(condition).isEmpty())
              .map(String::valueOf)
              .toList();
      List<String> items = new ArrayList<>();
      after.getSelectList().forEach(item -> items.add(item.toString()));
      List<String> wanted = new ArrayList<>();
      before.getSelectList().forEach(item -> wanted.add(item.toString()));
      return items.size() == added.size() + wanted.size()
          && items.subList(added.size(), items.size()).equals(wanted)
          && JoinOrder.conjuncts(after.getWhere()).stream()
              .map(String::valueOf)
              .toList()
              .equals(conditions)
          && clauses(before, query.order()).equals(clauses(after, whole.order()));
    }

    private static List<String> clauses(SqlSelect select, SqlNodeList order) {
      return List.of(
          String.valueOf(select.getFrom()),
          String.valueOf(select.getGroup()),
          String.valueOf(select.getHaving()),
          String.valueOf(select.getModifierNode(SqlSelectKeyword.DISTINCT)),
          order.toString());
    }
  }

  private static String nameOf(SqlNode item) {
    SqlNode named = item.getKind() == SqlKind.AS ? ((SqlCall) item).operand(1) : item;
    return named instanceof SqlIdentifier identifier ? last(identifier) : "";
  }

  private static String list(List<String> names) {
    return names.stream().map(ReservedWords::quoted).collect(Collectors.joining(", "));
  }

  /**
   * The text without a condition, its brackets, and the AND or WHERE that leads to it.
   *
   * @param sameLines whether to keep the line ends in between
   */
  private static String without(String text, SqlNode condition, boolean sameLines) {
    String masked = SourceText.masked(text);
    int start = SourceText.start(text, condition.getParserPosition());
    int end = SourceText.end(text, condition.getParserPosition());
    int before = significantBefore(masked, start);
    int after = significantAfter(masked, end);
    while (before >= 0
        && masked.charAt(before) == '('
        && after < masked.length()
        && masked.charAt(after) == ')') {
      start = before;
      end = after + 1;
      before = significantBefore(masked, start);
      after = significantAfter(masked, end);
    }
    Matcher and = Pattern.compile("(?i)AND\\b").matcher(masked).region(after, masked.length());
    if (and.lookingAt()) {
      end = significantAfter(masked, and.end());
    } else {
      Matcher word = Pattern.compile("(?i)\\b(AND|WHERE)\\s*$").matcher(masked.substring(0, start));
      if (word.find()) {
        start = significantBefore(masked, word.start()) + 1;
      }
    }
    String left = sameLines ? text.substring(start, end).replaceAll("[^\n]", "") : "";
    return text.substring(0, start) + left + text.substring(end);
  }

  private static int significantBefore(String masked, int at) {
    int before = at - 1;
    while (before >= 0 && Character.isWhitespace(masked.charAt(before))) {
      before--;
    }
    return before;
  }

  private static int significantAfter(String masked, int at) {
    int after = at;
    while (after < masked.length() && Character.isWhitespace(masked.charAt(after))) {
      after++;
    }
    return after;
  }
}
