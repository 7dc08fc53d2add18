package dev.freshet.cli;

import java.util.List;

/**
 * Commands that another module adds to the command line. {@link java.util.ServiceLoader} finds the
 * providers on the class path.
 */
public interface CommandProvider {
  /**
   * Returns the picocli command classes that the help lists before the operator commands, in order.
   */
  List<Class<?>> before();

  /**
   * Returns the picocli command classes that the help lists after the operator commands, in order.
   */
  List<Class<?>> after();
}
