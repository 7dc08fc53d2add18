package dev.freshet.reader.answer;

import java.util.Collection;
import java.util.Optional;

/** The views that the reader serves. */
public interface Views {
  /**
   * Returns a view by name; empty if there is no such view. Reads the catalogue if the name is not
   * known yet.
   *
   * @throws NotServed if the list of views is unknown, or the view cannot be served
   */
  Optional<ServedView> find(String name) throws NotServed;

  /**
   * Returns the text by which a view is declared, also if the view cannot be served; empty if there
   * is no view with this name.
   */
  Optional<String> declaration(String name);

  /** Returns the known names. */
  Collection<String> names();

  /** A view cannot be served; the message says why. */
  final class NotServed extends Exception {
    private static final long serialVersionUID = 1L;

    public NotServed(String message) {
      super(message);
    }
  }
}
