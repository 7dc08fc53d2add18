package dev.freshet.cli.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HitRatioTest {
  @Test
  void theHitRatioIsReadFromTheReadersMetrics() {
    String metrics =
        """
        # TYPE freshet_reader_answers_total counter
        freshet_reader_answers_total{reason="none",source="projection",state="VALID",view="a"} 1.5E3
        freshet_reader_answers_total{reason="none",source="projection",state="VALID",view="b"} 7.0
        freshet_reader_answers_total{reason="stale",source="projection",state="VALID",view="b"} 20.0
        freshet_reader_answers_total{reason="stale",source="mysql",state="VALID",view="a"} 3.0
        freshet_reader_answer_seconds_count{source="projection"} 9999
        """;

    assertThat(HitRatio.in(metrics)).isEqualTo(new HitRatio(1507, 1530));
    assertThat(HitRatio.in("")).isEqualTo(HitRatio.NONE);
  }

  @Test
  void onlyAFullRatioIsRoundedTo100Percent() {
    assertThat(new HitRatio(99_999, 100_000).print()).isEqualTo("99.9%");
    assertThat(new HitRatio(5, 5).print()).isEqualTo("100.0%");
    assertThat(HitRatio.NONE.print()).isEqualTo("–");
  }

  @Test
  void countsFromZeroAfterTheReaderRestarted() {
    HitRatio before = new HitRatio(10, 12);
    assertThat(new HitRatio(15, 18).since(before)).isEqualTo(new HitRatio(5, 6));
    assertThat(new HitRatio(3, 3).since(before)).isEqualTo(new HitRatio(3, 3));
  }
}
