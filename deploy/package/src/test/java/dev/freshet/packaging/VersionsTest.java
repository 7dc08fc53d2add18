package dev.freshet.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that Maven does not write name the version of the build. */
class VersionsTest {
  private static final Path ROOT = Path.of("../..");
  private static final String RELEASE =
      System.getProperty("freshet.version").replace("-SNAPSHOT", "");

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "job/client-python/pyproject.toml, ^version = \"(.*)\"$",
        "job/client-python/freshet.py, ^__version__ = \"(.*)\"$",
        "job/client-typescript/package.json, ^  \"version\": \"(.*)\"",
        "deploy/helm/freshet/Chart.yaml, ^version: (.*)$",
        "deploy/helm/freshet/Chart.yaml, ^appVersion: (.*)$",
        "deploy/kubernetes/kustomization.yaml, newTag: ([^}]*)}",
      })
  void filesNameTheRelease(Path file, String pattern) throws IOException {
    List<String> versions =
        Pattern.compile(pattern, Pattern.MULTILINE)
            .matcher(Files.readString(ROOT.resolve(file)))
            .results()
            .map((MatchResult result) -> result.group(1))
            .distinct()
            .toList();
    assertThat(versions).as("%s in %s", pattern, file).containsExactly(RELEASE);
  }

  @Test
  void theChangelogHasTheRelease() throws IOException {
    assertThat(Files.readString(ROOT.resolve(".github/CHANGELOG.md")))
        .containsPattern("(?m)^## .*" + Pattern.quote(RELEASE));
  }
}
