package dev.freshet.view.declare;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.util.Casing;
import org.apache.calcite.avatica.util.Quoting;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
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
 * Parses SQL with Calcite, and also {@code a DIV b}, {@code a MOD b}, {@code DATE(a)} and {@code
 * DAY(a)}, which Calcite's grammar does not accept. It replaces each by an accepted text of the
 * same length, so positions stay the same, and restores the names DIV, DATE and DAY in the parsed
 * tree.
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

  /** DIV and MOD after an operand, and DATE and DAY as names of functions, not of a view. */
  private static final Pattern WORDS =
      Pattern.compile(
          "(?<=[\\w)`\u0001]\\s{1,9})(?:(DIV)\\b|(MOD)\\b(?!\\s*\\())"
              + "|(?<!\\bTABLE\\s{1,9})\\b(DATE|DAY)(?=\\s*\\()",
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

  private String readable() {
    StringBuilder readable = new StringBuilder(text);
    for (Matcher word = WORDS.matcher(masked); word.find(); ) {
      String name = word.group();
      readable.replace(
          word.start(),
          word.end(),
          word.group(1) != null ? " / " : word.group(2) != null ? " % " : replacement(name));
    }
    return readable.toString();
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
            if (call instanceof SqlBasicCall basic) {
              nameOf(basic);
            }
            return super.visit(call);
          }
        });
    return parsed;
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
        call.setOperator(
            new SqlUnresolvedFunction(
                new SqlIdentifier(name, SqlParserPos.ZERO),
                null,
                null,
                null,
                null,
                SqlFunctionCategory.USER_DEFINED_FUNCTION));
      }
    }
  }

  /** Whether DIV stands between two operands, whose positions are without brackets around them. */
  private boolean isDiv(SqlCall call) {
    int end = SourceText.end(text, call.<SqlNode>operand(0).getParserPosition());
    int start = SourceText.start(text, call.<SqlNode>operand(1).getParserPosition());
    return end < start && BETWEEN.matcher(masked.substring(end, start)).matches();
  }
}
