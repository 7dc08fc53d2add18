package dev.freshet.view.declare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;

/** Collects the columns that a query names, by table, without looking at the tables. */
final class NamedColumns {
  /** A table of the FROM clause, under its alias. */
  private record Source(String alias, TableName table) {}

  private final List<Source> sources = new ArrayList<>();
  private final Map<TableName, Set<String>> columns = new LinkedHashMap<>();
  private boolean unqualified;

  /** Returns the columns of each table; none for all tables if the query does not tell them. */
  Map<TableName, Set<String>> of(SqlSelect select, SqlNodeList order) {
    from(select.getFrom());
    Collector collector = new Collector();
    conditions(select.getFrom(), collector);
    for (SqlNode node : select.getSelectList()) {
      node.accept(collector);
    }
    if (select.getWhere() != null) {
      select.getWhere().accept(collector);
    }
    for (SqlNode node : order) {
      SqlNode by = node.getKind() == SqlKind.DESCENDING ? ((SqlCall) node).operand(0) : node;
      if (!isOutput(by, select)) {
        by.accept(collector);
      }
    }
    if (unqualified) {
      columns.replaceAll((table, names) -> Set.of());
    }
    return columns;
  }

  /** Whether ORDER BY names an item of the SELECT list, whose columns are known already. */
  private static boolean isOutput(SqlNode by, SqlSelect select) {
    return by instanceof SqlIdentifier name
        && name.isSimple()
        && select.getSelectList().getList().stream()
            .anyMatch(item -> Outputs.nameOf(item).equalsIgnoreCase(name.getSimple()));
  }

  private void from(SqlNode node) {
    if (node instanceof SqlJoin join) {
      from(join.getLeft());
      from(join.getRight());
    } else if (node instanceof SqlBasicCall call && call.getKind() == SqlKind.AS) {
      add(((SqlIdentifier) call.operand(1)).getSimple(), call.operand(0));
    } else if (node instanceof SqlIdentifier identifier) {
      add(identifier.names.get(identifier.names.size() - 1), identifier);
    }
  }

  private void add(String alias, SqlNode table) {
    if (table instanceof SqlIdentifier identifier && identifier.names.size() <= 2) {
      TableName name = Declaration.nameOf(identifier);
      // A table that is joined twice gets the columns of both.
      TableName known = columns.keySet().stream().filter(name::isSameAs).findFirst().orElse(name);
      columns.putIfAbsent(known, new TreeSet<>());
      sources.add(new Source(alias, known));
    }
  }

  private static void conditions(SqlNode node, Collector collector) {
    if (node instanceof SqlJoin join) {
      conditions(join.getLeft(), collector);
      if (join.getCondition() != null) {
        join.getCondition().accept(collector);
      }
    }
  }

  private void name(SqlIdentifier identifier) {
    int last = identifier.names.size() - 1;
    String column = identifier.names.get(last);
    if (last == 0 && sources.size() == 1) {
      columns.get(sources.get(0).table()).add(column);
    } else if (last == 0 || identifier.isStar()) {
      unqualified = true;
    } else {
      sources.stream()
          .filter(source -> source.alias().equals(identifier.names.get(last - 1)))
          .forEach(source -> columns.get(source.table()).add(column));
    }
  }

  private final class Collector extends SqlBasicVisitor<Void> {
    @Override
    public Void visit(SqlIdentifier identifier) {
      name(identifier);
      return null;
    }

    @Override
    public Void visit(SqlCall call) {
      if (call.getKind() == SqlKind.AS) {
        // The other operand is the name in the view.
        return call.operand(0).accept(this);
      }
      return super.visit(call);
    }
  }
}
