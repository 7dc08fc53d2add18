package dev.freshet.view.declare;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlNumericLiteral;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParser;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.flink.sql.parser.impl.FlinkSqlParserImpl;

/**
 * Parses SQL with Calcite, and also {@code a DIV b}, {@code a MOD b}, {@code DATE(a)}, {@code
 * DAY(a)}, {@code a->>'$.b'} and each {@link Conversion}, which Calcite's grammar does not accept.
 * It replaces each by an accepted text of the same length, so positions stay the same, and restores
 * what it means in the parsed tree. It reads {@code ->>} as {@code ||}, which no checked text has.
 */
final class MysqlParser {
  private static final SqlParser.Config CONFIG =
      SqlParser.config()
          .withParserFactory(FlinkSqlParserImpl.FACTORY)
          .withConformance(SqlConformanceEnum.MYSQL_5)
          .withQuoting(Quoting.BACK_TICK)
          .withUnquotedCasing(Casing.UNCHANGED)
          .withQuotedCasing(Casing.UNCHANGED)
          .withIdentifierMaxLength(256);

  /** DIV and MOD after an operand, DATE and DAY as names of functions, not of a view, and ->>. */
  private static final Pattern WORDS =
      Pattern.compile(
          "(?<=[\\w)`\u0001]\\s{1,9})(?:(DIV)|(MOD))\\b"
              + "|(?<!\\bTABLE\\s{1,9})\\b(DATE|DAY)(?=\\s*\\()|(->>)",
          Pattern.CASE_INSENSITIVE);

  /** DIV between two operands. */
  private static final Pattern BETWEEN =
      Pattern.compile("[)\\s]*DIV[(\\s+-]*", Pattern.CASE_INSENSITIVE);

  private static final SqlBinaryOperator DIV =
      new SqlBinaryOperator(
          "DIV",
          SqlKind.DIVIDE,
          SqlStdOperatorTable.DIVIDE.getLeftPrec() / 2,
          true,
          null,
          null,
          null);

  private static final String UNICODE = "utf8mb4";

  /** CONVERT with a type: CAST, under the name that is in the text. */
  private static final SqlFunction CONVERT =
      new SqlFunction("CONVERT", SqlKind.CAST, null, null, null, SqlFunctionCategory.SYSTEM);

  /** CONVERT with a character set, whose name is the second operand. */
  private static final SqlFunction CONVERT_USING = function("CONVERT USING");

  /** A number with several signs, which Calcite reads as the number that they make. */
  private static final SqlFunction TWO_SIGNS =
      new SqlFunction(
          "TWO SIGNS",
          SqlKind.PLUS_PREFIX,
          null,
          null,
          null,
          SqlFunctionCategory.USER_DEFINED_FUNCTION);

  private final String text;
  private final String masked;

  private MysqlParser(String text) {
    this.text = text;
    this.masked = SourceText.masked(text);
  }

  /** Parses a checked text that is a statement. */
  static SqlNode statement(String checked) throws SqlParseException {
    MysqlParser parser = new MysqlParser(checked);
    return parser.named(SqlParser.create(parser.readable(), CONFIG).parseStmt());
  }

  /** Parses a checked text that is a query. */
  static SqlNode query(String checked) throws SqlParseException {
    MysqlParser parser = new MysqlParser(checked);
    return parser.named(SqlParser.create(parser.readable(), CONFIG).parseQuery());
  }

  /** Whether a node is a division by DIV. */
  static boolean isWholeDivision(SqlNode node) {
    return node instanceof SqlCall call && call.getOperator().equals(DIV);
  }

  /** Whether a node is a number with several signs, which is its operand. */
  static boolean hasTwoSigns(SqlNode node) {
    return node instanceof SqlCall call && call.getOperator().equals(TWO_SIGNS);
  }

  private String readable() {
    StringBuilder readable = new StringBuilder(text);
    for (Matcher word = WORDS.matcher(masked); word.find(); ) {
      String name = word.group();
      if (word.group(2) != null && hasTwoOperands(word.end())) {
        continue;
      }
      readable.replace(
          word.start(),
          word.end(),
          word.group(1) != null
              ? " / "
              : word.group(2) != null ? " % " : word.group(4) != null ? " ||" : replacement(name));
    }
    for (Optional<Conversion> found = Conversion.in(masked, 0);
        found.isPresent();
        found = Conversion.in(masked, found.get().start() + 1)) {
      if (found.get().isKnown()) {
        makeReadable(found.get(), readable);
      }
    }
    return readable.toString();
  }

  /** Whether brackets with a comma follow a name, as behind MOD if it is a function. */
  private boolean hasTwoOperands(int end) {
    int depth = 0;
    for (int i = end; i < masked.length(); i++) {
      char c = masked.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 1) {
        return true;
      }
      if (depth <= 0 && !Character.isWhitespace(c)) {
        return false;
      }
    }
    return false;
  }

  /** Writes a call of a function with two operands: a comma, and a name that Calcite has not. */
  private void makeReadable(Conversion conversion, StringBuilder readable) {
    replaceName(conversion.start(), readable);
    for (int i = conversion.separator(); i < conversion.target(); i++) {
      if (masked.charAt(i) != '\n') {
        readable.setCharAt(i, ' ');
      }
    }
    readable.setCharAt(conversion.separator(), ',');
    replaceName(conversion.target(), readable);
  }

  private void replaceName(int start, StringBuilder readable) {
    int end = start;
    while (Character.isLetterOrDigit(masked.charAt(end))) {
      end++;
    }
    readable.replace(start, end, replacement(masked.substring(start, end)));
  }

  /** Returns a name of the same length that no function of MySQL has. */
  private static String replacement(String function) {
    return function.substring(0, function.length() - 1) + "$";
  }

  private SqlNode named(SqlNode parsed) {
    parsed.accept(
        new SqlBasicVisitor<Void>() {
          @Override
          public Void visit(SqlCall call) {
            if (hasTwoSigns(call)) {
              return null;
            }
            if (call instanceof SqlBasicCall basic) {
              nameOf(basic);
            }
            for (int i = 0; i < call.operandCount(); i++) {
              if (call.operand(i) instanceof SqlNumericLiteral number && hasTwoSigns(number)) {
                call.setOperand(i, twoSigns(number));
              }
            }
            return super.visit(call);
          }

          @Override
          public Void visit(SqlNodeList nodes) {
            nodes.replaceAll(
                node ->
                    node instanceof SqlNumericLiteral number && hasTwoSigns(number)
                        ? twoSigns(number)
                        : node);
            return super.visit(nodes);
          }
        });
    return parsed;
  }

  /**
   * Whether a number has several signs, as in {@code -(-5)}, which Calcite reads as {@code 5}. Its
   * position begins with the first of them.
   */
  private boolean hasTwoSigns(SqlNumericLiteral number) {
    int minuses = 0;
    for (int i = SourceText.start(text, number.getParserPosition());
        isBeforeNumber(masked.charAt(i));
        i++) {
      minuses += masked.charAt(i) == '-' ? 1 : 0;
    }
    return minuses > 1;
  }

  private static boolean isBeforeNumber(char c) {
    return "-+(".indexOf(c) >= 0 || Character.isWhitespace(c);
  }

  private static SqlNode twoSigns(SqlNumericLiteral number) {
    return TWO_SIGNS.createCall(number.getParserPosition(), number);
  }

  // In place, because Flink's statements cannot be copied with other operands.
  @SuppressWarnings("deprecation")
  private void nameOf(SqlBasicCall call) {
    SqlOperator operator = call.getOperator();
    if (call.getKind() == SqlKind.DIVIDE && isDiv(call)) {
      call.setOperator(DIV);
    } else if (operator instanceof SqlUnresolvedFunction && operator.getName().endsWith("$")) {
      int start = SourceText.start(text, call.getParserPosition());
      String name = text.substring(start, start + operator.getName().length());
      if (!name.equals(operator.getName()) && replacement(name).equals(operator.getName())) {
        call.setOperator(function(name));
        if (name.equalsIgnoreCase(CONVERT.getName()) && call.operandCount() == 2) {
          convert(call);
        }
      }
    }
  }

  private static SqlFunction function(String name) {
    return new SqlUnresolvedFunction(
        new SqlIdentifier(name, SqlParserPos.ZERO),
        null,
        null,
        null,
        null,
        SqlFunctionCategory.USER_DEFINED_FUNCTION);
  }

  // In place, as above.
  @SuppressWarnings("deprecation")
  private void convert(SqlBasicCall call) {
    SqlParserPos position = call.operand(1).getParserPosition();
    String target = SourceText.cut(text, position);
    if (target.equalsIgnoreCase(UNICODE)) {
      call.setOperand(1, SqlLiteral.createCharString(UNICODE, position));
      call.setOperator(CONVERT_USING);
      return;
    }
    try {
      SqlNode cast = SqlParser.create("CAST(NULL AS " + target + ")", CONFIG).parseExpression();
      call.setOperand(1, ((SqlCall) cast).operand(1));
      call.setOperator(CONVERT);
    } catch (SqlParseException e) {
      // It stays a function that is not known.
    }
  }

  /** Whether DIV stands between two operands, whose positions are without brackets around them. */
  private boolean isDiv(SqlCall call) {
    int end = SourceText.end(text, call.<SqlNode>operand(0).getParserPosition());
    int start = SourceText.start(text, call.<SqlNode>operand(1).getParserPosition());
    return end < start && BETWEEN.matcher(masked.substring(end, start)).matches();
  }
}
