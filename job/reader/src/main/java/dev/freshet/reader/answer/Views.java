package dev.freshet.reader.answer;

import java.util.Collection;
import java.util.Optional;

/** The views that can be asked. */
public interface Views {
  /**
   * The view of that name, looked up anew when it is not known.
   *
   * @throws NotServed when nobody can say, or the view is there but cannot be served
   */
  Optional<ServedView> find(String name) throws NotServed;

  /** The names known now. */
  Collection<String> names();

  /** A view cannot be served; the message says why. */
  final class NotServed extends Exception {
    private static final long serialVersionUID = 1L;

    public NotServed(String message) {
      super(message);
    }
  }
}
