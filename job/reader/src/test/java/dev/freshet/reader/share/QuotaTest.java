package dev.freshet.reader.share;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotaTest {
  private static final Principal TOKEN = new Principal(Principal.Kind.TOKEN, "a");
  private static final Principal SUBJECT = new Principal(Principal.Kind.SUBJECT, "a");

  @Test
  void eachPrincipalHasItsShareAndAtLeastOneUnit() {
    Shares shares = new Shares(75, 10);

    assertThat(shares.of(Principal.SOLE, 1000)).isEqualTo(1000);
    assertThat(shares.of(TOKEN, 1000)).isEqualTo(750);
    assertThat(shares.of(SUBJECT, 1000)).isEqualTo(100);
    assertThat(shares.of(SUBJECT, 4)).isEqualTo(1);
    assertThat(shares.of(SUBJECT, 0)).isZero();
    assertThat(shares.of(TOKEN, Integer.MAX_VALUE)).isEqualTo(1_610_612_735);
  }

  @Test
  void unitsAreTakenUpToTheShareAndGivenBack() {
    Quota quota = new Quota(4, new Shares(75, 50));
    for (int i = 0; i < 3; i++) {
      assertThat(quota.take(TOKEN)).isTrue();
    }

    assertThat(quota.take(TOKEN)).isFalse();
    assertThat(quota.take(SUBJECT)).as("another kind").isTrue();
    quota.release(TOKEN);
    assertThat(quota.take(TOKEN)).isTrue();
    assertThat(quota.take(TOKEN)).isFalse();
    for (int i = 0; i < 10; i++) {
      assertThat(quota.take(Principal.SOLE)).isTrue();
    }
  }

  @Test
  void aRateIsLimitedForEachPrincipalButASoleOne() {
    RateQuota quota = new RateQuota(10, new Shares(50, 10));
    int taken = 0;
    for (int i = 0; i < 100; i++) {
      taken += quota.take(TOKEN) ? 1 : 0;
      assertThat(quota.take(Principal.SOLE)).isTrue();
    }

    // A second may end meanwhile.
    assertThat(taken).isBetween(5, 10);
    assertThat(quota.take(SUBJECT)).isTrue();
  }
}
