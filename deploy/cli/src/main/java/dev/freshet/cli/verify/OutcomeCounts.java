package dev.freshet.cli.verify;

import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Counts the outcomes of verified keys. Thread-safe. */
public final class OutcomeCounts {
  private final AtomicLong verified = new AtomicLong();
  private final AtomicLong inconclusive = new AtomicLong();
  private final AtomicLong mismatched = new AtomicLong();
  private final AtomicLong notServed = new AtomicLong();

  void add(Collection<Outcome> outcomes) {
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Verified) {
        verified.incrementAndGet();
      } else if (outcome instanceof Outcome.Inconclusive) {
        inconclusive.incrementAndGet();
      } else if (outcome instanceof Outcome.Mismatched) {
        mismatched.incrementAndGet();
      } else {
        notServed.incrementAndGet();
      }
    }
  }

  public long verified() {
    return verified.get();
  }

  public long inconclusive() {
    return inconclusive.get();
  }

  public long mismatched() {
    return mismatched.get();
  }

  public long notServed() {
    return notServed.get();
  }

  long all() {
    return verified() + inconclusive() + mismatched() + notServed();
  }

  /** Returns the counts in one line. */
  public String print() {
    return String.format(
        Locale.ROOT,
        "verified %,d, inconclusive %,d, mismatched %,d, not served from the projection %,d",
        verified(),
        inconclusive(),
        mismatched(),
        notServed());
  }
}
