package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Source;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ReservedWordsIT {
  @Test
  void areThoseOfTheServer() throws Exception {
    Set<String> words = new TreeSet<>();
    try (Source source = Source.create("reserved_words");
        Statement statement = source.connection().createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT word FROM information_schema.keywords WHERE reserved = 1")) {
      while (rows.next()) {
        words.add(rows.getString(1));
      }
    }
    assertThat(words).containsAll(ReservedWords.all());
  }
}
