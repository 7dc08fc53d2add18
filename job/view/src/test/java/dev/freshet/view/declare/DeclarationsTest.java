package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeclarationsTest {
  private static final String VIEW =
      """
      CREATE MATERIALIZED TABLE %s (PRIMARY KEY (user_id, id) NOT ENFORCED)
      PARTITIONED BY (user_id) FRESHNESS = INTERVAL '5' SECOND
      AS SELECT p.user_id, p.id FROM participants p
      """;

  @TempDir private Path folder;

  @Test
  void theViewsOfAFolderComeInTheOrderOfTheirFiles() throws IOException {
    write("b.sql", VIEW.formatted("newer"));
    write("a.sql", VIEW.formatted("older"));
    write("notes.txt", "no view");

    Declarations declared = Declarations.in(folder);

    assertThat(declared.views()).extracting(Declaration::view).containsExactly("older", "newer");
    assertThat(declared.problems()).isEmpty();
    assertThat(Declarations.areIn(folder)).isTrue();
  }

  @Test
  void readModelsOverEventsStandBesideViewsOfTables() throws IOException {
    write("a.sql", Shipments.view());
    write("b.sql", VIEW.formatted("older"));
    write("c.sql", Shipments.view());
    write("d.sql", Shipments.select("LAST_VALUE(status) AS status"));

    Declarations declared = Declarations.in(folder);

    assertThat(declared.events()).extracting(Declarations.Events::text).contains(Shipments.view());
    assertThat(declared.events().get(0).view()).isEqualTo(EventPlanner.plan(Shipments.view()));
    assertThat(declared.events()).hasSize(1);
    assertThat(declared.views()).extracting(Declaration::view).containsExactly("older");
    assertThat(declared.problems()).hasSize(2).isEqualTo(declared.unreadable());
    assertThat(declared.problems().get(0)).contains("declared twice, in a.sql too", "[c.sql]");
    assertThat(declared.problems().get(1)).contains("LAST_VALUE", "[d.sql]");
  }

  @Test
  void anEmptyFolderIsAProblem() {
    assertThat(Declarations.in(folder).problems())
        .containsExactly("Views: folder " + folder + " has no .sql file; declare a view in one");
    assertThat(Declarations.areIn(folder)).isFalse();
  }

  @Test
  void aFolderWithOtherFilesOnlyIsAProblem() throws IOException {
    write("unread.SQL.bak", VIEW.formatted("unread"));

    assertThat(Declarations.in(folder).problems()).hasSize(1);
    assertThat(Declarations.areIn(folder)).isFalse();
  }

  @Test
  void aFolderThatCannotBeReadIsAProblem() throws IOException {
    Path file = write("file", "no folder");
    Path nowhere = folder.resolve("nowhere");

    for (Path unreadable : List.of(file, nowhere)) {
      assertThat(Declarations.in(unreadable).problems())
          .containsExactly("Views: folder " + unreadable + " cannot be read; check its rights");
    }
    assertThat(Declarations.areIn(file)).isTrue();
    assertThat(Declarations.areIn(nowhere)).isFalse();
  }

  @Test
  void everyBadFileIsAProblemAndTheOthersAreRead() throws IOException {
    write("a.sql", VIEW.formatted("bad").replace("SELECT", "SELEC"));
    write("b.sql", VIEW.formatted("good"));
    write("c.sql", VIEW.formatted("bad").replace("PARTITIONED BY (user_id)", ""));
    Path unreadable = Files.createDirectory(folder.resolve("d.sql"));
    Path latin = folder.resolve("e.sql");
    Files.writeString(latin, VIEW.formatted("ä"), StandardCharsets.ISO_8859_1);

    Declarations declared = Declarations.in(folder);

    assertThat(declared.views()).extracting(Declaration::view).containsExactly("good");
    assertThat(declared.problems())
        .satisfiesExactly(
            problem -> assertThat(problem).contains("line 3").endsWith("[a.sql]"),
            problem -> assertThat(problem).endsWith("[c.sql]"),
            problem ->
                assertThat(problem)
                    .isEqualTo(
                        "View " + unreadable + ": the file cannot be read; check path and rights"),
            problem ->
                assertThat(problem)
                    .isEqualTo("View " + latin + ": the file is not UTF-8; save it as UTF-8"));
  }

  @Test
  void aViewThatTwoFilesDeclareIsAProblem() throws IOException {
    write("a.sql", VIEW.formatted("unread"));
    write("b.sql", VIEW.formatted("unread"));

    assertThat(Declarations.in(folder).problems())
        .containsExactly(
            "View unread: it is declared twice, in a.sql too; rename one, or remove its file"
                + " [b.sql]");
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
