package dev.freshet.reader.answer;

import java.util.ArrayList;
import java.util.List;

/** Keeps what it hears. */
public final class NoDemand implements Demand {
  final List<String> heard = new ArrayList<>();

  @Override
  public void read(ServedView view, List<Object> key) {
    heard.add("read " + key);
  }

  @Override
  public void wanted(ServedView view, List<Object> key) {
    heard.add("wanted " + key);
  }
}
