package dev.freshet.view.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceVersionTest {
  @ParameterizedTest
  @ValueSource(strings = {"8.0.33", "8.0.36-28", "8.0.35-log", "8.4.3", "9.7.4-2", "9.7.0"})
  void mysql8And9AreTaken(String version) {
    assertThat(SourceVersion.problem(version)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5.7.44-log|MySQL 5.7.44-log, which is too old",
        "10.0.1|MySQL 10.0.1, which is newer",
        "10.11.6-MariaDB-log|MariaDB (10.11.6-MariaDB-log)",
        "5.5.5-10.6.1-MariaDB|MariaDB",
      })
  void othersAreRefusedWithWhy(String version, String part) {
    assertThat(SourceVersion.problem(version).orElseThrow())
        .startsWith("Source: it is ")
        .contains(part)
        .endsWith("; use MySQL 8.0, 8.4 or 9");
  }

  @Test
  void malformedVersionsAreRefused() {
    assertThat(SourceVersion.problem("proxy").orElseThrow()).contains("'proxy'");
  }
}
