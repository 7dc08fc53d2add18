package dev.freshet.sandbox.sample;

/** The amount of sample data that {@code up} creates. */
public enum SampleSize {
  /** Empty tables. */
  NONE(0, 0, 0),
  /** 2,000 conversations. */
  SMALL(2_000, 500, 8),
  /** 20,000 conversations. */
  LARGE(20_000, 4_000, 20);

  private final int conversations;
  private final int users;
  private final int sites;

  SampleSize(int conversations, int users, int sites) {
    this.conversations = conversations;
    this.users = users;
    this.sites = sites;
  }

  public int conversations() {
    return conversations;
  }

  public int users() {
    return users;
  }

  public int sites() {
    return sites;
  }

  /** Returns the value of the option. */
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
