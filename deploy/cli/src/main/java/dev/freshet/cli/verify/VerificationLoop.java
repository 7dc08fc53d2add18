package dev.freshet.cli.verify;

import dev.freshet.cli.Failure;
import dev.freshet.config.Config;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Repeats a {@link VerificationRun} until it is stopped, also after a server was down. */
public final class VerificationLoop {
  private static final long AGAIN_NANOS = 2_000_000_000L;

  private final Config config;
  private final String view;
  private final double rate;
  private final Consumer<String> out;
  private final OutcomeCounts counts = new OutcomeCounts();

  /**
   * Creates a verification without starting it.
   *
   * @param rate keys per second
   * @param out receives lines for the user
   */
  public VerificationLoop(Config config, String view, double rate, Consumer<String> out) {
    this.config = config;
    this.view = view;
    this.rate = rate;
    this.out = out;
  }

  /** Returns the live counts of the outcomes. */
  public OutcomeCounts counts() {
    return counts;
  }

  /** Verifies until {@code stopped} is true. */
  public void run(BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      try (VerificationRun verification = VerificationRun.open(config, view, counts, out)) {
        verification.continuous(rate, stopped);
        out.accept(verification.cost());
      } catch (Failure e) {
        if (!stopped.getAsBoolean()) {
          out.accept(Failure.line(e));
          LockSupport.parkNanos(AGAIN_NANOS);
        }
      }
    }
  }
}
