package dev.freshet.view.declare;

import org.apache.calcite.sql.SqlNode;

/**
 * Formats the refusals of one view: "View v: problem (line 7); remedy". Each class of this package
 * has the texts of its own refusals; the tables in the tests {@code Refused…Test} list them.
 */
record Refusals(String view) {
  ViewException at(int line, String problem, String remedy) {
    return new ViewException("View " + view + ": " + problem + " (line " + line + "); " + remedy);
  }

  ViewException at(SqlNode node, String problem, String remedy) {
    return at(node.getParserPosition().getLineNum(), problem, remedy);
  }

  ViewException of(String problem, String remedy) {
    return new ViewException("View " + view + ": " + problem + "; " + remedy);
  }
}
