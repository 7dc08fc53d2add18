package dev.freshet.view;

import java.util.Random;

/** How much the tests do: little in each build, much with {@code -Pfull}. */
public final class TestSize {
  /** Whether the tests run in full. */
  public static final boolean FULL = "full".equals(System.getProperty("freshet.size"));

  private static final String SEED = "freshet.seed";

  private TestSize() {}

  /**
   * Returns the seed of generated data. In each build it is the same, so that a change is judged by
   * what it changes. With {@code -Pfull} or {@code -Dfreshet.seed=random} each run draws its own;
   * {@code -Dfreshet.seed=N} repeats it. Tests print it.
   */
  public static long seed() {
    boolean isFixed = !FULL && System.getProperty(SEED) == null;
    return isFixed ? 1 : Long.getLong(SEED, new Random().nextInt(1_000_000_000));
  }
}
