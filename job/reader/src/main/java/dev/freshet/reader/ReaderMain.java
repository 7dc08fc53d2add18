package dev.freshet.reader;

import dev.freshet.config.BadConfig;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.http.ListenSocket;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The reader as a process. It reads {@code --config FILE}, a {@code freshet.yaml}, and the
 * environment variables that override it. It prints {@code reader ready on <url>} to standard
 * output once it listens, and stops on SIGTERM. It exits with 2 if the arguments or the
 * configuration are wrong (one line on standard error for each problem), and with 1 if it cannot
 * listen on the port.
 */
public final class ReaderMain {
  private ReaderMain() {}

  public static void main(String[] args) {
    int failure = run(args);
    if (failure != 0) {
      System.exit(failure);
    }
  }

  private static int run(String[] args) {
    if (args.length != 2 || !args[0].equals("--config")) {
      System.err.println("Arguments: expected --config FILE, a freshet.yaml");
      return 2;
    }
    try {
      ReaderConfig config = ReaderConfig.read(Path.of(args[1]), System.getenv());
      Reader reader = Reader.start(config, InstantSource.system());
      Runtime.getRuntime().addShutdownHook(new Thread(reader::close, "shutdown"));
      System.out.println(
          "reader ready on "
              + config.scheme()
              + "://"
              + shown(config.host())
              + ":"
              + reader.port());
      return 0;
    } catch (BadConfig e) {
      e.problems().forEach(System.err::println);
      return 1;
    } catch (ListenSocket.Taken e) {
      System.err.println(e.getMessage());
      return 1;
    }
  }

  /** Returns a host for a URL; an IPv6 address needs brackets. */
  private static String shown(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
