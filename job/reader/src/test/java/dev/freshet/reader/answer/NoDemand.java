package dev.freshet.reader.answer;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keeps what it hears. */
public final class NoDemand implements Demand {
  final List<String> heard = new ArrayList<>();

  /** When a key was asked for that somebody wants again; empty when nobody remembers. */
  Optional<Instant> asked = Optional.empty();

  private boolean again;

  @Override
  public void read(ServedView view, List<Object> key) {
    heard.add("read " + key);
  }

  @Override
  public synchronized Optional<Instant> wanted(ServedView view, List<Object> key) {
    heard.add("wanted " + key);
    Optional<Instant> before = again ? asked : Optional.empty();
    again = true;
    return before;
  }
}
