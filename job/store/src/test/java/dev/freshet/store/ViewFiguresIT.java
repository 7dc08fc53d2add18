package dev.freshet.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.view.Source;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sizes of views that operators see. */
class ViewFiguresIT {
  private static final long ENTRIES = 3000;

  @Test
  void aTableThatWasNeverAnalyzedIsEstimatedByItsSize() throws Exception {
    try (Source source = Source.create("view_figures")) {
      source.execute(
          "CREATE TABLE notes (id BIGINT PRIMARY KEY, owner BIGINT NOT NULL, KEY (owner))");
      ViewPlan plan =
          source.plan(
              """
              CREATE MATERIALIZED TABLE v (PRIMARY KEY (owner, id) NOT ENFORCED)
              PARTITIONED BY (owner) FRESHNESS = INTERVAL '5' SECOND
              AS SELECT owner, id FROM notes
              """);
      try (Projection projection = new Projection(plan, "view_figures")) {
        projection.execute(
            "ALTER TABLE " + projection.tables().table() + " SET (autovacuum_enabled = false)");
        List<Object[]> entries = new ArrayList<>();
        for (long id = 0; id < ENTRIES; id++) {
          entries.add(new Object[] {id % 10, id});
        }
        projection.upsert(entries);
        ViewFigures figures = new ViewFigures(plan, "freshet", 1);

        ViewFigures.Size estimated = figures.estimate(projection.connection());

        assertThat(estimated.estimated()).isTrue();
        assertThat(estimated.entries()).isBetween(ENTRIES / 4, 4 * ENTRIES);
        assertThat(estimated.keys()).isBetween(1L, 10L);
        assertThat(figures.size(projection.connection()))
            .isEqualTo(new ViewFigures.Size(10, ENTRIES, false));
      }
    }
  }
}
