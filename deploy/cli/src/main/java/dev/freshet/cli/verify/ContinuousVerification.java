package dev.freshet.cli.verify;

import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Verifies until it is stopped, and connects again where a server was away. */
public final class ContinuousVerification {
  private static final long AGAIN_NANOS = 2_000_000_000L;

  private final Config config;
  private final String view;
  private final double rate;
  private final Consumer<String> said;
  private final Tally tally = new Tally();

  /**
   * Does nothing yet.
   *
   * @param rate keys a second
   * @param said takes lines about it
   */
  public ContinuousVerification(Config config, String view, double rate, Consumer<String> said) {
    this.config = config;
    this.view = view;
    this.rate = rate;
    this.said = said;
  }

  /** What came of it so far. */
  public Tally tally() {
    return tally;
  }

  /** Returns after it was stopped. */
  public void run(BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      try (Verification verification = Verification.open(config, view, tally, said)) {
        verification.continuous(rate, stopped);
        said.accept(verification.cost());
      } catch (Failure e) {
        if (!stopped.getAsBoolean()) {
          said.accept(Failure.line(e));
          LockSupport.parkNanos(AGAIN_NANOS);
        }
      }
    }
  }
}
