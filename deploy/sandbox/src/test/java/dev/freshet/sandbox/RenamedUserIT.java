package dev.freshet.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freshet.check.Check;
import dev.freshet.check.CheckPlan;
import dev.freshet.check.CheckReport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A dimension row that a thousand entries show changes, and nobody sees a half of it. */
@Tag(SharedSystem.TAG)
class RenamedUserIT {
  @Test
  void noRowIsMissingAndNoNameIsNullWhileTheBusiestUserIsRenamed() throws Exception {
    CheckPlan plan = CheckPlan.standard().transactions(20).polls(200);
    try (Check check = new Check(SharedSystem.endpoints().values(), plan)) {
      CheckReport report = check.renames(20, 2);
      System.out.println(report.print());

      assertThat(report.passed()).as(report.print()).isTrue();
      assertThat(report.tally().rowsMissing()).isZero();
      assertThat(report.tally().namesMissing()).isZero();
      assertThat(report.tally().fromProjection()).isGreaterThan(400);
    }
  }
}
