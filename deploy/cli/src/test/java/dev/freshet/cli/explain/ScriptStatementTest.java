package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ScriptStatementTest {
  private static List<String> texts(String script) {
    return ScriptStatement.of(script).stream().map(each -> each.text().strip()).toList();
  }

  @Test
  void delimitersInQuotesAndCommentsEndNoStatement() {
    assertThat(
            texts(
                """
                -- a; b
                INSERT INTO t VALUES ('a;''b\\';', "c;", `d;`) /* ; */; # one; more
                SELECT 1--1;SELECT 2 /*!40101 + '*/;' */;
                -- the end;
                """))
        .containsExactly(
            "-- a; b\nINSERT INTO t VALUES ('a;''b\\';', \"c;\", `d;`) /* ; */",
            "# one; more\nSELECT 1--1",
            "SELECT 2 /*!40101 + '*/;' */");
  }

  @Test
  void theDelimiterIsTheOneThatTheScriptNames() {
    String script =
        """
        CREATE TABLE t (id INT);
        DELIMITER ;;
        /*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `ins_t`
          AFTER INSERT ON t FOR EACH ROW BEGIN DELETE FROM u; END */;;
        delimiter //
        CREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END//
        DELIMITER ;
        SELECT 3;
        """;
    assertThat(ScriptStatement.of(script))
        .extracting(ScriptStatement::routine)
        .containsExactly(
            Optional.empty(),
            Optional.of("trigger ins_t"),
            Optional.of("procedure p"),
            Optional.empty());
    assertThat(ScriptStatement.of(script))
        .extracting(ScriptStatement::line)
        .containsExactly(1, 3, 6, 8);
  }

  @Test
  void aBodyWithoutAnotherDelimiterEndsWithItsBlock() {
    assertThat(
            texts(
                """
                CREATE DEFINER = 'a'@'%' FUNCTION f(`end` INT) RETURNS INT
                BEGIN
                  IF `end` = 1 THEN SET @a = CASE WHEN 1 THEN 2 END; END IF;
                  CASE `end` WHEN 1 THEN BEGIN SELECT 1; END; ELSE SELECT 2; END CASE;
                  RETURN 1;
                END;
                CREATE TRIGGER short BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;
                SELECT 3
                """))
        .hasSize(3)
        .satisfies(texts -> assertThat(texts.get(0)).endsWith("RETURN 1;\nEND"))
        .last()
        .isEqualTo("SELECT 3");
  }

  @Test
  void databasesAreRead() {
    List<ScriptStatement> statements =
        ScriptStatement.of(
            """
            -- Host: localhost    Database: shop
            CREATE DATABASE /*!32312 IF NOT EXISTS*/ `my-shop` /*!40100 DEFAULT CHARACTER SET latin1 */ /*!80016 DEFAULT ENCRYPTION='N' */;
            create schema crm;
            drop database if exists crm;
            USE `my-shop`;
            SELECT 'USE a';
            CREATE TABLE `use` (id INT);
            """);
    assertThat(statements.get(0).created()).contains("my-shop");
    assertThat(statements.get(0).options().replaceAll("\\s+", " "))
        .isEqualTo("DEFAULT CHARACTER SET latin1 DEFAULT ENCRYPTION='N'");
    assertThat(statements.get(1).created()).contains("crm");
    assertThat(statements.get(1).options()).isEmpty();
    assertThat(statements.get(2).dropped()).contains("crm");
    assertThat(statements.get(3).used()).contains("my-shop");
    assertThat(statements.subList(4, 6))
        .allMatch(each -> each.used().or(each::created).or(each::dropped).isEmpty());
  }
}
