package dev.freshet.view.declare;

import static dev.freshet.view.declare.Refusal.check;
import static dev.freshet.view.declare.Refusal.head;
import static dev.freshet.view.declare.Refusal.row;
import static dev.freshet.view.declare.Refusal.view;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys, primary keys and orders. */
class RefusedKeysTest {
  static Stream<Arguments> ordersAndKeys() {
    String rows = "FROM `rows` r";
    return Stream.of(
        row(
            view("SELECT k, id, german " + rows + "\nORDER BY german"),
            "ORDER BY 'german' is not supported: text of collation latin1_german2_ci cannot be compared (line 3); take a STORED generated column, such as german_key VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (LOWER(german)) STORED"),
        row(
            view("SELECT k, id, headline " + rows + "\nORDER BY headline"),
            "ORDER BY 'headline' is not supported: MySQL sorts columns of type varchar(400) by their"
                + " first 1024 bytes, and in full where it uses an index (line 3); take another"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY `condition`"),
            "ORDER BY 'r.condition' is not supported: an ENUM with the empty text among its members"
                + " can be shown only (line 3); take a STORED generated column, such as"
                + " condition_place SMALLINT UNSIGNED AS (`condition` + 0) STORED"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY german"),
            "ORDER BY 'r.german' is not supported: text of collation latin1_german2_ci cannot be"
                + " compared (line 3); take a STORED generated column, such as german_key"),
        row(
            view("SELECT k, id, born AS tiny " + rows + "\nORDER BY k + tiny"),
            "'tiny' in ORDER BY is a column and another value of the SELECT list (line 3); write"
                + " alias.tiny, or the value"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY (born, id)"),
            "a list of values in brackets in ORDER BY is not supported (line 3); order by columns"
                + " and what is computed from them"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY born, r.born DESC"),
            "ORDER BY names a column twice (line 3); name it once"),
        row(
            view("SELECT k, id, essay AS x " + rows + "\nORDER BY x"),
            "ORDER BY 'x' is not supported: MySQL sorts columns of type text in full, the store"
                + " cannot (line 3); take another"),
        row(
            view(
                "SELECT k, id "
                    + rows
                    + "\nORDER BY story, CONCAT(story, 'a'), CONCAT(story, headline)"),
            "primary key and order may take 3100 bytes, more than the 2600 that the store can index;"
                + " take shorter columns"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY 2"),
            "the constant 2 in ORDER BY is not supported (line 3); name the column of that"
                + " position"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY id NULLS LAST"),
            "NULLS FIRST and NULLS LAST are not supported (line 3); leave them out; NULL"
                + " is lowest"),
        row(
            view("SELECT k, id " + rows + "\nORDER BY id, r.id DESC"),
            "ORDER BY names a column twice (line 3); name it once"),
        row(
            head("german, id", "german", "SELECT german, id " + rows),
            "'german' cannot be in the key: text of collation latin1_german2_ci has several values that are equal (line 1); take a STORED generated column, such as german_key VARCHAR(40) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_bin AS (LOWER(german)) STORED"),
        row(
            head("kk, id", "kk", "SELECT k, id " + rows),
            "'kk' of the key is not in the SELECT list (line 1); did you mean 'k'?"),
        row(
            head("id, k", "k", "SELECT k, id " + rows),
            "the primary key does not begin with the key (line 1); write PRIMARY KEY (k, id)"),
        row(
            head("k", "k", "SELECT k, id " + rows),
            "the primary key leaves out 'id' of the root's primary key (line 1); select r.id and"
                + " write PRIMARY KEY (k, id)"),
        row(
            head("k, id, tiny", "k", "SELECT k, id, tiny " + rows),
            "'tiny' is neither in the key nor in the root's primary key (line 1); write PRIMARY KEY"
                + " (k, id)"),
        row(
            head("title, subject, id", "title, subject", "SELECT title, subject, id " + rows),
            "primary key and order may take 3216 bytes, more than the 2600 that the store can"
                + " index; take shorter columns"));
  }

  @ParameterizedTest
  @MethodSource("ordersAndKeys")
  void refusesByName(String text, String message) {
    check(text, message);
  }
}
