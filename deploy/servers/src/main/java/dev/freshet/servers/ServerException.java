package dev.freshet.servers;

/**
 * A server cannot be started or used. The message is for the person who started it: its first line
 * names subject, value and remedy; the last lines of the server's log may follow.
 */
public final class ServerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ServerException(String message) {
    super(message);
  }

  public ServerException(String message, Throwable cause) {
    super(message, cause);
  }
}
