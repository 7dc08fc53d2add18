package dev.freshet.sandbox.sample;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Numbers from 1 to n, of which k comes in proportion to 1/k: a few are very busy. */
public final class Zipf {
  private final double[] cumulated;

  public Zipf(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("a choice of " + n + " is none");
    }
    cumulated = new double[n];
    double sum = 0;
    for (int k = 1; k <= n; k++) {
      sum += 1.0 / k;
      cumulated[k - 1] = sum;
    }
  }

  public int next(RandomGenerator random) {
    double ticket = random.nextDouble() * cumulated[cumulated.length - 1];
    int place = Arrays.binarySearch(cumulated, ticket);
    return 1 + Math.min(cumulated.length - 1, place < 0 ? -place - 1 : place);
  }
}
