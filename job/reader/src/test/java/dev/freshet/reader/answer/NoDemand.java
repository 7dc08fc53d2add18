package dev.freshet.reader.answer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps what it hears. */
public final class NoDemand implements Demand {
  final List<String> heard = new ArrayList<>();

  /** How long ago a key was asked for that somebody wants again; empty when nobody can be asked. */
  Optional<Duration> asked = Optional.empty();

  private boolean again;

  @Override
  public void read(ServedView view, List<Object> key) {
    heard.add("read " + key);
  }

  @Override
  public synchronized Optional<Duration> wanted(ServedView view, List<Object> key, long looked) {
    heard.add("wanted " + key);
    Optional<Duration> before = again ? asked : Optional.empty();
    again = true;
    return before;
  }
}
