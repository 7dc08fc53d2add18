package dev.freshet.view.declare;

import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.ValueType;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.calcite.sql.SqlBinaryStringLiteral;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlNode;

/**
 * Gives the operands of CASE, COALESCE or CONCAT one type. Refuses operands that MySQL would have
 * to convert, except that a DECIMAL may get more digits.
 */
final class Branches {
  private static final String REMEDY = "give all the same type and collation";
  private static final String COMPUTED = "select it by itself, and compute in the client";
  private static final BigDecimal LEAST_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LARGEST_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  private final Refusals refusals;
  private final Literals literals;
  private final Expressions expressions;

  Branches(Refusals refusals, Expressions expressions) {
    this.refusals = refusals;
    this.literals = new Literals(refusals);
    this.expressions = expressions;
  }

  /**
   * The operands, converted to one type.
   *
   * @param values the converted values, one for each node
   * @param columns the types of the operands that are not NULL; at least one
   * @param nullable for each node, whether its value may be NULL
   * @param digits see {@link Operand#digits}
   * @param hiding the types of the operands that {@link Operand#hidesDigits hide digits}
   */
  record Unified(
      List<Expr> values,
      List<Column> columns,
      List<Boolean> nullable,
      int digits,
      List<Column> hiding) {
    Unified {
      hiding = List.copyOf(hiding);
      values = List.copyOf(values);
      columns = List.copyOf(columns);
      nullable = List.copyOf(nullable);
    }
  }

  /** Operands of which CASE or COALESCE chooses one. */
  Unified chosen(String name, SqlNode at, List<SqlNode> nodes) {
    Unified unified = alike(name, at, nodes);
    List<Column> columns = unified.columns();
    for (Column column : columns) {
      refuse(name, at, ResultTypes.againstChoosing(columns.get(0), column));
    }
    if (columns.get(0).type() == ValueType.DECIMAL && !ResultTypes.fitsDecimal(columns)) {
      throw refusals.at(
          at, name + " has more digits than a DECIMAL", "take columns of fewer digits");
    }
    for (Column column : unified.hiding()) {
      // MySQL shows such a value with its own digits, or with all, depending on how it sorts.
      if (MysqlTypes.scale(column) < MysqlTypes.scale(ResultTypes.chosen(name, columns, true))) {
        throw refusals.at(
            at,
            name + " of a division and of numbers with more digits is not supported",
            "write ROUND(..., n) around the division, with n digits");
      }
    }
    return unified;
  }

  /** Operands of one kind of type, each with its own length. */
  Unified alike(String name, SqlNode at, List<SqlNode> nodes) {
    List<Operand> operands = new ArrayList<>(Collections.nCopies(nodes.size(), null));
    Column model = null;
    for (int i = 0; i < operands.size(); i++) {
      if (!Literals.isLiteral(nodes.get(i))) {
        Operand operand = computed(name, nodes.get(i));
        operands.set(i, operand);
        model = model == null ? operand.column() : model;
      }
    }
    if (model == null) {
      model = modelOfConstants(name, at, nodes);
    }
    List<Expr> values = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    List<Boolean> nullable = new ArrayList<>();
    int digits = 0;
    List<Column> hiding = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      SqlNode node = nodes.get(i);
      if (Literals.isNull(node)) {
        values.add(new Expr.Null());
        nullable.add(true);
        continue;
      }
      Operand operand = operands.get(i) == null ? constant(name, node, model) : operands.get(i);
      refuse(name, node, ResultTypes.againstMixing(model, operand.column()));
      values.add(operand.expr());
      columns.add(operand.column());
      nullable.add(operand.column().nullable());
      digits = Math.max(digits, operand.digits());
      if (operand.hidesDigits()) {
        hiding.add(operand.column());
      }
    }
    return new Unified(values, columns, nullable, digits, hiding);
  }

  /** Operands of text, with numbers as texts among them; or operands of bytes. */
  Unified texts(String name, SqlNode at, List<SqlNode> nodes) {
    List<Operand> operands = new ArrayList<>();
    for (SqlNode node : nodes) {
      operands.add(
          Literals.isNull(node)
              ? null
              : Literals.isLiteral(node) ? ownType(name, node) : computed(name, node));
    }
    Column model =
        firstText(nodes, operands, false)
            .or(() -> firstText(nodes, operands, true))
            .orElse(ResultTypes.ofText(name, 0));
    List<Expr> values = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    List<Boolean> nullable = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      SqlNode node = nodes.get(i);
      if (operands.get(i) == null) {
        values.add(new Expr.Null());
        nullable.add(true);
        continue;
      }
      Operand operand = asText(name, node, operands.get(i), model);
      refuse(name, node, ResultTypes.againstMixing(model, operand.column()));
      values.add(operand.expr());
      columns.add(operand.column());
      nullable.add(operand.column().nullable());
    }
    if (columns.isEmpty()) {
      throw refusals.at(at, name + " has no value but NULL", "give it one");
    }
    return new Unified(values, columns, nullable, 0, List.of());
  }

  private static Optional<Column> firstText(
      List<SqlNode> nodes, List<Operand> operands, boolean constant) {
    return IntStream.range(0, nodes.size())
        .filter(i -> operands.get(i) != null && Literals.isLiteral(nodes.get(i)) == constant)
        .mapToObj(i -> operands.get(i).column())
        .filter(c -> c.type() == ValueType.STRING || c.type() == ValueType.BYTES)
        .findFirst();
  }

  private Operand asText(String name, SqlNode node, Operand operand, Column model) {
    if (model.type() == ValueType.STRING && Calculations.isNumber(operand.column())) {
      return numberText(name, node, operand, model);
    }
    return Literals.isLiteral(node) ? constant(name, node, model) : operand;
  }

  private Operand numberText(String name, SqlNode node, Operand number, Column model) {
    boolean exact =
        Literals.isLiteral(node)
            || number.digits() == 0
            || number.isColumn()
            || number.expr() instanceof Expr.Scaled;
    if (!exact) {
      throw refusals.at(
          node,
          name + " of a DECIMAL that is computed is not supported",
          "write ROUND(..., n) around it, with n digits");
    }
    if (MysqlTypes.isZerofill(number.column())) {
      throw refusals.at(
          node,
          name + " of " + ColumnRules.describe(number.column()) + " is not supported",
          "select the columns one by one; MySQL fills the number with zeros");
    }
    return new Operand(
        new Expr.Call(Expr.Function.NUMBER_TEXT, List.of(number.expr())),
        ResultTypes.ofNumberText(number.column(), model.collation()),
        number.text());
  }

  private Operand computed(String name, SqlNode node) {
    Operand operand = expressions.of(node);
    ColumnRules.againstComputing(operand.column())
        .ifPresent(
            reason -> {
              throw refusals.at(
                  node,
                  operand.text() + " in " + name + " is not supported: " + reason,
                  operand.instead(COMPUTED));
            });
    return operand;
  }

  private void refuse(String name, SqlNode node, Optional<String> against) {
    against.ifPresent(
        reason -> {
          throw refusals.at(node, name + " mixes types: " + reason, REMEDY);
        });
  }

  /**
   * The type if all operands are constants: that of the first, unless one has digits after the
   * point.
   */
  private Column modelOfConstants(String name, SqlNode at, List<SqlNode> nodes) {
    Column model = null;
    for (SqlNode node : nodes) {
      if (!Literals.isNull(node)) {
        Column own = ownType(name, node).column();
        if (model == null
            || (model.type() == ValueType.INTEGER && own.type() == ValueType.DECIMAL)) {
          model = own;
        }
      }
    }
    if (model == null) {
      throw refusals.at(at, name + " has no value but NULL", "give it one");
    }
    return model;
  }

  /** A constant as a value of the model's type; refused if MySQL would have to convert it. */
  private Operand constant(String name, SqlNode node, Column model) {
    Operand own = ownType(name, node);
    Column column = own.column();
    if (model.type() == ValueType.DECIMAL && column.type() == ValueType.INTEGER) {
      long value = (Long) ((Expr.Literal) own.expr()).value();
      return decimal(node.toString(), BigDecimal.valueOf(value));
    }
    if (model.type() == ValueType.STRING && column.type() == ValueType.STRING) {
      literals.refuseForeign(model.collation(), (String) ((Expr.Literal) own.expr()).value(), node);
      return new Operand(
          own.expr(),
          new Column(column.name(), column.type(), false, column.mysqlType(), model.collation()),
          own.text());
    }
    return own;
  }

  private Operand ownType(String name, SqlNode node) {
    if (Literals.isNumber(node)) {
      BigDecimal number = literals.number(node);
      boolean whole =
          number.scale() <= 0
              && number.compareTo(LEAST_LONG) >= 0
              && number.compareTo(LARGEST_LONG) <= 0;
      return whole
          ? operand(number.longValueExact(), ResultTypes.ofInteger(node.toString(), false))
          : decimal(node.toString(), number);
    }
    if (Literals.isTruth(node)) {
      return operand(Literals.truth(node), ResultTypes.ofInteger(node.toString(), false));
    }
    if (node instanceof SqlCharStringLiteral literal) {
      String text = literals.characters(literal);
      int length = text.codePointCount(0, text.length());
      return operand(text, ResultTypes.ofText(Constructs.written(node), length));
    }
    if (node instanceof SqlBinaryStringLiteral literal) {
      byte[] bytes = literals.bytes(literal);
      return operand(bytes, ResultTypes.ofBytes(node.toString(), bytes.length));
    }
    throw refusals.at(
        node,
        Constructs.name(node) + " in " + name + " is not supported",
        "take numbers, text, bytes, TRUE and FALSE");
  }

  private static Operand decimal(String name, BigDecimal number) {
    int scale = Math.max(0, number.scale());
    BigDecimal scaled = number.setScale(scale);
    int precision = Math.max(scaled.precision(), scale);
    return operand(scaled, ResultTypes.ofDigits(name, precision, scale));
  }

  private static Operand operand(Serializable value, Column column) {
    return new Operand(new Expr.Literal(column.type(), value), column, column.name());
  }
}
