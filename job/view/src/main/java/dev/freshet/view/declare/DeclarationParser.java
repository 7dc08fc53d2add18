package dev.freshet.view.declare;

import dev.freshet.view.ViewOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.parser.SqlParseException;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.Litmus;
import org.apache.flink.sql.parser.ddl.SqlCreateMaterializedTable;

/** Parses the statement around the query. Use an instance for one text. */
final class DeclarationParser {
  static final String FORM =
      "the form is CREATE MATERIALIZED TABLE name (PRIMARY KEY (...) NOT ENFORCED)"
          + " PARTITIONED BY (...) WITH ('populate' = 'eager')"
          + " FRESHNESS = INTERVAL '5' SECOND AS SELECT ...";
  private static final Pattern NAME =
      Pattern.compile(
          "CREATE\\s+MATERIALIZED\\s+TABLE\\s+`?([A-Za-z_0-9]+)", Pattern.CASE_INSENSITIVE);
  private static final Pattern FRESHNESS =
      Pattern.compile("\\bFRESHNESS\\b", Pattern.CASE_INSENSITIVE);
  private static final Pattern ENCOUNTERED =
      Pattern.compile("Encountered \"([^\"]*)\"|Incorrect syntax near the keyword '(\\w+)'");
  private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");

  private final String given;
  private Refusals refusals;
  private String form = FORM;
  private String text = "";

  DeclarationParser(String given) {
    this.given = given;
    this.refusals = new Refusals(nameIn(given));
  }

  /** The name of the view that a text declares, for messages. */
  static String nameIn(String text) {
    Matcher matcher = NAME.matcher(text);
    return matcher.find() ? matcher.group(1) : "(without a name)";
  }

  Declaration parse() {
    return refusals.nested(this::whole);
  }

  private Declaration whole() {
    if (EventPlanner.isOne(given) && NAME.matcher(given).find()) {
      throw refusals.at(
          1, "a read model over events is not a view of tables", "declare it in a file of its own");
    }
    SourceText source = SourceText.of(MysqlWords.replaced(given, refusals), refusals);
    text = source.checked();
    if (!(statement() instanceof SqlCreateMaterializedTable table)) {
      throw refusals.at(1, "the text declares no view", FORM);
    }
    refusals = refusals.named(ViewHeader.nameOf(table));
    ViewHeader header = ViewHeader.read(table, refusals);
    ViewOptions options = Options.read(table.getPropertyList(), refusals);

    SqlNode query = table.getAsQuery();
    SqlNodeList order = SqlNodeList.EMPTY;
    if (query instanceof SqlOrderBy ordered) {
      if (ordered.offset != null || ordered.fetch != null) {
        SqlNode limit = ordered.fetch != null ? ordered.fetch : ordered.offset;
        refusals.add(
            refusals.at(limit, "LIMIT is not supported", "the reader pages; leave it out"));
      }
      order = ordered.orderList;
      query = ordered.query;
    }
    if (!(query instanceof SqlSelect select)) {
      refusals.add(noSelect(query, refusals));
      throw ViewException.ordered(refusals.found());
    }
    Optional<QueryText> verbatim = refusals.attempt(() -> verbatim(select));
    if (verbatim.isEmpty()) {
      throw ViewException.ordered(refusals.found());
    }
    List<BoundCondition> bounds =
        refusals.attempt(() -> BoundCondition.takeFrom(select, refusals)).orElse(List.of());
    return new Declaration(
        given,
        text,
        header.view(),
        header.primaryKey(),
        header.key(),
        header.freshness(),
        options,
        select,
        order,
        bounds,
        verbatim.get(),
        source.doubleQuotedLine(),
        refusals.found());
  }

  /**
   * A parsed text.
   *
   * @param text what was parsed: the given text, with back-ticks around some names
   * @param doubleQuotedLine the line of the first text in double quotes; 0 if there is none
   */
  record Parsed(String text, SqlNode node, int doubleQuotedLine) {}

  /** Parses a query that stands alone. */
  static Parsed query(String text, Refusals refusals) {
    return statement(text, FORM, refusals);
  }

  /**
   * Parses a statement that stands alone.
   *
   * @param form the form of the statement, for messages
   */
  static Parsed statement(String text, String form, Refusals refusals) {
    DeclarationParser parser = new DeclarationParser(text);
    parser.refusals = refusals;
    parser.form = form;
    SourceText source = SourceText.of(MysqlWords.replaced(text, refusals), refusals);
    parser.text = source.checked();
    SqlNode node = parser.statement();
    return new Parsed(parser.text, node, source.doubleQuotedLine());
  }

  /** The refusal of a query that is not one SELECT. */
  static ViewException noSelect(SqlNode query, Refusals refusals) {
    String remedy =
        switch (query.getKind()) {
          case UNION ->
              "declare a view for each SELECT, and put the answers together in the client";
          case WITH -> "join the tables of its queries in one plain SELECT";
          default -> "write one plain SELECT";
        };
    return refusals.at(query, construct(query) + " is not supported", remedy);
  }

  private static String construct(SqlNode query) {
    return switch (query.getKind()) {
      case UNION, INTERSECT, EXCEPT, VALUES -> query.getKind().name();
      case WITH -> "WITH before the SELECT";
      default -> query.getKind().lowerName;
    };
  }

  /** Parses the text; puts names into back-ticks that MySQL takes without them. */
  private SqlNode statement() {
    SqlParseException first = null;
    while (true) {
      try {
        return MysqlParser.statement(text);
      } catch (SqlParseException e) {
        first = first == null ? e : first;
        Optional<String> corrected = ReservedWords.withName(text, e);
        if (corrected.isEmpty()) {
          // What was found before explains it.
          throw refusals.found().isEmpty()
              ? unreadable(first)
              : ViewException.ordered(refusals.found());
        }
        text = corrected.get();
      }
    }
  }

  private ViewException unreadable(SqlParseException e) {
    if (e.getCause() instanceof StackOverflowError) {
      return refusals.tooDeep();
    }
    int line = e.getPos() == null ? 1 : e.getPos().getLineNum();
    if (NAME.matcher(given).find() && !FRESHNESS.matcher(given).find()) {
      return refusals.at(
          line, "FRESHNESS is missing", "write FRESHNESS = INTERVAL '5' SECOND before AS");
    }
    String message = e.getMessage() == null ? "" : e.getMessage();
    if (message.contains("interval type FRESHNESS")) {
      return refusals.at(
          line, "FRESHNESS is not an interval", "write one like INTERVAL '5' SECOND");
    }
    Matcher encountered = ENCOUNTERED.matcher(message);
    if (!encountered.find()) {
      String first = message.lines().findFirst().orElse("it cannot be read");
      return refusals.at(line, "the text cannot be read: " + first, form);
    }
    String found = encountered.group(encountered.group(1) == null ? 2 : 1);
    String token = found.replaceFirst("^\\. ", "").replaceFirst(" .*", "");
    if (token.equals("<EOF>")) {
      return refusals.at(line, "the text ends too early", form);
    }
    boolean wrongStatement =
        form.equals(FORM) && !PlainQuery.isOne(given) && !NAME.matcher(given).find();
    String remedy = !wrongStatement && WORD.matcher(token).matches() ? remedyOfWord(token) : form;
    return refusals.at(line, "'" + token + "' was not expected here", remedy);
  }

  /** A word that MySQL does not reserve has been tried as a name. */
  private static String remedyOfWord(String word) {
    if (word.equalsIgnoreCase("FROM")) {
      return "look in front of it for a comma too many, or a bracket too few";
    }
    return ReservedWords.all().contains(word.toUpperCase(Locale.ROOT))
        ? "if it is a name, put it in back-ticks"
        : "look at it, and in front of it, for a word that is misspelled, or a comma that is missing";
  }

  /**
   * Cuts the SELECT out of the text and verifies that the cut parses as the same query. Leaves out
   * GROUP BY, which changes nothing, because {@link Grouping} lets a view group by the root's
   * primary key; MySQL would compute the whole view before it finds a key. Writes TRUE for each
   * bound.
   */
  private QueryText verbatim(SqlSelect select) {
    SqlParserPos position = select.getParserPosition();
    String cut = SourceText.cut(text, position);
    try {
      SqlNode again = MysqlParser.query(cut);
      if (again instanceof SqlSelect same && same.equalsDeep(select, Litmus.IGNORE)) {
        String query = withoutBounds(ungrouped(cut, same), same);
        return new QueryText(query, (SqlSelect) MysqlParser.query(query));
      }
    } catch (SqlParseException e) {
      // Falls through to the refusal: the cut is not the query.
    }
    throw refusals.at(
        select,
        "the SELECT cannot be separated from the text around it",
        "leave out brackets around it");
  }

  private static String withoutBounds(String cut, SqlSelect select) {
    List<SqlParserPos> bounds =
        new ArrayList<>(
            BoundCondition.conjunctions(select.getWhere()).stream()
                .filter(BoundCondition::isBound)
                .map(SqlNode::getParserPosition)
                .toList());
    // From behind, so that the positions before stay right.
    Collections.reverse(bounds);
    String text = cut;
    for (SqlParserPos bound : bounds) {
      text = SourceText.replaced(text, bound, "TRUE");
    }
    return text;
  }

  /** Leaves GROUP BY out of a query and verifies that the rest parses as the rest of the query. */
  private String ungrouped(String cut, SqlSelect grouped) throws SqlParseException {
    if (grouped.getGroup() == null) {
      return cut;
    }
    String rest =
        SourceText.replaced(cut, grouped.getGroup().getParserPosition(), "").stripTrailing();
    SqlSelect expected = (SqlSelect) grouped.clone(SqlParserPos.ZERO);
    expected.setGroupBy(null);
    SqlNode parsed = MysqlParser.query(rest);
    if (!expected.equalsDeep(parsed, Litmus.IGNORE)) {
      throw refusals.at(
          grouped.getGroup(),
          "GROUP BY cannot be separated from the text around it",
          "leave it out, or leave out brackets in it");
    }
    return rest;
  }
}
