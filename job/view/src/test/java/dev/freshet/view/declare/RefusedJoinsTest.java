package dev.freshet.view.declare;

import static dev.freshet.view.declare.Refusal.check;
import static dev.freshet.view.declare.Refusal.joined;
import static dev.freshet.view.declare.Refusal.row;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** FROM and its joins. */
class RefusedJoinsTest {
  private static final String JOINS =
      "write JOIN or LEFT JOIN with ON or USING, or a comma and WHERE";

  private static final String KEY =
      "equate its whole primary key, or a unique key of NOT NULL columns; for a join to many rows"
          + " declare a view of that table";

  static Stream<Arguments> joins() {
    return Stream.of(
        row(
            joined(", parents p"),
            "nothing joins 'p' by its whole primary key (line 4); equate that in WHERE with columns of"
                + " another table; for a join to many rows declare a view of that table"),
        row(joined("CROSS JOIN parents p"), "CROSS JOIN is not supported (line 4); " + JOINS),
        row(joined("NATURAL JOIN parents p"), "NATURAL JOIN is not supported (line 4); " + JOINS),
        row(
            joined("RIGHT JOIN parents p ON p.a = r.parent_b"),
            "'r.parent_b' is not in the primary key (line 4); " + KEY),
        row(
            joined("FULL JOIN parents p ON p.a = r.parent_b"),
            "FULL JOIN is not supported (line 4); " + JOINS),
        row(
            joined("JOIN parents p USING (id)"),
            "the table 'parents' has no column 'id' (line 4); look at SHOW COLUMNS FROM parents"),
        row(joined("JOIN parents p"), "a JOIN without ON is not supported (line 4); " + JOINS),
        row(
            joined("JOIN parents p ON p.a = r.parent_b"),
            "the join with 'p' leaves out 'b' (line 4); " + KEY),
        row(
            joined("JOIN parents p ON p.group_id = r.parent_b"),
            "'p.group_id' is not in the primary key (line 4); " + KEY),
        row(
            joined("JOIN parents p ON p.a = r.parent_b AND p.weight > 1"),
            "the join with 'p' leaves out 'b' (line 4); " + KEY),
        row(
            joined("LEFT JOIN parents p ON p.a = r.parent_b AND p.weight > 1"),
            "the join with 'p' leaves out 'b' (line 4); " + KEY),
        row(
            joined("JOIN parents p ON p.group_id = r.id"),
            "'p.group_id' is not in the primary key (line 4); a row of 'r' may have many of 'p'; to"
                + " list the rows of 'p', select p.b, p.a and write PRIMARY KEY with them instead of"
                + " the primary key of 'r'"),
        row(
            joined("LEFT JOIN parents p ON p.group_id = r.id"),
            "'p.group_id' is not in the primary key (line 4); a row of 'r' may have many of 'p'; if"
                + " rows of 'r' without any need not be listed, write JOIN; to list the rows of 'p',"
                + " select p.b, p.a and write PRIMARY KEY with them instead of the primary key of 'r'"),
        row(
            joined("JOIN parents p ON r.id = r.parent_b"),
            "ON does not equate 'p' with an earlier table (line 4); equate its primary key with"
                + " columns of one earlier table"),
        row(
            joined(
                "JOIN parents p ON p.a = r.id AND p.b = r.id\n"
                    + "JOIN parents q ON q.a = r.id AND q.b = p.group_id"),
            "the join with 'q' takes columns of several tables (line 5); equate its primary key"
                + " with columns of one earlier table"),
        row(
            joined("JOIN parents r ON r.a = r.id"),
            "the alias 'r' is used twice (line 4); give each table an alias of its own"),
        row(
            joined("JOIN codes c ON c.code = r.german"),
            "'german' cannot be joined by: text of collation latin1_german2_ci has several values that are equal (line 4); take a STORED generated column, such as german_key VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (LOWER(german)) STORED"),
        row(
            joined("JOIN unsigned_things t ON t.id = r.born"),
            "the join compares unlike columns: 'born' (date) and 'id' (bigint unsigned) are of"
                + " different types (line 4); join by a STORED generated column that has the other's type and collation"),
        row(
            joined("JOIN unsigned_things t ON t.id = r.price"),
            "the join compares unlike columns: MySQL takes large numbers of 'price' (decimal(10,2))"
                + " and 'id' (bigint unsigned) as equal (line 4); join by a STORED generated column"),
        row(
            joined("JOIN unsigned_things t ON t.id = r.made"),
            "the join compares unlike columns: 'made' (year) and 'id' (bigint unsigned) are of"
                + " different types (line 4); join by a STORED generated column that has the other's type and collation"),
        row(
            joined("JOIN (parents p JOIN codes c ON c.code = 'a') ON p.a = r.id"),
            "brackets around joins are not supported (line 4); join one by one"));
  }

  @ParameterizedTest
  @MethodSource("joins")
  void refusesByName(String text, String message) {
    check(text, message);
  }
}
