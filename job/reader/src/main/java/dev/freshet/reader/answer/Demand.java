package dev.freshet.reader.answer;

import java.util.List;

/**
 * Hears which keys of views that are populated on read somebody asks for. Never waits, never fails.
 */
public interface Demand {
  /** The store had the key. */
  void read(ServedView view, List<Object> key);

  /** The store had it not, and is to have it. */
  void wanted(ServedView view, List<Object> key);
}
