package dev.freshet.view.declare;

import dev.freshet.view.CharacterSets;
import dev.freshet.view.Column;
import dev.freshet.view.Expr;
import dev.freshet.view.Members;
import dev.freshet.view.ValueType;
import dev.freshet.view.collation.LetterCases;
import dev.freshet.view.expr.JsonPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlTrimFunction;

/** Translates the functions of texts and bytes. */
final class TextFunctions {
  static final Set<String> FUNCTIONS =
      Set.of(
          "CONCAT",
          "CONCAT_WS",
          "LENGTH",
          "OCTET_LENGTH",
          "CHAR_LENGTH",
          "CHARACTER_LENGTH",
          "SUBSTRING",
          "SUBSTR",
          "MID",
          "LEFT",
          "RIGHT",
          "REPLACE",
          "TRIM",
          "LTRIM",
          "RTRIM",
          "LOWER",
          "LCASE",
          "UPPER",
          "UCASE",
          "HEX",
          "MD5",
          "CONVERT USING",
          "FIND_IN_SET",
          "JSON_UNQUOTE",
          "||");

  private static final String REMEDY_JSON =
      "write column->>'$.member', or JSON_UNQUOTE(JSON_EXTRACT(column, '$.member'))";

  /** Types with which a result can exceed {@code max_allowed_packet}; MySQL then returns NULL. */
  private static final Set<String> LONG =
      Set.of("mediumtext", "longtext", "mediumblob", "longblob");

  private final Refusals refusals;
  private final Literals literals;
  private final FunctionCalls calls;
  private final Branches branches;

  TextFunctions(Refusals refusals, FunctionCalls calls, Branches branches) {
    this.refusals = refusals;
    this.literals = new Literals(refusals);
    this.calls = calls;
    this.branches = branches;
  }

  /** Translates a call of one of the {@link #FUNCTIONS}. */
  Operand of(SqlCall call) {
    return switch (FunctionCalls.function(call)) {
      case "CONCAT" -> concat(call);
      case "CONCAT_WS" -> joined(call);
      case "LENGTH", "OCTET_LENGTH" -> length(call, true);
      case "CHAR_LENGTH", "CHARACTER_LENGTH" -> length(call, false);
      case "SUBSTRING", "SUBSTR", "MID" -> part(call, Expr.Function.SUBSTRING, 3);
      case "LEFT" -> part(call, Expr.Function.LEFT, 2);
      case "RIGHT" -> part(call, Expr.Function.RIGHT, 2);
      case "REPLACE" -> replaced(call);
      case "TRIM" -> trimmed(call);
      case "LTRIM" -> trimmed(call, true, false, " ", call.operand(0));
      case "RTRIM" -> trimmed(call, false, true, " ", call.operand(0));
      case "LOWER", "LCASE" -> cased(call, false);
      case "UPPER", "UCASE" -> cased(call, true);
      case "HEX" -> hex(call);
      case "CONVERT USING" -> inUnicode(call);
      case "FIND_IN_SET" -> found(call);
      case "||" -> ofJson(call, call);
      case "JSON_UNQUOTE" -> unquoted(call);
      default -> md5(call);
    };
  }

  private Operand length(SqlCall call, boolean bytes) {
    calls.requireOperands(call, 1, 1);
    Operand operand = calls.value(call, call.operand(0));
    Column column = operand.column();
    boolean isBytes = column.type() == ValueType.BYTES;
    boolean inUtf8 = !isBytes && text(call, column).startsWith("utf8") && bytes;
    Expr.Function function = isBytes || inUtf8 ? Expr.Function.BYTES : Expr.Function.CHARACTERS;
    return new Operand(
        new Expr.Call(function, List.of(inUtf8 ? utf8(operand.expr()) : operand.expr())),
        ResultTypes.ofInteger("a length", column.nullable()),
        FunctionCalls.function(call));
  }

  private static Expr utf8(Expr text) {
    return new Expr.Call(Expr.Function.UTF8, List.of(text));
  }

  /** The character set of a text; refuses all else. */
  private String text(SqlCall call, Column column) {
    String characterSet =
        column.type() == ValueType.STRING ? CharacterSets.of(column.collation()) : "";
    boolean known =
        characterSet.startsWith("utf8")
            || characterSet.equals("latin1")
            || characterSet.equals("ascii");
    if (!known || ColumnRules.againstComputing(column).isPresent()) {
      throw calls.refuse(
          call,
          column,
          Members.has(column)
              ? ColumnRules.instead(column, "take a column of text")
              : "take text of utf8mb4, utf8mb3, latin1 or ascii");
    }
    return characterSet;
  }

  /** A text that is not a constant. */
  private Operand text(SqlCall call, SqlNode node) {
    Operand text = calls.value(call, node);
    text(call, text.column());
    return text;
  }

  private static Operand texts(SqlCall call, Expr expr, Operand like) {
    String name = FunctionCalls.function(call);
    return new Operand(expr, ResultTypes.concatenated(name, List.of(like.column())), name);
  }

  /** SUBSTRING, LEFT or RIGHT, which have whole numbers behind the text. */
  private Operand part(SqlCall call, Expr.Function function, int most) {
    calls.requireOperands(call, 2, most);
    Operand text = text(call, call.operand(0));
    List<Expr> operands = new ArrayList<>(List.of(text.expr()));
    for (int i = 1; i < call.operandCount(); i++) {
      operands.add(calls.wholeNumber(call, call.operand(i)).expr());
    }
    return texts(call, new Expr.Call(function, operands), text);
  }

  private Operand cased(SqlCall call, boolean upper) {
    calls.requireOperands(call, 1, 1);
    Operand text = text(call, call.operand(0));
    String collation = text.column().collation();
    if (LetterCases.of(collation).isEmpty()) {
      throw calls.refuse(call, text.column(), "take text of a collation that can be compared");
    }
    return texts(call, new Expr.Cased(text.expr(), upper, collation), text);
  }

  private Operand replaced(SqlCall call) {
    calls.requireOperands(call, 3, 3);
    Operand text = text(call, call.operand(0));
    String from = constant(call, text.column(), call.operand(1));
    String to = constant(call, text.column(), call.operand(2));
    int times = Math.max(1, to.codePointCount(0, to.length()));
    refuseLong(call, text.column());
    return new Operand(
        new Expr.Call(Expr.Function.REPLACE, List.of(text.expr(), literal(from), literal(to))),
        ResultTypes.repeated("REPLACE", text.column(), times),
        "REPLACE");
  }

  private static Expr literal(String text) {
    return new Expr.Literal(ValueType.STRING, text);
  }

  /** A constant that the text's character set has. */
  private String constant(SqlCall call, Column column, SqlNode node) {
    if (!(node instanceof SqlCharStringLiteral literal)) {
      throw refusals.at(
          node,
          FunctionCalls.function(call) + " with " + Constructs.name(node) + " is not supported",
          "write a text in quotes there");
    }
    String text = literals.characters(literal);
    literals.refuseForeign(column.collation(), text, literal);
    return text;
  }

  private Operand trimmed(SqlCall call) {
    if (call.operandCount() == 1) {
      return trimmed(call, true, true, " ", call.operand(0));
    }
    SqlTrimFunction.Flag flag =
        ((SqlLiteral) call.operand(0)).getValueAs(SqlTrimFunction.Flag.class);
    Operand text = text(call, call.operand(2));
    return trimmed(
        call,
        flag != SqlTrimFunction.Flag.TRAILING,
        flag != SqlTrimFunction.Flag.LEADING,
        constant(call, text.column(), call.operand(1)),
        call.operand(2));
  }

  private Operand trimmed(SqlCall call, boolean start, boolean end, String what, SqlNode node) {
    Operand text = text(call, node);
    Expr trimmed = text.expr();
    if (start) {
      trimmed = new Expr.Call(Expr.Function.TRIM_START, List.of(trimmed, literal(what)));
    }
    if (end) {
      trimmed = new Expr.Call(Expr.Function.TRIM_END, List.of(trimmed, literal(what)));
    }
    return texts(call, trimmed, text);
  }

  private Operand concat(SqlCall call) {
    calls.requireOperands(call, 2, Integer.MAX_VALUE);
    Branches.Unified unified = branches.texts("CONCAT", call, call.getOperandList());
    ValueType type = unified.columns().get(0).type();
    unified.columns().forEach(column -> refuseLong(call, column));
    return new Operand(
        new Expr.Concat(type, unified.values()),
        ResultTypes.concatenated("CONCAT", unified.columns()),
        "CONCAT");
  }

  private Operand joined(SqlCall call) {
    calls.requireOperands(call, 2, Integer.MAX_VALUE);
    Branches.Unified unified = branches.texts("CONCAT_WS", call, call.getOperandList());
    unified.columns().forEach(column -> refuseLong(call, column));
    if (unified.columns().get(0).type() != ValueType.STRING) {
      throw calls.refuse(call, unified.columns().get(0), "take text, or CONCAT for bytes");
    }
    List<Column> all = new ArrayList<>(unified.columns());
    for (int i = 3; i < call.operandCount(); i++) {
      all.add(unified.columns().get(0));
    }
    return new Operand(
        new Expr.Joined(unified.values()), ResultTypes.concatenated("CONCAT_WS", all), "CONCAT_WS");
  }

  private void refuseLong(SqlCall call, Column column) {
    if (LONG.contains(MysqlTypes.base(column))) {
      throw calls.refuse(
          call, column, "select the columns one by one; MySQL makes NULL of what gets too long");
    }
  }

  private Operand hex(SqlCall call) {
    calls.requireOperands(call, 1, 1);
    Operand operand = calls.value(call, call.operand(0));
    Column column = operand.column();
    boolean whole =
        (column.type() == ValueType.INTEGER && !ColumnRules.isYear(column))
            || MysqlTypes.base(column).equals("bigint");
    refuseLong(call, column);
    return new Operand(
        whole
            ? new Expr.Call(Expr.Function.HEX_NUMBER, List.of(operand.expr()))
            : new Expr.Call(Expr.Function.HEX, List.of(bytes(call, operand))),
        whole ? ResultTypes.ofText("HEX", 16, true) : ResultTypes.hex("HEX", column),
        "HEX");
  }

  /** FIND_IN_SET of a SET: the place that a member has among all, if the SET has it. */
  private Operand found(SqlCall call) {
    calls.requireOperands(call, 2, 2);
    Operand set = calls.value(call, call.operand(1));
    Column column = set.column();
    if (!Members.isSet(column) || ColumnRules.againstComparing(column).isPresent()) {
      throw calls.refuse(call, column, "take a SET column that can be compared");
    }
    String member = constant(call, column, call.operand(0));
    List<String> members = Members.of(column).all();
    // MySQL takes the first member of these letters in any case, whatever the collation.
    if (!members.stream().filter(member::equalsIgnoreCase).toList().equals(List.of(member))) {
      throw refusals.at(
          call.operand(0),
          "'%s' is no member of '%s', or differs from another by case only"
              .formatted(member, column.name()),
          "take one of the members, spelled as in the table");
    }
    Expr place = new Expr.Literal(ValueType.INTEGER, members.indexOf(member) + 1L);
    return new Operand(
        new Expr.Call(Expr.Function.FIND_IN_SET, List.of(set.expr(), literal(member), place)),
        ResultTypes.ofInteger("FIND_IN_SET", column.nullable()),
        "FIND_IN_SET");
  }

  private Operand unquoted(SqlCall call) {
    calls.requireOperands(call, 1, 1);
    if (call.operand(0) instanceof SqlCall extract
        && FunctionCalls.function(extract).equals("JSON_EXTRACT")
        && extract.operandCount() == 2) {
      return ofJson(call, extract);
    }
    throw refusals.at(
        call,
        "JSON_UNQUOTE of " + Constructs.name(call.operand(0)) + " is not supported",
        REMEDY_JSON);
  }

  /**
   * A value of a JSON document as a text.
   *
   * @param extract has the document and the path
   */
  private Operand ofJson(SqlCall call, SqlCall extract) {
    Operand document = calls.value(call, extract.operand(0));
    if (!MysqlTypes.base(document.column()).equals("json")) {
      throw refusals.at(
          call,
          "a JSON path in " + ColumnRules.describe(document.column()) + " is not supported",
          REMEDY_JSON);
    }
    String path = constant(call, ResultTypes.ofJsonText(), extract.operand(1));
    if (JsonPath.of(path).isEmpty()) {
      throw refusals.at(
          extract.operand(1),
          "the JSON path '" + path + "' is not supported",
          "name members and positions in arrays only, such as $.a.\"b c\"[0]");
    }
    return new Operand(
        new Expr.JsonText(document.expr(), path), ResultTypes.ofJsonText(), "a value of JSON");
  }

  private Operand md5(SqlCall call) {
    calls.requireOperands(call, 1, 1);
    Operand operand = calls.value(call, call.operand(0));
    if (operand.expr() instanceof Expr.Cased cased) {
      // MySQL takes the binary collation of the character set for what stands in MD5 itself.
      String binary = CharacterSets.of(cased.collation()) + "_bin";
      operand =
          new Operand(
              new Expr.Cased(cased.operand(), cased.upper(), binary),
              operand.column(),
              operand.text());
    }
    return new Operand(
        new Expr.Call(Expr.Function.MD5, List.of(bytes(call, operand))),
        ResultTypes.ofText("MD5", 32, true),
        "MD5");
  }

  /** CONVERT(a USING utf8mb4): the same text, which is no column because its collation differs. */
  private Operand inUnicode(SqlCall call) {
    Operand text = text(call, call.operand(0));
    return new Operand(
        new Expr.Concat(ValueType.STRING, List.of(text.expr())),
        ResultTypes.ofUnicode("CONVERT", text.column()),
        "CONVERT");
  }

  /** The bytes of a text in its character set, or bytes themselves. */
  private Expr bytes(SqlCall call, Operand operand) {
    if (operand.column().type() == ValueType.BYTES) {
      ColumnRules.againstComputing(operand.column())
          .ifPresent(
              reason -> {
                throw calls.refuse(call, operand.column(), "take text or bytes");
              });
      return operand.expr();
    }
    if (text(call, operand.column()).equals("latin1")) {
      throw calls.refuse(call, operand.column(), "take text of utf8mb4, utf8mb3 or ascii");
    }
    return utf8(operand.expr());
  }
}
