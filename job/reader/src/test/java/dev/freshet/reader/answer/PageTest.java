package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.PlanBuilder;
import dev.freshet.view.ViewPlan;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final ViewPlan PLAN = PlanBuilder.inbox();

  @Test
  void oneRowMoreThanTheLimitMeansThatThereIsMore() {
    Page page = Page.of(PLAN, rows(3), 2, 3);

    assertThat(page.rows()).hasSize(2);
    assertThat(page.next()).contains(List.of(101L, 1L));
  }

  @Test
  void theLastPageHasNoNext() {
    assertThat(Page.of(PLAN, rows(2), 2, 2).next()).isEmpty();
    assertThat(Page.of(PLAN, rows(0), 2, 0).next()).isEmpty();
  }

  @Test
  void theTotalIsCapped() {
    assertThat(Page.of(PLAN, rows(0), 2, 1000).total()).isEqualTo("1000");
    assertThat(Page.of(PLAN, rows(0), 2, 1001).total()).isEqualTo("1000+");
  }

  /** user, site, conversation, last message, name. */
  private static List<Object[]> rows(int count) {
    List<Object[]> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(new Object[] {42L, 7L, i, 100 + i, "n"});
    }
    return rows;
  }
}
