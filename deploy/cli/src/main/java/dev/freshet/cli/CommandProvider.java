package dev.freshet.cli;

import java.util.List;

/**
 * Commands that another module adds to the command line. {@link java.util.ServiceLoader} finds the
 * providers on the class path.
 */
public interface CommandProvider {
  /** Classes of picocli commands that the help lists before the operator's, in this order. */
  List<Class<?>> before();

  /** Classes of picocli commands that the help lists after the operator's, in this order. */
  List<Class<?>> after();
}
