package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Records the calls, and requests nothing. */
public final class NoDemand implements PopulateRequests {
  final List<String> heard = new ArrayList<>();

  /** The time to wait that all calls of {@link #wanted} after the first return. */
  Optional<Duration> rest = Optional.empty();

  /** The time before the last read that found a key absent, by {@link System#nanoTime}. */
  long looked;

  private boolean again;

  @Override
  public void read(ServedView view, List<Object> key) {
    heard.add("read " + key);
  }

  @Override
  public synchronized Optional<Duration> wanted(
      ServedView view, List<Object> key, long looked, Principal principal) {
    heard.add("wanted " + key);
    this.looked = looked;
    Optional<Duration> now = again ? rest : Optional.empty();
    again = true;
    return now;
  }
}
