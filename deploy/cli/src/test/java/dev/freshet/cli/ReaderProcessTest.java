package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReaderProcessTest {
  @Test
  void optionsOfTheEnvironmentComeLast() {
    List<String> own = ReaderProcess.jvm(Map.of());
    assertThat(own).contains("-Xmx160m");
    assertThat(ReaderProcess.jvm(Map.of("READER_OPTS", "  "))).isEqualTo(own);

    assertThat(ReaderProcess.jvm(Map.of("READER_OPTS", "  -Xmx1g  -Xss1m ")))
        .startsWith(own.toArray(String[]::new))
        .endsWith("-Xmx1g", "-Xss1m");
  }
}
