package dev.freshet.view.declare;

import dev.freshet.view.Catalogue;
import dev.freshet.view.Column;
import dev.freshet.view.Expr.ColumnRef;
import dev.freshet.view.PlanNode;
import dev.freshet.view.Table;
import dev.freshet.view.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.calcite.sql.JoinConditionType;
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
  private static final String JOINS =
      "write JOIN or LEFT JOIN with ON or USING, or a comma and WHERE";

  private final Refusals refusals;
  private final Catalogue catalogue;
  private final Scope scope;
  private final Map<Integer, List<SqlNode>> conditions = new HashMap<>();
  private List<SqlNode> rest = List.of();

  FromClause(Refusals refusals, Catalogue catalogue) {
    this.refusals = refusals;
    this.catalogue = catalogue;
    this.scope = new Scope(refusals);
  }

  /**
   * Resolves the clause.
   *
   * @param where the condition of WHERE, which may join tables; null for none
   * @param primaryKey the columns of the view's primary key, as SELECT names them
   */
  Scope read(SqlNode from, SqlNode where, List<SqlIdentifier> primaryKey) {
    List<JoinOrder.Part> parts = new ArrayList<>();
    Optional<JoinOrder.Joins> joins =
        collect(from, parts) ? JoinOrder.of(parts, where, primaryKey) : Optional.empty();
    if (joins.isPresent()) {
      add(joins.get());
      rest = joins.get().rest();
    } else {
      // Says what is wrong, in the order of the text.
      add(from);
    }
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

  /** Collects the tables of plain joins; returns false where a join is not one. */
  private boolean collect(SqlNode from, List<JoinOrder.Part> parts) {
    if (!(from instanceof SqlJoin join)) {
      parts.add(new JoinOrder.Part(alias(from), table(from), from, true, null));
      return true;
    }
    SqlNode right = join.getRight();
    if (right instanceof SqlJoin || join.isNatural()) {
      return false;
    }
    if (join.getJoinType() == JoinType.RIGHT && !(join.getLeft() instanceof SqlJoin)) {
      // The same as a LEFT JOIN the other way round.
      parts.add(new JoinOrder.Part(alias(right), table(right), right, true, null));
      return addPart(join.getLeft(), false, join, parts);
    }
    boolean inner = join.getJoinType() == JoinType.INNER || join.getJoinType() == JoinType.COMMA;
    return (inner || join.getJoinType() == JoinType.LEFT)
        && collect(join.getLeft(), parts)
        && addPart(right, inner, join, parts);
  }

  /** Adds a joined table; returns false if its join is not a plain one. */
  private boolean addPart(SqlNode at, boolean inner, SqlJoin join, List<JoinOrder.Part> parts) {
    String alias = alias(at);
    if (parts.stream().anyMatch(part -> part.alias().equals(alias))) {
      return false;
    }
    SqlNode on =
        switch (join.getConditionType()) {
          case ON -> join.getCondition();
          case USING -> using((SqlNodeList) join.getCondition(), alias, parts);
          case NONE -> null;
        };
    boolean complete = on != null || join.getJoinType() == JoinType.COMMA;
    if (complete) {
      parts.add(new JoinOrder.Part(alias, table(at), at, inner, on));
    }
    return complete;
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
                .map(each -> fixed(table.columns().get(each.column()), each))
                .toList());
        continue;
      }
      List<Integer> key = new ArrayList<>();
      List<Integer> foreignKey = new ArrayList<>();
      List<PlanNode.Fixed> fixed = new ArrayList<>();
      for (JoinOrder.KeyColumn each : placed.key()) {
        Column column = table.columns().get(each.column());
        if (each.isConstant()) {
          fixed.add(fixed(column, each));
        } else {
          ColumnRef foreign = new ColumnRef(placed.parent(), each.partner());
          checkTypes(each.at(), scope.column(foreign), column);
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

  /** A constant for a column of a joined key. */
  private PlanNode.Fixed fixed(Column column, JoinOrder.KeyColumn key) {
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

  private void add(SqlNode from) {
    if (from instanceof SqlJoin join) {
      add(join.getLeft());
      addJoined(join);
    } else {
      String alias = alias(from);
      scope.addRoot(alias, table(from), List.of());
    }
  }

  private void addJoined(SqlJoin join) {
    boolean inner = isInner(join);
    SqlNode right = join.getRight();
    if (right instanceof SqlJoin) {
      throw refusals.at(right, "brackets around joins are not supported", "join one by one");
    }
    String alias = alias(right);
    if (scope.indexOf(alias) >= 0) {
      throw refusals.at(
          right, "the alias '" + alias + "' is used twice", "give each table an alias of its own");
    }
    Table table = table(right);
    ColumnRef[] partners = new ColumnRef[table.primaryKey().size()];
    equate(join.getCondition(), new Scope.Joined(alias, table), inner, partners);
    for (int i = 0; i < partners.length; i++) {
      if (partners[i] == null) {
        throw refusals.at(
            join.getCondition(),
            "the join with '" + alias + "' leaves out " + keyColumn(table, i),
            "equate its whole primary key, or a unique key of NOT NULL columns; a join to many rows is not supported");
      }
      if (partners[i].node() != partners[0].node()) {
        throw refusals.at(
            join.getCondition(),
            "the join with '" + alias + "' takes columns of several tables",
            "equate its primary key with columns of one earlier table");
      }
    }
    scope.addDimension(
        alias,
        table,
        new Scope.Join(
            table.primaryKey(),
            List.of(),
            partners[0].node(),
            Arrays.stream(partners).map(ColumnRef::column).toList(),
            inner));
  }

  private static String keyColumn(Table table, int index) {
    return "'" + table.columns().get(table.primaryKey().get(index)).name() + "'";
  }

  private boolean isInner(SqlJoin join) {
    SqlNode at = join.getRight();
    if (join.isNatural()) {
      throw refusals.at(at, "NATURAL JOIN is not supported", JOINS);
    }
    if (join.getJoinType() == JoinType.COMMA) {
      throw refusals.at(
          at,
          "nothing joins '" + alias(at) + "' by its whole primary key",
          "equate that in WHERE with columns of another table; a join to many rows is not supported");
    }
    if (join.getJoinType() != JoinType.INNER && join.getJoinType() != JoinType.LEFT) {
      throw refusals.at(at, join.getJoinType() + " JOIN is not supported", JOINS);
    }
    if (join.getConditionType() == JoinConditionType.USING) {
      throw refusals.at(at, "JOIN ... USING is not supported", JOINS);
    }
    if (join.getConditionType() == JoinConditionType.NONE) {
      throw refusals.at(at, "a JOIN without ON is not supported", JOINS);
    }
    return join.getJoinType() == JoinType.INNER;
  }

  /** Records which column each column of the joined primary key is equated with. */
  private void equate(SqlNode condition, Scope.Joined joined, boolean inner, ColumnRef[] partners) {
    if (condition.getKind() == SqlKind.AND) {
      ((SqlCall) condition).getOperandList().forEach(part -> equate(part, joined, inner, partners));
      return;
    }
    if (!(condition instanceof SqlCall call)
        || condition.getKind() != SqlKind.EQUALS
        || !(call.operand(0) instanceof SqlIdentifier first)
        || !(call.operand(1) instanceof SqlIdentifier second)) {
      if (inner) {
        return;
      }
      throw refusals.at(
          condition,
          "ON may only equate columns",
          "equate the primary key of '" + joined.alias() + "'; decide the rest by CASE in SELECT");
    }
    ColumnRef left = scope.resolve(first, joined);
    ColumnRef right = scope.resolve(second, joined);
    boolean leftJoined = left.node() == scope.size();
    boolean rightJoined = right.node() == scope.size();
    if (leftJoined == rightJoined) {
      throw refusals.at(
          condition,
          "ON does not equate '" + joined.alias() + "' with an earlier table",
          "equate its primary key with columns of one earlier table");
    }
    ColumnRef own = leftJoined ? left : right;
    ColumnRef partner = leftJoined ? right : left;
    int index = joined.table().primaryKey().indexOf(own.column());
    Column column = joined.table().columns().get(own.column());
    if (index < 0) {
      throw refusals.at(
          condition,
          "'" + joined.alias() + "." + column.name() + "' is not in the primary key",
          "a join to many rows is not supported; join by the primary key or a unique key of NOT NULL columns, or begin FROM with "
              + joined.table().name());
    }
    if (partners[index] != null) {
      throw refusals.at(
          condition,
          "'" + joined.alias() + "." + column.name() + "' is equated twice",
          "equate it once; put the rest into WHERE");
    }
    checkTypes(condition, scope.column(partner), column);
    partners[index] = partner;
  }

  private void checkTypes(SqlNode at, Column foreign, Column primary) {
    for (Column column : List.of(foreign, primary)) {
      ColumnRules.againstIdentity(column)
          .ifPresent(
              reason -> {
                throw refusals.at(
                    at,
                    "'" + column.name() + "' cannot be joined by: " + reason,
                    "join by another");
              });
    }
    ColumnRules.againstPair(foreign, primary)
        .ifPresent(
            reason -> {
              throw refusals.at(
                  at, "the join compares unlike columns: " + reason, "give both the same type");
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
    throw refusals.at(from, Constructs.name(inner) + " in FROM is not supported", "name a table");
  }

  private Table table(SqlNode from) {
    TableName name = Declaration.nameOf(identifier(from));
    String database = name.databaseOr(catalogue.database());
    Table table =
        catalogue
            .table(database, name.name())
            .orElseThrow(
                () -> {
                  List<String> known = new ArrayList<>();
                  catalogue.tables().forEach(t -> known.add(t.name()));
                  return unknownTable(refusals, name, database, known);
                });
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
    return table;
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
