package dev.freshet.sandbox.sample;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Random numbers from 1 to n by Zipf's law: the probability of k is proportional to 1/k. */
public final class Zipf {
  private final double[] cumulated;

  public Zipf(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("n is " + n + "; it must be at least 1");
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
    int index = Arrays.binarySearch(cumulated, ticket);
    return 1 + Math.min(cumulated.length - 1, index < 0 ? -index - 1 : index);
  }
}
