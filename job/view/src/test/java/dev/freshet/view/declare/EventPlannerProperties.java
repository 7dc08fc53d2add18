package dev.freshet.view.declare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.event.DomainEvent;
import dev.freshet.view.event.EventView;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Whatever a text says, it is a read model that can be computed, or it is refused with problems
 * that name the view and a remedy.
 */
class EventPlannerProperties {
  private static final Pattern TOKEN = Pattern.compile("'[^']*'|\\d+\\.\\d+|\\w+|\\S");
  private static final int TEXTS = 1500;

  private static final String TEXT =
      Shipments.select(
              """
          SUM(pieces) FILTER (WHERE fragile AND price > 1.5) AS a, AVG(price) AS b,
          MIN_BY(status, occurred_at) IGNORE NULLS AS c, COUNT(*) AS d, COUNT(DISTINCT kind) AS e,
          NTH_BY(CASE WHEN pieces > 1 THEN kind ELSE status END, occurred_at, 2) AS f,
          BOOL_AND(kind = 'moved' OR kind IS NULL) AS g, MAX(weight) AS h
          """)
          + " HAVING BOOL_OR(kind = 'created') AND COUNT(*) < 9 ORDER BY h DESC, d";

  private static List<String> tokens() {
    List<String> tokens = new ArrayList<>();
    for (Matcher token = TOKEN.matcher(TEXT); token.find(); ) {
      tokens.add(token.group());
    }
    return tokens;
  }

  /** Leaves out, repeats, replaces or adds one or two tokens; often a word becomes another. */
  private static String mutated(List<String> original, Random random) {
    List<String> tokens = new ArrayList<>(original);
    for (int left = 1 + random.nextInt(2); left > 0; left--) {
      int at = random.nextInt(tokens.size());
      String other = tokens.get(random.nextInt(tokens.size()));
      boolean alike =
          Character.isLetter(other.charAt(0)) == Character.isLetter(tokens.get(at).charAt(0));
      switch (alike ? 2 : random.nextInt(4)) {
        case 0 -> tokens.remove(at);
        case 1 -> tokens.add(at, tokens.get(at));
        case 2 -> tokens.set(at, other);
        default -> tokens.add(at, other);
      }
    }
    return String.join(" ", tokens);
  }

  @Test
  void everyTextIsPlannedOrRefusedByName() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<String> tokens = tokens();
    int planned = 0;
    for (int i = 0; i < TEXTS; i++) {
      String text = mutated(tokens, random);
      try {
        compute(EventPlanner.plan(text));
        planned++;
      } catch (ViewException e) {
        assertThat(e.problems())
            .as("seed %d: %s", seed, text)
            .isNotEmpty()
            .allMatch(problem -> problem.startsWith("View ") && problem.contains("; "));
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + text, e);
      }
    }
    assertThat(planned).as("seed %d", seed).isBetween(TEXTS / 100, TEXTS * 9 / 10);
  }

  private static void compute(EventView view) {
    Object[] row = new Object[view.table().columns().size()];
    view.model().empty().add(new DomainEvent("e1", 1, row), 0);
    view.model().empty().answer();
    assertThat(view.plan().rootKey()).hasSameSizeAs(view.group());
    assertThat(view.plan().outputs()).isNotEmpty();
  }
}
