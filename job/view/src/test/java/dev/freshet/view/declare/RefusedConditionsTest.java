package dev.freshet.view.declare;

import static dev.freshet.view.declare.Refusal.check;
import static dev.freshet.view.declare.Refusal.row;
import static dev.freshet.view.declare.Refusal.view;
import static dev.freshet.view.declare.Refusal.where;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Conditions that could mean something else in MySQL. */
class RefusedConditionsTest {
  private static final String MATCHES =
      "if at most one row can match, join its table by that key; if not, decide in the client";

  private static final String CONDITION_REMEDY =
      "combine comparisons of columns and constants with AND, OR and NOT";

  static Stream<Arguments> conditions() {
    return Stream.of(
        row(
            where("german = 'a'"),
            "the comparison of 'r.german' is not supported: text of collation latin1_german2_ci cannot be compared (line 4); take a STORED generated column, such as german_key VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (LOWER(german)) STORED"),
        row(
            where("cp < 'a'"),
            "the comparison of 'r.cp' is not supported: text of collation latin1_bin can be compared by = and <> only (line 4); take a STORED generated column, such as cp_key VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (cp) STORED"),
        row(
            where("fixed BETWEEN 'A' AND 'a'"),
            "the comparison of 'r.fixed' is not supported: CHAR columns can be compared by = and <> only (line 4); take a STORED generated column, such as fixed_key VARCHAR(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (fixed) STORED"),
        row(
            where("big_u BETWEEN '0' AND 9223372036854775807"),
            "BETWEEN a text and a number is not supported: MySQL takes large numbers as equal (line 4); write the number without quotes"),
        row(
            where("big_u BETWEEN 9007199254740993 AND '9'"),
            "BETWEEN a text and a number is not supported: MySQL takes large numbers as equal (line 4); write the number without quotes"),
        row(
            where("k NOT BETWEEN '0' AND tiny"),
            "BETWEEN a text and a number is not supported: MySQL takes large numbers as equal (line 4); write the number without quotes"),
        row(
            where("colour = 'green'"),
            "'green' is no value of 'colour' (line 4); take one of 'red', 'blue'"),
        row(
            where("colour = 1"),
            "1 is compared with 'colour' (enum('red','blue')) (line 4); write text"),
        row(
            where("colour < 'red'"),
            "the comparison of 'r.colour' is not supported: columns of type ENUM can be shown, compared by = and <>, joined, sorted by, and in a key only (line 4); take a STORED generated column, such as colour_text VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (colour) STORED"),
        row(
            where("doc->>'$.a[last]' = 'x'"),
            "the JSON path '$.a[last]' is not supported (line 4); name members and positions"),
        row(
            where("bin->>'$.a' = 'x'"),
            "a JSON path in 'bin' (varchar(40) utf8mb4_0900_bin) is not supported (line 4); write"),
        row(
            where("doc->>'$.a' = 1"),
            "1 is compared with 'JSON_UNQUOTE' (longtext) (line 4); write text"),
        row(
            where("JSON_UNQUOTE(doc) = 'x'"),
            "JSON_UNQUOTE of a column is not supported (line 4); write column->>"),
        row(
            where("tags = 'b,a'"),
            "'b,a' is no value of 'tags' (line 4); take members in the order 'a', 'b', 'c', with a"
                + " comma between two"),
        row(
            where("tags <= 'a'"),
            "the comparison of 'r.tags' is not supported: columns of type SET can be shown, compared by = and <>, joined, sorted by, and in a key only (line 4); take a STORED generated column, such as tags_has"),
        row(
            where("cases = 'x'"),
            "the comparison of 'r.cases' is not supported: a SET of collation utf8mb4_0900_as_cs can be shown only (line 4)"),
        row(
            where("FIND_IN_SET('A', tags)"),
            "'A' is no member of 'tags', or differs from another by case only (line 4); take one of"
                + " the members, spelled as in the table"),
        row(
            where("FIND_IN_SET('a', bin)"),
            "FIND_IN_SET of 'bin' (varchar(40) utf8mb4_0900_bin) is not supported (line 4); take a SET"
                + " column that can be compared"),
        row(
            where("colour = shade"),
            "the comparison is not supported: 'colour' (enum('red','blue') utf8mb4_0900_ai_ci) and"
                + " 'shade' (enum('red','grey') utf8mb4_0900_ai_ci) are not compared value by value"),
        row(
            where("colour = ci"),
            "the comparison is not supported: 'colour' (enum('red','blue') utf8mb4_0900_ai_ci) and"
                + " 'ci' (varchar(40) utf8mb4_0900_ai_ci) are not compared value by value (line 4);"
                + " take a STORED generated column, such as colour_text VARCHAR(40) CHARACTER SET utf8mb4 COLLATE"
                + " utf8mb4_0900_ai_ci AS (colour) STORED"),
        row(
            where("cp = 'Zoë'"),
            "'Zoë' may have characters that collation latin1_bin cannot hold (line 4); compare"),
        row(
            where("seen > UNIX_TIMESTAMP()"),
            "the function UNIX_TIMESTAMP without an operand in WHERE is not supported (line 4); an"
                + " answer changes with its rows, not with the clock"),
        row(
            where("DATE(seen) = ?"),
            "the parameter ? in WHERE is not supported (line 4); a key is a column: add a STORED"
                + " generated column with this value to the table, with an index, and take that; for"
                + " a DATE column leave out DATE"),
        row(
            where("id DIV 100 = ?"),
            "the parameter ? in WHERE is not supported (line 4); a key is a column: add a STORED"
                + " generated column with this value to the table, with an index, and take that"),
        row(
            where("k + 1 = ?"),
            "the parameter ? in WHERE is not supported (line 4); a key is a column: take the column"
                + " itself, and let the caller compute its value"),
        row(
            where("share > 1"),
            "the comparison of 'r.share' is not supported: FLOAT columns can be shown only; take DECIMAL (line 4); take a STORED generated column, such as share_exact DECIMAL(30,10) AS (share) STORED"),
        row(where("ratio > 'a'"), "'a' is compared with 'ratio' (double) (line 4); write a number"),
        row(
            where("ratio > 1e999"),
            "1E999 is not a value of 'ratio' (double) (line 4); take one of at most 30 digits that"
                + " the column can hold"),
        row(
            where("ratio = price"),
            "the comparison is not supported: 'ratio' (double) and 'price' (decimal(10,2)) are of"
                + " different types (line 4); compare columns of the same type and collation"),
        row(
            where("NOT k <> price"),
            "the comparison is not supported: MySQL takes large numbers of 'k' (int) and 'price'"
                + " (decimal(10,2)) as equal (line 4); compare columns of the same type and"
                + " collation"),
        row(
            where("doc = 'x'"),
            "the comparison of 'r.doc' is not supported: columns of type JSON can be shown only (line 4); take a STORED generated column, such as doc_value VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (JSON_UNQUOTE(JSON_EXTRACT(doc, '$.member'))) STORED"),
        row(
            where("`condition` = ''"),
            "the comparison of 'r.condition' is not supported: an ENUM with the empty text among its"
                + " members can be shown only (line 4); take a STORED generated column, such as"
                + " condition_text VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS"
                + " (`condition`) STORED"),
        row(
            where("bits LIKE 'x'"),
            "LIKE of 'r.bits' is not supported: 'bits' (bit(3)) is no text"),
        row(
            where("stamp > '2026-01-01'"),
            "a constant for the TIMESTAMP column 'stamp' is not supported (line 4); its meaning"
                + " depends on the time zone; compare UNIX_TIMESTAMP of the column"),
        row(
            where("since = '12:00'"),
            "'12:00' is not a value of 'since' (time) (line 4); write a time as"
                + " '[-]HH:MM:SS[.ffffff]' within 838:59:59"),
        row(
            where("since < '839:00:00'"),
            "'839:00:00' is not a value of 'since' (time) (line 4); write a time as"
                + " '[-]HH:MM:SS[.ffffff]' within 838:59:59"),
        row(
            where("since < '12:00:00.5'"),
            "'12:00:00.5' has more digits than 'since' (time) (line 4); leave out the digits that"
                + " the column does not hold"),
        row(
            where("bin = pad"),
            "the comparison is not supported: 'bin' (varchar(40) utf8mb4_0900_bin) and 'pad'"
                + " (varchar(40) utf8mb4_bin) are not compared value by value (line 4); compare"
                + " columns of the same type and collation"),
        row(
            where("seen = born"),
            "the comparison is not supported: 'seen' (datetime) and 'born' (date) are of different"
                + " types (line 4); compare columns of the same type and collation"),
        row(
            where("bin = TRUE"),
            "a comparison of 'bin' with TRUE is not supported (line 4); write a value of"
                + " varchar(40)"),
        row(
            where("made IN (2001, TRUE)"),
            "a comparison of 'made' with TRUE is not supported (line 4); write a value of year"),
        row(
            where("tiny = NULL"),
            "a comparison with NULL is never true (line 4); write IS NULL or IS NOT NULL"),
        row(
            where("tiny = 200"),
            "200 is not a value of 'tiny' (tinyint) (line 4); take one that the column can hold"),
        row(
            where("tiny IN (1, 200)"),
            "200 is not a value of 'tiny' (tinyint) (line 4); take one that the column can hold"),
        row(
            where("tiny IN (1, k)"),
            "a column in the list of IN is not supported (line 4); list constants"),
        row(
            where("tiny IN (SELECT 1)"),
            "a sub-query in WHERE is not supported (line 4); " + MATCHES),
        row(where("EXISTS (SELECT 1)"), "EXISTS in WHERE is not supported (line 4); " + MATCHES),
        row(
            where("big_u = -1"),
            "-1 is not a value of 'big_u' (bigint unsigned) (line 4); take one that the column can"
                + " hold"),
        row(
            where("price = 1.005"),
            "1.005 is not a value of 'price' (decimal(10,2)) (line 4); take one that the column can"
                + " hold"),
        row(
            where("tiny = 1e0"),
            "the floating-point constant 1E0 is not supported (line 4); write it without exponent"),
        row(
            where("tiny = '1 '"),
            "'1 ' is compared with 'tiny' (tinyint) (line 4); write a number"),
        row(where("bin = 1"), "1 is compared with 'bin' (varchar(40)) (line 4); write text"),
        row(
            where("fixed = 'a '"),
            "text that ends in a space is never equal to the CHAR column 'fixed' (line 4); leave"
                + " out the space"),
        row(
            where("bin = _utf8'a'"),
            "a character set in front of a text is not supported (line 4); write the text alone"),
        row(
            where("raw4 = X'00FF'"),
            "'raw4' (binary(4)) does not hold 2 bytes (line 4); write exactly 4"),
        row(
            where("seen > '2026-02-30'"),
            "'2026-02-30' is not a value of 'seen' (datetime) (line 4); write a date of the calendar as"
                + " 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS[.ffffff]'"),
        row(
            where("seen > '2026-02-03T10:00:00'"),
            "'2026-02-03T10:00:00' is not a value of 'seen' (datetime) (line 4); write a date of the"
                + " calendar as 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS[.ffffff]'"),
        row(
            where("seen > '2026-02-03 10:00:00.5'"),
            "'2026-02-03 10:00:00.5' has more digits than 'seen' (datetime) (line 4); leave out the"
                + " digits that the column does not hold"),
        row(
            where("born = '2026-1-1'"),
            "'2026-1-1' is not a value of 'born' (date) (line 4); write a date of the calendar as"
                + " 'YYYY-MM-DD'"),
        row(
            where("born IS NULL"),
            "IS NULL of 'r.born', which is a NOT NULL date, is not supported (line 4); MySQL takes"
                + " zero dates for NULL there; ask for another column"),
        row(
            where("made = 24"),
            "24 is not a value of 'made' (year) (line 4); write the year with four digits, from 1901"
                + " to 2155, or 0"),
        row(
            where("made = '24'"),
            "'24' is compared with 'made' (year) (line 4); write the year with four digits, from"
                + " 1901 to 2155, or 0"),
        row(
            where("made = '1900'"),
            "1900 is not a value of 'made' (year) (line 4); write the year with four digits"),
        row(
            where("made = k"),
            "the comparison is not supported: 'made' (year) and 'k' (int) are not compared value by"
                + " value (line 4); compare columns of the same type and collation"),
        row(
            where("1 = 1"),
            "a comparison of two constants is not supported (line 4); leave it out"),
        row(where("7"), "the constant 7 in WHERE is not supported (line 4); " + CONDITION_REMEDY),
        row(
            where("bin"),
            "the column 'r.bin' alone is not a condition (line 4); compare it; only integers, and"
                + " BIT of at most 32 bits, can stand alone"),
        row(
            where("made - 1 = 2"),
            "arithmetic with 'made' (year) is not supported (line 4); calculate with whole numbers"
                + " and decimals, or in the client"),
        row(
            where("seen > NOW()"),
            "the function NOW in WHERE is not supported (line 4); an answer changes with its rows,"
                + " not with the clock; in WHERE, make the column the first of ORDER BY and compare it with"
                + " ?, for which each read gives a value; or select the column and compare in the client"),
        row(
            where("k = ?"),
            "the parameter ? in WHERE is not supported (line 4); leave out the condition, select its"
                + " column, and name it in PARTITIONED BY and PRIMARY KEY"),
        row(
            where("price >= ?"),
            "? is not compared with the first column of ORDER BY after the key, but with 'r.price'"
                + " (line 4); order by 'r.price' first, or leave out the condition and filter in"
                + " the client"),
        row(
            where("id > ? AND tiny = 1 AND ? < id"),
            "there are two bounds for the parameter from of a read (line 4); leave one out"),
        row(
            where("id NOT BETWEEN ? AND ?"),
            "the parameter ? in WHERE is not supported (line 4); leave out the condition"),
        row(
            where("id > ? OR tiny = 1"),
            "the parameter ? in WHERE is not supported (line 4); leave out the condition"),
        row(
            view("SELECT k, id, fixed FROM `rows` r\nWHERE fixed < ? ORDER BY fixed"),
            "the comparison of 'r.fixed' is not supported: CHAR columns can be compared by = and <>"
                + " only (line 3)"),
        row(
            where("bin LIKE sku"),
            "LIKE with other than a constant text is not supported (line 4); write a text in"
                + " quotes"),
        row(
            where("k LIKE '1%'"),
            "LIKE of 'r.k' is not supported: 'k' (int) is no text (line 4); take another column"),
        row(
            where("colour NOT LIKE 'r%'"),
            "LIKE of 'r.colour' is not supported: 'colour' (enum('red','blue') utf8mb4_0900_ai_ci)"
                + " is no text (line 4); take another column"),
        row(
            where("german LIKE 'a%'"),
            "LIKE of 'r.german' is not supported: text of collation latin1_german2_ci cannot be"
                + " compared (line 4); take another column"),
        row(
            where("bin LIKE 'a%' ESCAPE 'ab'"),
            "ESCAPE 'ab' is not supported (line 4); take one character of ASCII, no letter, digit,"
                + " % or _"),
        row(
            where("bin RLIKE 'a'"),
            "REGEXP is not supported (line 4); add a STORED generated column to the table"),
        row(
            where("bin IS NOT TRUE"),
            "the column 'r.bin' alone is not a condition (line 4); compare it; only integers, and"
                + " BIT of at most 32 bits, can stand alone"),
        row(
            where("(tiny = k) = k"),
            "a condition in WHERE is not supported (line 4); compare columns, constants, CASE, calculations and functions only"),
        row(
            where("5 BETWEEN tiny AND k"),
            "the constant 5 before BETWEEN is not supported (line 4); put a column there"),
        row(
            where("COALESCE(ci, bin) = 'a'"),
            "COALESCE mixes types: 'ci' (varchar(40) utf8mb4_0900_ai_ci) and 'bin' (varchar(40)"
                + " utf8mb4_0900_bin) are of different types (line 4); give all the same type and"
                + " collation"),
        row(
            where("raw4 = `raw`"),
            "the comparison is not supported: 'raw4' (binary(4)) and 'raw' (varbinary(40)) are not"
                + " compared value by value (line 4); compare columns of the same type and"
                + " collation"),
        row(
            where("CASE WHEN tiny THEN bin END"),
            "CASE alone is not a condition (line 4); compare it; only integers, and BIT of at most"
                + " 32 bits, can stand alone"),
        row(
            where("tiny <=> 1"),
            "<=> is not supported (line 4); write = for a constant; for two columns write a = b OR"),
        row(where("tiny || k"), "|| is not supported (line 4); write OR"),
        row(
            where("bin = 'a\\'"),
            "a backslash in a text literal is not supported (line 4); MySQL reads it as an escape;"
                + " compare with a column instead"),
        row(
            where("bin = 'a'\"a\""),
            "the text in double quotes touches what is beside it (line 4); write it in single quotes,"
                + " with spaces around it"),
        row(
            where("bin = \"a\"'a'"),
            "the text in double quotes touches what is beside it (line 4); write it in single quotes,"
                + " with spaces around it"),
        row(
            where("bin = x\"41\""),
            "the text in double quotes touches what is beside it (line 4); write it in single quotes,"
                + " with spaces around it"),
        row(
            where("bin = \"a\\\""),
            "a backslash in a text literal is not supported (line 4); MySQL reads it as an escape;"
                + " compare with a column instead"),
        row(where("bin = \"a"), "the quote \" is not closed (line 4); close it"),
        row(where("k = \"1a\""), "'1a' is compared with 'k' (int) (line 4); write a number"),
        row(
            where("raw = 0xFG"),
            "0x is not followed by the digits of bytes (line 4); write bytes like X'0AFF', names in"
                + " back-ticks"),
        row(
            where("raw = 0x41'a'"),
            "0x is not followed by the digits of bytes (line 4); write bytes like X'0AFF', names in"
                + " back-ticks"),
        row(where("k = 0x41"), "X'41' is compared with 'k' (int) (line 4); write a number"),
        row(
            where("price = '1.005'"),
            "1.005 is not a value of 'price' (decimal(10,2)) (line 4); take one that the column can"
                + " hold"),
        row(
            where("k = 1--1"),
            "'--' without a space is not supported (line 4); write '-- ' for a comment; MySQL reads"
                + " two minus signs otherwise"),
        row(
            where("k = 1 /*! OR 1 */"),
            "the comment '/*!' is not supported (line 4); leave it out; MySQL would execute it"),
        row(
            where("k = 1 # one"),
            "a comment that begins with # is not supported (line 4); write -- and a space"),
        row(
            where("k = @x"),
            "the MySQL variable @x is not supported (line 4); write the value; what the caller gives is a column of the key"),
        row(
            view("SELECT /*+ NO_MERGE(v) */ k, id FROM `rows`"),
            "the hint '/*+' is not supported (line 2); leave it out; it changes no answer"));
  }

  @ParameterizedTest
  @MethodSource("conditions")
  void refusesByName(String text, String message) {
    check(text, message);
  }
}
