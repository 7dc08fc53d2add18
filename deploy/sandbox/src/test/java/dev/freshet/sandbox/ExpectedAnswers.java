package dev.freshet.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a reader is to answer, by MySQL's own words: the bytes that MySQL sends as text, in the form
 * that an answer shows them. Nothing of Freshet's own decoding is used.
 *
 * @param rows the entries of each key in order; a key as the path names it
 */
record ExpectedAnswers(Map<List<String>, List<Map<String, JsonNode>>> rows) {
  private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(53);

  /** Asks MySQL. */
  static ExpectedAnswers read(Connection mysql, String query, List<String> key)
      throws SQLException {
    Map<List<String>, List<Map<String, JsonNode>>> answers = new LinkedHashMap<>();
    try (Statement statement = mysql.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      ResultSetMetaData columns = result.getMetaData();
      while (result.next()) {
        List<String> path = new ArrayList<>(key);
        Map<String, JsonNode> entry = new LinkedHashMap<>();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          JsonNode shown = shown(columns, i, result.getBytes(i));
          String name = columns.getColumnLabel(i);
          int place = place(key, name);
          if (place >= 0) {
            path.set(place, shown.asText());
          } else {
            entry.put(name, shown);
          }
        }
        answers.computeIfAbsent(path, any -> new ArrayList<>()).add(entry);
      }
    }
    return new ExpectedAnswers(answers);
  }

  private static int place(List<String> key, String name) {
    for (int i = 0; i < key.size(); i++) {
      if (key.get(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    return -1;
  }

  private static JsonNode shown(ResultSetMetaData columns, int column, byte[] sent)
      throws SQLException {
    if (sent == null) {
      return NullNode.getInstance();
    }
    String text = new String(sent, StandardCharsets.UTF_8);
    String type = columns.getColumnTypeName(column).toUpperCase(Locale.ROOT);
    return switch (type.replace(" UNSIGNED", "")) {
      case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "YEAR" -> number(text);
      case "DECIMAL" ->
          TextNode.valueOf(new BigDecimal(text).setScale(columns.getScale(column)).toPlainString());
      case "DOUBLE", "FLOAT" -> DoubleNode.valueOf(Double.parseDouble(text));
      case "DATETIME" -> TextNode.valueOf(text.replace(' ', 'T'));
      case "TIMESTAMP" -> TextNode.valueOf(text.replace(' ', 'T') + "Z");
      case "BINARY", "VARBINARY", "TINYBLOB", "BLOB", "MEDIUMBLOB", "LONGBLOB", "BIT" ->
          TextNode.valueOf(Base64.getUrlEncoder().withoutPadding().encodeToString(sent));
      case "CHAR", "VARCHAR", "TINYTEXT", "TEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET", "DATE" ->
          TextNode.valueOf(text);
      default -> throw new IllegalArgumentException("no form is known for " + type);
    };
  }

  /** A number as far as every reader of JSON has it exactly. */
  private static JsonNode number(String text) {
    BigInteger number = new BigInteger(text);
    return number.abs().compareTo(LARGEST) <= 0
        ? BigIntegerNode.valueOf(number)
        : TextNode.valueOf(number.toString());
  }

  /** The entries of a key; none when MySQL has none. */
  List<Map<String, JsonNode>> of(List<String> key) {
    return rows.getOrDefault(key, List.of());
  }

  /** What an answer has otherwise than MySQL, if anything. */
  static Optional<String> difference(List<JsonNode> items, List<Map<String, JsonNode>> expected) {
    if (items.size() != expected.size()) {
      return Optional.of(
          "%d rows, MySQL has %d: %s, MySQL %s"
              .formatted(items.size(), expected.size(), items, expected));
    }
    for (int i = 0; i < items.size(); i++) {
      JsonNode item = items.get(i);
      if (item.size() != expected.get(i).size()) {
        return Optional.of("row " + i + ": columns of " + item + ", MySQL " + expected.get(i));
      }
      for (Map.Entry<String, JsonNode> column : expected.get(i).entrySet()) {
        JsonNode is = item.path(column.getKey());
        if (!alike(is, column.getValue())) {
          return Optional.of(
              "row %d: %s=%s, MySQL %s".formatted(i, column.getKey(), is, column.getValue()));
        }
      }
    }
    return Optional.empty();
  }

  private static boolean alike(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber() && (one.isFloatingPointNumber() || other.isDouble())) {
      return one.doubleValue() == other.doubleValue();
    }
    return one.isNumber() == other.isNumber()
        && one.isTextual() == other.isTextual()
        && one.isNull() == other.isNull()
        && one.asText().equals(other.asText());
  }
}
