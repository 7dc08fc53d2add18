package dev.freshet.view.declare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Litmus;

/**
 * The author's SELECT as written, without its ORDER BY. DISTINCT is left out too: it changes
 * nothing, because a view selects the root's primary key, but MySQL would compute the whole view
 * before it finds a key. Immutable.
 */
final class QueryText {
  private final SqlSelect select;
  private final String text;
  private final int endOfList;

  /**
   * Takes a text.
   *
   * @param select what the parser makes of the text
   */
  QueryText(String text, SqlSelect select) {
    this.select = select;
    List<SqlNode> list = select.getSelectList().getList();
    SqlParserPos last = list.get(list.size() - 1).getParserPosition();
    int end = SourceText.behindBrackets(text, SourceText.end(text, last));
    SqlNode distinct = select.getModifierNode(SqlSelectKeyword.DISTINCT);
    this.text =
        distinct == null ? text : SourceText.replaced(text, distinct.getParserPosition(), "");
    this.endOfList = end - (text.length() - this.text.length());
  }

  @Override
  public String toString() {
    return text;
  }

  /** The text with values appended to its SELECT list, each with its name. */
  String with(List<String> values) {
    return text.substring(0, endOfList)
        + values.stream().map(value -> ", " + value).collect(Collectors.joining())
        + text.substring(endOfList);
  }

  /**
   * Whether {@link #with} appends just the values that the parser made of these texts.
   *
   * @param texts the values' texts, without names
   */
  boolean takes(List<String> texts, List<SqlNode> values) {
    List<String> named = new ArrayList<>();
    texts.forEach(each -> named.add(each + " AS x" + named.size()));
    try {
      return MysqlParser.query(with(named)) instanceof SqlSelect longer
          && sameSource(longer)
          && sameList(longer.getSelectList().getList(), values);
    } catch (SqlParseException e) {
      return false;
    }
  }

  private boolean sameSource(SqlSelect longer) {
    boolean sameFrom = longer.getFrom().equalsDeep(select.getFrom(), Litmus.IGNORE);
    return longer.getWhere() == null
        ? sameFrom && select.getWhere() == null
        : sameFrom && longer.getWhere().equalsDeep(select.getWhere(), Litmus.IGNORE);
  }

  private boolean sameList(List<SqlNode> longer, List<SqlNode> values) {
    List<SqlNode> own = select.getSelectList().getList();
    if (longer.size() != own.size() + values.size()) {
      return false;
    }
    for (int i = 0; i < own.size(); i++) {
      if (!longer.get(i).equalsDeep(own.get(i), Litmus.IGNORE)) {
        return false;
      }
    }
    for (int i = 0; i < values.size(); i++) {
      SqlNode added = longer.get(own.size() + i);
      if (added.getKind() != SqlKind.AS
          || !((SqlCall) added).operand(0).equalsDeep(values.get(i), Litmus.IGNORE)) {
        return false;
      }
    }
    return true;
  }
}
