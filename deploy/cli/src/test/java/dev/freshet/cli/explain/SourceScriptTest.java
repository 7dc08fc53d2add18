package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceScriptTest {
  private static final String TABLE = "CREATE TABLE t (id INT PRIMARY KEY, s CHAR(9) DEFAULT ';')";

  private static SourceScript script(String sql) {
    return SourceScript.of(Path.of("tables.sql"), sql);
  }

  private static List<String> executed(String sql, Optional<String> own) {
    return script(sql).executed(own).stream()
        .map(each -> each.replaceAll("\\s+", " ").strip())
        .toList();
  }

  @Test
  void theDatabaseOfADumpIsTheServers() {
    String dump =
        """
        DROP DATABASE IF EXISTS shop;
        CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET latin1 */;

        USE `shop`;
        """;
    assertThat(executed(dump + TABLE + ";", Optional.of("sample")))
        .containsExactly("ALTER DATABASE `sample` DEFAULT CHARACTER SET latin1", TABLE);
    assertThat(executed("create schema shop;use shop;" + TABLE, Optional.of("sample")))
        .containsExactly(TABLE);
  }

  @Test
  void databasesKeepTheirNamesAndOptions() {
    String two =
        "CREATE DATABASE a; CREATE DATABASE b COLLATE utf8mb4_bin; USE a;" + TABLE + "; USE b";
    assertThat(executed(two, Optional.empty()))
        .containsExactly("ALTER DATABASE `b` COLLATE utf8mb4_bin", "USE a", TABLE, "USE b");
    assertThat(script(two + "; USE mysql").databases()).containsExactly("a", "b");
  }

  @Test
  void routinesAreLeftOutWithANote() {
    SourceScript script =
        script(
            TABLE
                + """
                ;
                DROP TRIGGER IF EXISTS upd;
                DELIMITER $$
                CREATE TRIGGER upd BEFORE UPDATE ON t FOR EACH ROW BEGIN SET @a = 1; END$$
                CREATE DEFINER=`root`@`localhost` PROCEDURE `fill`() BEGIN SELECT 1; END$$
                DELIMITER ;
                INSERT INTO t VALUES (1, 'a');
                """);
    assertThat(script.executed(Optional.empty())).hasSize(2);
    assertThat(script.note())
        .contains(
            "Source script tables.sql: left out trigger upd (line 4), procedure fill (line 5);"
                + " if they write rows, write these in the script");
    assertThat(script(TABLE).note()).isEmpty();
  }
}
