package dev.freshet.view.declare;

import static dev.freshet.view.declare.Refusal.check;
import static dev.freshet.view.declare.Refusal.head;
import static dev.freshet.view.declare.Refusal.row;
import static dev.freshet.view.declare.Refusal.view;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** CASE, COALESCE, CONCAT and what they are made of. */
class RefusedExpressionsTest {
  private static final String REMEDY = "give all the same type and collation";

  private static String select(String value) {
    return view("SELECT k, id,\n" + value + " FROM `rows` r");
  }

  static Stream<Arguments> expressions() {
    return Stream.of(
        row(select("COALESCE(bin, '')"), "COALESCE has no name (line 3); give it one with AS"),
        row(
            select("COALESCE(tiny, bin) AS x"),
            "COALESCE mixes types: 'tiny' (tinyint) and 'bin' (varchar(40) utf8mb4_0900_bin) are of"
                + " different types (line 3); "
                + REMEDY),
        row(
            select("CASE WHEN tiny = 1 THEN big_u ELSE k END AS x"),
            "CASE mixes types: 'big_u' (bigint unsigned) and 'k' (int) are of different types (line"
                + " 3); "
                + REMEDY),
        row(
            select("IF(tiny = 1, 'one', 1) AS x"),
            "IF mixes types: ''one'' (varchar(3) utf8mb4_0900_ai_ci) and '1' (bigint) are of"
                + " different types (line 3); "
                + REMEDY),
        row(
            select("COALESCE(tiny, 1.5) AS x"),
            "COALESCE mixes types: 'tiny' (tinyint) and '1.5' (decimal(2,1)) are of different types"
                + " (line 3); "
                + REMEDY),
        row(
            select("COALESCE(born, '2026-01-31') AS x"),
            "COALESCE mixes types: 'born' (date) and ''2026-01-31'' (varchar(10)"
                + " utf8mb4_0900_ai_ci) are of different types (line 3); "
                + REMEDY),
        row(
            select("COALESCE(made, 2024) AS x"),
            "COALESCE mixes types: 'made' (year) and '2024' (bigint) are of different types (line"
                + " 3); "
                + REMEDY),
        row(
            select("COALESCE(pad, bin) AS x"),
            "COALESCE mixes types: 'pad' (varchar(40) utf8mb4_bin) and 'bin' (varchar(40)"
                + " utf8mb4_0900_bin) are of different types (line 3); "
                + REMEDY),
        row(
            select("COALESCE(colour, 'red') AS x"),
            "'r.colour' in COALESCE is not supported: columns of type ENUM can be shown, compared by = and <>, joined, sorted by, and in a key only (line"
                + " 3); take a STORED generated column, such as colour_text VARCHAR(40)"),
        row(
            select("COALESCE(since, '00:00:00') AS x"),
            "'r.since' in COALESCE is not supported: TIME columns can be shown, compared, joined and"
                + " sorted by only (line 3); select it by itself, and compute in the client"),
        row(
            select("IFNULL(ratio, 0) AS x"),
            "'r.ratio' in IFNULL is not supported: DOUBLE columns can be shown, compared and sorted by"
                + " only; take DECIMAL (line 3); take a STORED generated column, such as ratio_exact"
                + " DECIMAL(30,10) AS (ratio) STORED"),
        row(
            select("COALESCE(tiny, NULL) AS x"),
            "NULL in COALESCE has no effect (line 3); leave it out"),
        row(select("COALESCE(tiny) AS x"), "COALESCE with 1 operand (line 3); write 2 or more"),
        row(select("IFNULL(tiny, k, 1) AS x"), "IFNULL with 3 operands (line 3); write 2"),
        row(select("IF(tiny, k) AS x"), "IF with 2 operands (line 3); write 3"),
        row(
            select("CASE WHEN tiny = 1 THEN NULL END AS x"),
            "CASE has no value but NULL (line 3); give it one"),
        row(
            select("CASE WHEN tiny = 1 THEN DATE '2026-01-31' END AS x"),
            "the constant DATE '2026-01-31' in CASE is not supported (line 3); take numbers, text,"
                + " bytes, TRUE and FALSE"),
        row(
            select("COALESCE(tiny, '0') AS x"),
            "COALESCE mixes types: 'tiny' (tinyint) and ''0'' (varchar(1) utf8mb4_0900_ai_ci) are"
                + " of different types (line 3); "),
        row(
            select("CASE WHEN tiny = 1 THEN 1e0 END AS x"),
            "the floating-point constant 1E0 is not supported (line 3); write it without exponent"),
        row(
            select("tiny + -(-5) AS x"),
            "a constant with two signs is not supported (line 3); write 5"),
        row(
            select("tiny * - - 0.5 AS x"),
            "a constant with two signs is not supported (line 3); write 0.5"),
        row(
            select("CASE WHEN tiny = 1 THEN 1 ELSE -(-5) END AS x"),
            "a constant with two signs is not supported (line 3); write 5"),
        row(
            select("CASE WHEN tiny = 1 THEN -( - (-5)) END AS x"),
            "a constant with two signs is not supported (line 3); write -5"),
        row(
            select("-(-((-4 - -7) DIV -2)) AS x"),
            "the negation of a calculation without columns is not supported: MySQL may give it"
                + " another type (line 3); write its value"),
        row(
            select("CASE WHEN german = 'a' THEN 1 END AS x"),
            "the comparison of 'r.german' is not supported: text of collation latin1_german2_ci cannot be compared (line 3); take a STORED generated column, such as german_key VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (LOWER(german)) STORED"),
        row(
            select("CASE german WHEN 'a' THEN 1 END AS x"),
            "the comparison of 'r.german' is not supported: text of collation latin1_german2_ci cannot be compared (line 3); take a STORED generated column, such as german_key VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (LOWER(german)) STORED"),
        row(
            select("CASE WHEN POW(tiny, 2) = 1 THEN 1 END AS x"),
            "the function POW in the SELECT list is not supported (line 3); add a STORED generated column"
                + " for it to the table, or compute it in the client"),
        row(
            select("ROUND(price, 3) AS x"),
            "ROUND of 'price' (decimal(10,2)) is not supported (line 3); round to at most the 2"
                + " digits of its type"),
        row(
            select("ROUND(price, tiny) AS x"),
            "ROUND to other than a constant number of digits is not supported (line 3); write a"
                + " number from 0 to 30"),
        row(
            select("TRUNCATE(price, -1) AS x"),
            "TRUNCATE to other than a constant number of digits is not supported (line 3); write a"
                + " number from 0 to 30"),
        row(
            select("ROUND(ratio) AS x"),
            "ROUND of 'ratio' (double) is not supported (line 3); take a STORED generated column,"
                + " such as ratio_exact DECIMAL(30,10) AS (ratio) STORED"),
        row(
            select("FLOOR(price * id) AS x"),
            "FLOOR of 'a calculation' (decimal(30,2)) is not supported (line 3); take a DECIMAL of"
                + " at most 17 digits before the point"),
        row(
            select("price / price / price / price AS x"),
            "the calculation may have more digits than MySQL has for a DECIMAL (line 3); ROUND its"
                + " operands, or CAST them to fewer digits"),
        row(
            select("IF(k = 1, tiny / 3, price * 1.0000) AS x"),
            "IF of a division and of numbers with more digits is not supported (line 3); write"
                + " ROUND(..., n) around the division, with n digits"),
        row(
            select("COALESCE(price, k = 1) + 1 AS x"),
            "COALESCE mixes types: 'price' (decimal(10,2)) and 'a condition' (bigint) are of"
                + " different types (line 3); "
                + REMEDY),
        row(
            view("SELECT k, id, price / 3 AS x FROM `rows`\nORDER BY x"),
            "ORDER BY 'x' is not supported: MySQL sorts a division by hidden digits (line 3); write"
                + " ROUND(..., n) around it, with n digits"),
        row(
            select("COALESCE(SOUNDEX(bin), '') AS x"),
            "the function SOUNDEX in the SELECT list is not supported (line 3); add a STORED"
                + " generated column for it to the table, or compute it in the client"),
        row(
            select("NULLIF(born, seen) AS x"),
            "NULLIF of 'born' (date) is not supported (line 3); write CASE WHEN a = b THEN NULL ELSE"
                + " a END"),
        row(
            select("NULLIF(colour, 'red') AS x"),
            "NULLIF of 'colour' (enum('red','blue') utf8mb4_0900_ai_ci) is not supported (line 3);"
                + " take a STORED generated column, such as colour_text VARCHAR(40)"),
        row(
            select("NULLIF(bits, 5) AS x"),
            "NULLIF of 'bits' (bit(3)) is not supported (line 3); take a STORED generated column,"
                + " such as bits_number BIGINT UNSIGNED AS (bits + 0) STORED"),
        row(
            select("LOWER(colour) AS x"),
            "LOWER of 'colour' (enum('red','blue') utf8mb4_0900_ai_ci) is not supported (line 3);"
                + " take a STORED generated column, such as colour_text VARCHAR(40)"),
        row(
            select("DATE_ADD (born, INTERVAL 1 DAY) AS x"),
            "DATE_ADD with a space before its bracket is not supported (line 3); write DATE_ADD(...)"
                + " without it; MySQL knows the function only so"),
        row(
            select("substring /* x */ (bin, 1) AS x"),
            "substring with a space before its bracket is not supported (line 3)"),
        row(
            select("stamp - INTERVAL 1 DAY AS x"),
            "- INTERVAL of 'stamp' (timestamp(6)) is not supported (line 3); it depends on the"
                + " session's time zone; take a DATETIME column"),
        row(
            select("born + INTERVAL tiny DAY AS x"),
            "+ INTERVAL of this interval is not supported (line 3); write one like INTERVAL 7 DAY"),
        row(
            select("INTERVAL 1 DAY + born AS x"),
            "INTERVAL in front of a date is not supported (line 3); write the date first, as in a +"
                + " INTERVAL 1 DAY"),
        row(
            select("tiny + INTERVAL 1 DAY AS x"),
            "+ INTERVAL of 'tiny' (tinyint) is not supported (line 3); take a DATE or DATETIME"),
        row(
            select("CONVERT(big_u, SIGNED) AS x"),
            "CONVERT of 'big_u' (bigint unsigned) is not supported (line 3); take numbers of at most"
                + " 17 digits before the point"),
        row(
            select("CONVERT(tiny, UNSIGNED) AS x"),
            "this CONVERT is not supported (line 3); convert to SIGNED, DECIMAL(p, s), CHAR, DATE,"
                + " DATETIME or USING utf8mb4"),
        row(
            select("CONVERT(bin USING latin1) AS x"),
            "this CONVERT is not supported (line 3); convert to SIGNED"),
        row(
            select("CONVERT(`raw` USING utf8mb4) AS x"),
            "CONVERT USING of 'raw' (varbinary(40)) is not supported (line 3); take text of utf8mb4,"
                + " utf8mb3, latin1 or ascii"),
        row(
            select("CONCAT(cp, 'é') AS x"),
            "'é' may have characters that collation latin1_bin cannot hold (line 3); compare with a"
                + " STORED generated column of utf8mb4"),
        row(
            select("YEAR(stamp) AS x"),
            "YEAR of 'stamp' (timestamp(6)) is not supported (line 3); it depends on the session's"
                + " time zone; take a DATETIME column"),
        row(
            select("DATEDIFF(seen, bin) AS x"),
            "DATEDIFF of 'bin' (varchar(40) utf8mb4_0900_bin) is not supported (line 3); take a DATE"
                + " or DATETIME"),
        row(
            select("DATE_ADD(born, INTERVAL tiny DAY) AS x"),
            "DATE_ADD of this interval is not supported (line 3); write one like INTERVAL 7 DAY: a"
                + " constant of at most six digits, and YEAR, MONTH, DAY, HOUR, MINUTE or SECOND; for"
                + " an interval of a column, add a STORED generated column for it to the table, or"
                + " compute it in the client"),
        row(
            select("FROM_UNIXTIME(k) AS x"),
            "the function FROM_UNIXTIME in the SELECT list is not supported (line 3); it depends on"
                + " the session's time zone; select the column and compute it in the client"),
        row(
            select("CAST(big_u AS SIGNED) AS x"),
            "CAST of 'big_u' (bigint unsigned) is not supported (line 3); take numbers of at most"
                + " 17 digits before the point"),
        row(
            select("CAST(price AS DECIMAL(9,2)) AS x"),
            "CAST of 'price' (decimal(10,2)) is not supported (line 3); take a DECIMAL that holds"
                + " all digits before the point, and a carry"),
        row(
            select("CAST(ratio AS CHAR) AS x"),
            "CAST of 'ratio' (double) is not supported (line 3); take a STORED generated column,"
                + " such as ratio_exact DECIMAL(30,10) AS (ratio) STORED"),
        row(
            select("CAST(bin AS BINARY) AS x"),
            "CAST AS BINARY is not supported (line 3); take SIGNED, DECIMAL(p, s), CHAR, DATE or"
                + " DATETIME"),
        row(
            select("CONCAT(k, made) AS x"),
            "CONCAT mixes types: 'CONCAT' (varchar(0) utf8mb4_0900_ai_ci) and 'made' (year) are of"
                + " different types (line 3); "
                + REMEDY),
        row(
            select("CONCAT(bin, COALESCE(price, 0)) AS x"),
            "CONCAT of a DECIMAL that is computed is not supported (line 3); write ROUND(..., n)"
                + " around it, with n digits"),
        row(
            select("CONCAT_WS('-', `raw`, `raw`) AS x"),
            "CONCAT_WS mixes types: 'raw' (varbinary(40)) and ''-'' (varchar(1)"
                + " utf8mb4_0900_ai_ci) are of different types (line 3); "
                + REMEDY),
        row(
            select("UPPER(german) AS x"),
            "UPPER of 'german' (varchar(40) latin1_german2_ci) is not supported (line 3); take text"
                + " of a collation that can be compared"),
        row(
            select("LOWER(`raw`) AS x"),
            "LOWER of 'raw' (varbinary(40)) is not supported (line 3); take text of utf8mb4,"
                + " utf8mb3, latin1 or ascii"),
        row(
            select("REPLACE(bin, sku, 'x') AS x"),
            "REPLACE with a column is not supported (line 3); write a text in quotes there"),
        row(
            select("LEFT(bin, price) AS x"),
            "LEFT with 'price' (decimal(10,2)) is not supported (line 3); take a signed whole"
                + " number there"),
        row(
            select("HEX(cp) AS x"),
            "HEX of 'cp' (varchar(40) latin1_bin) is not supported (line 3); take text of utf8mb4,"
                + " utf8mb3 or ascii"),
        row(
            select("MD5(price) AS x"),
            "MD5 of 'price' (decimal(10,2)) is not supported (line 3); take text of utf8mb4,"
                + " utf8mb3, latin1 or ascii"),
        row(
            select("CONCAT(bin, `raw`) AS x"),
            "CONCAT mixes types: 'bin' (varchar(40) utf8mb4_0900_bin) and 'raw' (varbinary(40)) are"
                + " of different types (line 3); "
                + REMEDY),
        row(
            select("NULLIF(7 + -5 DIV 4, big_u) AS x"),
            "NULLIF of a calculation without columns is not supported: MySQL may give it the type of"
                + " what it is compared with (line 3); write CASE WHEN a = b THEN NULL ELSE a END"),
        row(
            select("NULLIF(tiny, bin) AS x"),
            "the comparison is not supported: 'tiny' (tinyint) and 'bin' (varchar(40)"
                + " utf8mb4_0900_bin) are of different types (line 3); compare columns of the same"
                + " type and collation"),
        row(
            head("x, id", "x", "SELECT COALESCE(tiny, 0) AS x, id FROM `rows`"),
            "the key column 'x' is computed (line 1); take a column, such as a STORED generated"
                + " column with this value; MySQL has no index for computed keys"));
  }

  @ParameterizedTest
  @MethodSource("expressions")
  void refusesByName(String text, String message) {
    check(text, message);
  }
}
