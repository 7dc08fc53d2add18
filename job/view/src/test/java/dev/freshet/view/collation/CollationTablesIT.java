package dev.freshet.view.collation;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Source;
import dev.freshet.view.TestSize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed tables are what the server answers now. */
class CollationTablesIT {
  private static final int WINDOW = 4096;

  /** Beyond these, most code points have weights by a formula. */
  private static final int DENSE = 0x3000;

  private final long seed = TestSize.seed();
  private final Random random = new Random(seed);

  @ParameterizedTest
  @MethodSource("dev.freshet.view.collation.CollationTables#collations")
  void weightsAreTheServers(String name) throws Exception {
    String charset = name.substring(0, name.indexOf('_'));
    Collation collation = Collation.of(name).orElseThrow();
    List<int[]> ranges = new ArrayList<>();
    if (FULL) {
      ranges.add(new int[] {0, Character.MAX_CODE_POINT});
    } else {
      ranges.add(new int[] {0, DENSE});
      for (int i = 0; i < 3; i++) {
        int from = random.nextInt(Character.MAX_CODE_POINT - WINDOW);
        ranges.add(new int[] {from, from + WINDOW});
      }
      ranges.add(new int[] {0xA000, 0xD7FF});
    }
    List<String> differences = new ArrayList<>();
    int[] read = new int[1];
    try (Source source = Source.create("weights_" + name)) {
      for (int[] range : ranges) {
        CollationTables.read(
            source.connection(),
            charset,
            name,
            range[0],
            range[1],
            (codePoint, weights) -> {
              if (weights != null) {
                read[0]++;
                byte[] mine = key(collation, codePoint, weights.length);
                if (!Arrays.equals(mine, weights) && differences.size() < 10) {
                  differences.add(
                      "U+%04X: %s, not %s"
                          .formatted(
                              codePoint,
                              HexFormat.of().formatHex(mine),
                              HexFormat.of().formatHex(weights)));
                }
              }
            });
      }
    }
    assertThat(differences).as("seed %d", seed).isEmpty();
    System.out.printf("%s: the weights of %,d code points are the server's%n", name, read[0]);
  }

  /** WEIGHT_STRING of an 8-bit set has one byte for each unit. */
  private static byte[] key(Collation collation, int codePoint, int length) {
    byte[] key = collation.weights(Character.toString(codePoint));
    return length == 1 && key.length == 2 ? new byte[] {key[1]} : key;
  }

  /** With {@code -Dfreshet.collations=FOLDER} the tables are left there, to be committed. */
  @Test
  void theProgramMakesTheCommittedTables(@TempDir Path temporary) throws Exception {
    String wanted = System.getProperty("freshet.collations");
    Path folder = wanted == null ? temporary : Path.of(wanted);
    try (Source source = Source.create("tables")) {
      for (CollationTables.Made table : CollationTables.ALL) {
        if (FULL || wanted != null || table.resource().startsWith("latin1")) {
          CollationTables.write(source.connection(), table, folder);
          if (wanted == null) {
            assertThat(unpacked(Files.newInputStream(folder.resolve(table.resource()))))
                .as(table.resource())
                .isEqualTo(unpacked(Collation.class.getResourceAsStream(table.resource())));
          }
        }
      }
    }
  }

  private static byte[] unpacked(InputStream packed) throws IOException {
    try (InputStream in = new GZIPInputStream(packed)) {
      return in.readAllBytes();
    }
  }
}
