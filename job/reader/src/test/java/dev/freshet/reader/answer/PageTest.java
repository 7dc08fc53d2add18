package dev.freshet.reader.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.reader.PlanBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PageTest {
  private static final Question QUESTION =
      new Question(
          new ServedView(PlanBuilder.inbox(), 1, "job", 128),
          List.of(42L, 7L),
          2,
          Optional.empty());

  @Test
  void oneRowMoreThanTheLimitMeansThatThereIsMore() {
    Page page = Page.of(QUESTION, rows(3), 3);

    assertThat(page.rows()).hasSize(2);
    assertThat(page.next()).contains(List.of(101L, 1L));
  }

  @Test
  void theLastPageHasNoNext() {
    assertThat(Page.of(QUESTION, rows(2), 2).next()).isEmpty();
    assertThat(Page.of(QUESTION, rows(0), 0).next()).isEmpty();
  }

  @Test
  void theTotalIsCappedUnlessItIsToBeExact() {
    assertThat(Page.of(QUESTION, rows(0), 1000).total()).isEqualTo("1000");
    assertThat(Page.of(QUESTION, rows(0), 1001).total()).isEqualTo("1000+");
    Question exact =
        new Question(
            QUESTION.view(),
            QUESTION.key(),
            List.of(),
            2,
            Optional.empty(),
            true,
            Optional.empty(),
            Duration.ZERO);
    assertThat(Page.of(exact, rows(0), 1001).total()).isEqualTo("1001");
    assertThat(exact.withoutWrite().exact()).isTrue();
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
