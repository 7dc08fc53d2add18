package dev.freshet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of {@code job/docs/algorithm.md} name tests and classes that exist. */
class DocumentedRulesTest {
  private static final Path JOB = Path.of("../../job");
  private static final Pattern TEST =
      Pattern.compile("`([A-Za-z]+(?:Test|IT|Properties))\\.([A-Za-z]+)`");
  private static final Pattern CLASS = Pattern.compile("`([A-Z][A-Za-z]+)(?:\\.[A-Za-z.]+)?`");

  private final Map<String, Path> sources = new HashMap<>();

  DocumentedRulesTest() throws IOException {
    for (Path root : List.of(JOB, Path.of("../../deploy"))) {
      try (Stream<Path> files = Files.walk(root)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(file -> sources.put(name(file), file));
      }
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replace(".java", "");
  }

  @Test
  void everyRuleNamesTestsAndClassesThatExist() throws IOException {
    String rules = Files.readString(JOB.resolve("docs/algorithm.md"));
    List<String> missing = new ArrayList<>();
    List<MatchResult> tests = TEST.matcher(rules).results().toList();
    for (MatchResult test : tests) {
      Path source = sources.get(test.group(1));
      if (source == null
          || !Files.readString(source).matches("(?s).*\\bvoid " + test.group(2) + "\\(.*")) {
        missing.add(test.group(1) + "." + test.group(2));
      }
    }
    List<String> classes =
        rules
            .lines()
            .filter(line -> line.startsWith("- Class:"))
            .map(line -> line.replaceFirst("Test:.*", ""))
            .flatMap(line -> CLASS.matcher(line).results().map(found -> found.group(1)))
            .toList();
    classes.stream().filter(each -> !sources.containsKey(each)).forEach(missing::add);
    assertThat(missing).isEmpty();
    assertThat(tests).hasSizeGreaterThan(100);
    assertThat(classes).hasSizeGreaterThan(100);
  }
}
