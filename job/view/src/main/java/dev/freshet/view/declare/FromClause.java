package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Column;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * Resolves the FROM clause: a root, and tables that are joined to-one by a whole key; see {@link
 * JoinOrder}.
 */
final class FromClause {
  private static final String REMEDY_KEY =
      "equate its whole primary key, or a unique key of NOT NULL columns; for a join to many rows"
          + " declare a view of that table";

  private static final String JOINS =
      "write JOIN or LEFT JOIN with ON or USING, or a comma and WHERE";

  private final Refusals refusals;
  private final Catalogue catalogue;
  private final Scope scope;
  private final Map<Integer, List<SqlNode>> conditions = new HashMap<>();
  private final List<JoinOrder.Part> parts = new ArrayList<>();

  /** Tables whose joins are refused. */
  private final Set<JoinOrder.Part> refused = new HashSet<>();

  private List<SqlNode> rest = List.of();
  private boolean lacksTables;

  FromClause(Refusals refusals, Catalogue catalogue) {
    this.refusals = refusals;
    this.catalogue = catalogue;
    this.scope = new Scope(refusals);
  }

  /**
   * Resolves the clause. If some of it is refused, the scope has all tables that are known, most
   * without their joins.
   *
   * @param where the condition of WHERE, which may join tables; null for none
   * @param primaryKey the columns of the view's primary key, as SELECT names them
   */
  Scope read(SqlNode from, SqlNode where, List<SqlIdentifier> primaryKey) {
    collect(from);
    if (!scope.isIncomplete()) {
      Optional<JoinOrder.Joins> joins = JoinOrder.of(parts, where, primaryKey);
      if (joins.isPresent()) {
        add(joins.get());
        rest = joins.get().rest();
        return scope;
      }
    }
    // A table that is not known may be what others are joined with.
    List<JoinOrder.Part> unreached =
        lacksTables ? List.of() : JoinOrder.unreached(parts, refused, where, primaryKey);
    scope.setIncomplete(lacksTables);
    parts.forEach(part -> addUnjoined(part, unreached.contains(part)));
    parts.stream().filter(part -> !unreached.contains(part)).forEach(this::refuseTypes);
    return scope;
  }

  /** The conditions of inner joins that join no table, and so belong to WHERE. */
  List<SqlNode> rest() {
    return rest;
  }

  /** The conditions of LEFT JOINs besides those that join, by the index of the joined table. */
  Map<Integer, List<SqlNode>> conditions() {
    return conditions;
  }

  /** Collects the tables, and refuses those that are not known and joins that are not plain. */
  private void collect(SqlNode from) {
    if (!(from instanceof SqlJoin join)) {
      addPart(from, true, null);
      return;
    }
    SqlNode left = join.getLeft();
    SqlNode right = join.getRight();
    boolean turned = join.getJoinType() == JoinType.RIGHT && !(left instanceof SqlJoin);
    if (turned && !(right instanceof SqlJoin) && !join.isNatural()) {
      // The same as a LEFT JOIN the other way round.
      addPart(right, true, null);
      addPart(left, false, join);
      return;
    }
    collect(left);
    if (right instanceof SqlJoin) {
      refusals.add(
          refusals.at(right, "brackets around joins are not supported", "join one by one"));
      scope.setIncomplete(false);
      int first = parts.size();
      collect(right);
      refused.addAll(parts.subList(first, parts.size()));
      return;
    }
    addPart(right, join.getJoinType() != JoinType.LEFT, join);
  }

  /**
   * Adds a table.
   *
   * @param join how it is joined; null for the first table
   */
  private void addPart(SqlNode at, boolean inner, SqlJoin join) {
    Optional<Table> known = refusals.attempt(() -> table(at));
    Optional<String> given = refusals.attempt(() -> alias(at));
    if (known.isEmpty() || given.isEmpty()) {
      names(at).forEach(refusals::excuse);
      lacksTables = true;
      scope.setIncomplete(true);
      return;
    }
    String alias = given.get();
    if (parts.stream().anyMatch(part -> part.alias().equals(alias))) {
      refusals.add(
          refusals.at(
              at,
              "the alias '" + alias + "' is used twice",
              "give each table an alias of its own"));
      scope.setIncomplete(false);
      return;
    }
    Optional<SqlNode> on = join == null ? Optional.empty() : condition(join, at, alias);
    JoinOrder.Part part = new JoinOrder.Part(alias, known.get(), at, inner, on.orElse(null));
    parts.add(part);
    boolean keyed = refusals.check(() -> refuseKeyless(at, part.table()));
    if (!keyed || (join != null && join.getJoinType() != JoinType.COMMA && on.isEmpty())) {
      refused.add(part);
      scope.setIncomplete(false);
    }
  }

  /** The condition of a join; empty if the join has none, or is refused. */
  private Optional<SqlNode> condition(SqlJoin join, SqlNode at, String alias) {
    boolean turned = join.getJoinType() == JoinType.RIGHT && join.getLeft() == at;
    if (join.isNatural()) {
      return refused(at, "NATURAL JOIN");
    }
    if (join.getJoinType() == JoinType.COMMA) {
      return Optional.empty();
    }
    if (!turned && join.getJoinType() != JoinType.INNER && join.getJoinType() != JoinType.LEFT) {
      return refused(at, join.getJoinType() + " JOIN");
    }
    return switch (join.getConditionType()) {
      case ON -> Optional.of(join.getCondition());
      case NONE -> refused(at, "a JOIN without ON");
      case USING ->
          Optional.ofNullable(using((SqlNodeList) join.getCondition(), alias, parts))
              .or(() -> refused(at, "JOIN ... USING"));
    };
  }

  private Optional<SqlNode> refused(SqlNode at, String join) {
    refusals.add(refusals.at(at, join + " is not supported", JOINS));
    return Optional.empty();
  }

  /** The names by which columns of a table would be qualified. */
  private static List<String> names(SqlNode from) {
    SqlNode named =
        from instanceof SqlBasicCall call && call.getKind() == SqlKind.AS ? call.operand(1) : from;
    return named instanceof SqlIdentifier identifier
        ? List.of(identifier.names.get(identifier.names.size() - 1))
        : List.of();
  }

  /** The condition that USING stands for; null if a column is not that of one table before it. */
  private static SqlNode using(SqlNodeList columns, String alias, List<JoinOrder.Part> parts) {
    SqlNode all = null;
    for (SqlNode column : columns) {
      SqlParserPos at = column.getParserPosition();
      String name = ((SqlIdentifier) column).getSimple();
      List<JoinOrder.Part> owners =
          parts.stream().filter(part -> part.table().indexOf(name) >= 0).toList();
      if (owners.size() != 1) {
        return null;
      }
      SqlNode equal =
          SqlStdOperatorTable.EQUALS.createCall(
              at,
              new SqlIdentifier(List.of(owners.get(0).alias(), name), at),
              new SqlIdentifier(List.of(alias, name), at));
      all = all == null ? equal : SqlStdOperatorTable.AND.createCall(at, all, equal);
    }
    return all;
  }

  private void add(JoinOrder.Joins joins) {
    for (JoinOrder.Placed placed : joins.placed()) {
      Table table = placed.part().table();
      if (placed.parent() < 0) {
        scope.addRoot(
            placed.part().alias(),
            table,
            placed.key().stream()
                .flatMap(each -> fixed(table.columns().get(each.column()), each).stream())
                .toList());
        continue;
      }
      List<Integer> key = new ArrayList<>();
      List<Integer> foreignKey = new ArrayList<>();
      List<PlanNode.Fixed> fixed = new ArrayList<>();
      for (JoinOrder.KeyColumn each : placed.key()) {
        Column column = table.columns().get(each.column());
        if (each.isConstant()) {
          fixed(column, each).ifPresent(fixed::add);
        } else {
          ColumnRef foreign = new ColumnRef(placed.parent(), each.partner());
          refusals.check(() -> checkTypes(each.at(), scope.column(foreign), column));
          key.add(each.column());
          foreignKey.add(each.partner());
        }
      }
      scope.addDimension(
          placed.part().alias(),
          table,
          new Scope.Join(key, fixed, placed.parent(), foreignKey, placed.part().inner()));
      if (!placed.on().isEmpty()) {
        conditions.put(scope.size() - 1, placed.on());
      }
    }
  }

  /** A constant for a column of a joined key; empty if it is refused. */
  private Optional<PlanNode.Fixed> fixed(Column column, JoinOrder.KeyColumn key) {
    return refusals.attempt(() -> constant(column, key));
  }

  private PlanNode.Fixed constant(Column column, JoinOrder.KeyColumn key) {
    boolean exact =
        column.type() == ValueType.INTEGER
            || (column.type() == ValueType.DECIMAL && MysqlTypes.scale(column) == 0)
            || column.type() == ValueType.STRING
            || column.type() == ValueType.BYTES;
    ColumnRules.againstIdentity(column)
        .or(() -> exact ? Optional.empty() : Optional.of("its type is " + column.mysqlType()))
        .ifPresent(
            reason -> {
              throw refusals.at(
                  key.at(),
                  "'" + column.name() + "' cannot be joined by a constant: " + reason,
                  "join by another");
            });
    return new PlanNode.Fixed(key.column(), new Literals(refusals).of(column, key.value()).value());
  }

  /**
   * Adds a table without its join, so that its columns are known.
   *
   * @param unreached whether the refusal of its join is not known yet
   */
  private void addUnjoined(JoinOrder.Part part, boolean unreached) {
    if (unreached) {
      refusals.check(() -> refuseJoin(part));
    }
    if (scope.size() == 0) {
      scope.addRoot(part.alias(), part.table(), List.of());
    } else {
      scope.addDimension(
          part.alias(),
          part.table(),
          new Scope.Join(List.of(), List.of(), 0, List.of(), part.inner()));
    }
    conditions.put(
        scope.size() - 1,
        JoinOrder.conjuncts(part.on()).stream().filter(each -> !equatesColumns(each)).toList());
  }

  private static boolean equatesColumns(SqlNode condition) {
    return condition.getKind() == SqlKind.EQUALS
        && ((SqlCall) condition).operand(0) instanceof SqlIdentifier
        && ((SqlCall) condition).operand(1) instanceof SqlIdentifier;
  }

  /** Refuses columns of keys that cannot be joined by. */
  private void refuseTypes(JoinOrder.Part part) {
    for (SqlNode each : JoinOrder.conjuncts(part.on())) {
      if (equatesColumns(each)) {
        refusals.check(() -> refuseTypes(part, (SqlCall) each));
      }
    }
  }

  private void refuseTypes(JoinOrder.Part part, SqlCall equation) {
    int node = scope.indexOf(part.alias());
    ColumnRef left = scope.resolve(equation.operand(0));
    ColumnRef right = scope.resolve(equation.operand(1));
    boolean isLeft = left.node() == node;
    ColumnRef own = isLeft ? left : right;
    ColumnRef partner = isLeft ? right : left;
    boolean ofKey =
        own.node() == node
            && partner.node() != node
            && JoinOrder.keys(part.table()).stream().anyMatch(key -> key.contains(own.column()));
    if (ofKey) {
      checkTypes(equation, scope.column(partner), scope.column(own));
    }
  }

  /** {@code own = partner}: a column of the table that is being joined, and one before it. */
  private record Equation(ColumnRef own, ColumnRef partner, SqlNode at) {}

  /** Says why a table is not joined by a whole key. */
  private void refuseJoin(JoinOrder.Part part) {
    if (part.on() == null) {
      throw refusals.at(
          part.at(),
          "nothing joins '" + part.alias() + "' by its whole primary key",
          "equate that in WHERE with columns of another table; for a join to many rows declare a"
              + " view of that table");
    }
    List<Equation> equations =
        JoinOrder.conjuncts(part.on()).stream()
            .filter(FromClause::equatesColumns)
            .flatMap(each -> equation((SqlCall) each, part).stream())
            .toList();
    if (equations.isEmpty()) {
      throw refusals.at(
          part.on(),
          "ON does not equate '" + part.alias() + "' with an earlier table",
          "equate its primary key with columns of one earlier table");
    }
    List<Integer> primaryKey = part.table().primaryKey();
    List<Equation> ofKey =
        equations.stream().filter(each -> primaryKey.contains(each.own().column())).toList();
    if (ofKey.isEmpty()) {
      Equation first = equations.get(0);
      String column = part.table().columns().get(first.own().column()).name();
      throw refusals.at(
          first.at(),
          "'" + part.alias() + "." + column + "' is not in the primary key",
          joinsOne(equations) ? remedyOfMany(part, first) : REMEDY_KEY);
    }
    for (Equation each : ofKey) {
      checkTypes(
          each.at(), scope.column(each.partner()), part.table().columns().get(each.own().column()));
    }
    if (ofKey.stream().map(each -> each.partner().node()).distinct().count() > 1) {
      throw refusals.at(
          part.on(),
          "the join with '" + part.alias() + "' takes columns of several tables",
          "equate its primary key with columns of one earlier table");
    }
    String missing =
        primaryKey.stream()
            .filter(column -> ofKey.stream().noneMatch(each -> each.own().column() == column))
            .map(column -> "'" + part.table().columns().get(column).name() + "'")
            .collect(Collectors.joining(", "));
    throw refusals.at(
        part.on(),
        "the join with '" + part.alias() + "' leaves out " + missing,
        joinsOne(equations) ? remedyOfMany(part, ofKey.get(0)) : REMEDY_KEY);
  }

  /** What to do where one row of an earlier table may be joined with many. */
  private String remedyOfMany(JoinOrder.Part part, Equation equation) {
    String one = scope.node(equation.partner().node()).alias();
    String key =
        part.table().primaryKey().stream()
            .map(column -> part.alias() + "." + part.table().columns().get(column).name())
            .collect(Collectors.joining(", "));
    return (part.inner()
                ? "a row of '%1$s' may have many of '%2$s'; "
                : "a row of '%1$s' may have many of '%2$s'; if rows of '%1$s' without any need not be listed, write JOIN; ")
            .formatted(one, part.alias())
        + "to list the rows of '%s', select %s and write PRIMARY KEY with them instead of the primary key of '%s'"
            .formatted(part.alias(), key, one);
  }

  /** Whether the equations find at most one row of the earlier table. */
  private boolean joinsOne(List<Equation> equations) {
    int node = equations.get(0).partner().node();
    List<Integer> columns =
        equations.stream()
            .filter(each -> each.partner().node() == node)
            .map(each -> each.partner().column())
            .toList();
    return JoinOrder.keys(scope.node(node).table()).stream().anyMatch(columns::containsAll);
  }

  /** The equation of a joined table with an earlier one; empty if the condition is another. */
  private Optional<Equation> equation(SqlCall condition, JoinOrder.Part part) {
    Scope.Joined joined = new Scope.Joined(part.alias(), part.table());
    ColumnRef left = scope.resolve(condition.operand(0), joined);
    ColumnRef right = scope.resolve(condition.operand(1), joined);
    boolean leftJoined = left.node() == scope.size();
    if (leftJoined == (right.node() == scope.size())) {
      return Optional.empty();
    }
    return Optional.of(
        leftJoined ? new Equation(left, right, condition) : new Equation(right, left, condition));
  }

  private void checkTypes(SqlNode at, Column foreign, Column primary) {
    for (Column column : List.of(foreign, primary)) {
      ColumnRules.againstIdentity(column)
          .ifPresent(
              reason -> {
                throw refusals.at(
                    at,
                    "'" + column.name() + "' cannot be joined by: " + reason,
                    ColumnRules.instead(column, "join by another"));
              });
    }
    ColumnRules.againstPair(foreign, primary)
        .or(() -> ColumnRules.againstEquating(foreign, primary))
        .ifPresent(
            reason -> {
              throw refusals.at(
                  at,
                  "the join compares unlike columns: " + reason,
                  "join by a STORED generated column that has the other's type and collation");
            });
  }

  private String alias(SqlNode from) {
    if (from instanceof SqlBasicCall call && call.getKind() == SqlKind.AS) {
      if (call.operandCount() > 2) {
        throw refusals.at(from, "a list of column aliases is not supported", "leave it out");
      }
      return ((SqlIdentifier) call.operand(1)).getSimple();
    }
    SqlIdentifier identifier = identifier(from);
    return identifier.names.get(identifier.names.size() - 1);
  }

  private SqlIdentifier identifier(SqlNode from) {
    SqlNode inner = from;
    if (from instanceof SqlBasicCall call && call.getKind() == SqlKind.AS) {
      inner = call.operand(0);
    }
    if (inner instanceof SqlIdentifier identifier && identifier.names.size() <= 2) {
      return identifier;
    }
    boolean table = inner instanceof SqlIdentifier;
    throw refusals.at(
        from,
        (table ? "the name " + inner : Constructs.name(inner)) + " in FROM is not supported",
        table
            ? "write database.table, or the table alone"
            : "join its tables themselves, and write its conditions into WHERE");
  }

  private Table table(SqlNode from) {
    TableName name = Declaration.nameOf(identifier(from));
    String database = name.databaseOr(catalogue.database());
    return catalogue
        .table(database, name.name())
        .orElseThrow(
            () -> {
              List<String> known = new ArrayList<>();
              catalogue.tables().forEach(t -> known.add(t.name()));
              return refusals.unlessExcused(
                  Declaration.excused(name), unknownTable(refusals, name, database, known));
            });
  }

  private void refuseKeyless(SqlNode from, Table table) {
    if (table.primaryKey().isEmpty()) {
      throw refusals.at(
          from,
          "the table '"
              + table.name()
              + "' has neither a primary key nor a UNIQUE key of NOT NULL columns",
          "give it one; without one, rows cannot be identified");
    }
    if (table.primaryKey().stream().allMatch(c -> ColumnRules.isYear(table.columns().get(c)))) {
      throw refusals.at(
          from,
          "the primary key of '" + table.name() + "' is a YEAR alone",
          "make it a SMALLINT; a snapshot cannot be split by a YEAR");
    }
  }

  static ViewException unknownTable(
      Refusals refusals, TableName name, String database, List<String> known) {
    return refusals.at(
        name.line(),
        "the table '" + name.name() + "' is not in the database '" + database + "'",
        Suggestion.of(
            name.name(), known, "create it, or give the account the right to SELECT from it"));
  }
}
