package dev.freshet.reader.answer;

import dev.freshet.reader.share.Principal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps what it hears. */
public final class NoDemand implements PopulateRequests {
  final List<String> heard = new ArrayList<>();

  /** For how long a key is waited for that somebody wants again. */
  Optional<Duration> rest = Optional.empty();

  /** When somebody set out to look who found none. */
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
