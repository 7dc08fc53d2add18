package dev.freshet.cli.explain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SourceScriptTest {
  private static final String TABLE =
      "\nCREATE TABLE t (id INT PRIMARY KEY, s CHAR(9) DEFAULT ';');";

  @Test
  void theDatabaseOfADumpIsTheServers() {
    String dump =
        """
        -- Host: localhost    Database: shop
        CREATE DATABASE /*!32312 IF NOT EXISTS*/ `shop` /*!40100 DEFAULT CHARACTER SET latin1 */;

        USE `shop`;
        """;
    assertThat(SourceScript.inOneDatabase(dump + TABLE).replaceAll("\\s+", " "))
        .isEqualTo(
            "-- Host: localhost Database: shop"
                + " ALTER DATABASE /*!40100 DEFAULT CHARACTER SET latin1 */;"
                + TABLE.replace("\n", " "));
  }

  @Test
  void optionsAreKept() {
    assertThat(
            SourceScript.inOneDatabase(
                    "drop database if exists shop;\ncreate schema if not exists shop COLLATE"
                        + " utf8mb4_bin;\nuse shop;"
                        + TABLE)
                .strip()
                .replaceAll("\n+", "\n"))
        .isEqualTo("ALTER DATABASE COLLATE utf8mb4_bin;" + TABLE);
  }

  @Test
  void severalDatabasesStayAsTheyAre() {
    String several = "CREATE DATABASE a;\nCREATE DATABASE b;\nUSE a;" + TABLE;
    assertThat(SourceScript.inOneDatabase(several)).isEqualTo(several);
    String later = "CREATE DATABASE a;\nUSE a;" + TABLE + "\nUSE b;" + TABLE;
    assertThat(SourceScript.inOneDatabase(later)).isEqualTo(later);
    assertThat(SourceScript.inOneDatabase(TABLE)).isEqualTo(TABLE);
  }
}
