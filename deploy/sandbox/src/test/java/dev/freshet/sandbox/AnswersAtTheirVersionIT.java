package dev.freshet.sandbox;

import static dev.freshet.view.TestSize.FULL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import dev.freshet.check.Tally;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** P1 and P2: every projection answer is MySQL's answer at the version it names. */
@Tag(SharedSystem.TAG)
class AnswersAtTheirVersionIT {
  @Test
  void everyAnswerIsTheAnswerAtTheVersionItNames() throws Exception {
    CheckPlan plan =
        CheckPlan.standard().transactions(FULL ? 60_000 : 1_500).seed(System.nanoTime());
    try (Check check = new Check(SharedSystem.endpoints().values(), plan)) {
      CheckReport report = check.transactions();
      System.out.println("seed " + plan.seed() + "\n" + report.print());

      Tally tally = report.tally();
      assertThat(report.passed()).as("seed %d%n%s", plan.seed(), report.print()).isTrue();
      assertThat(tally.projectionShare()).isGreaterThan(0.95);
      assertThat(tally.fromProjection()).isGreaterThan(FULL ? 60_000 : 1_500);
      assertThat(report.keys()).isGreaterThan(1_000);
    }
  }
}
