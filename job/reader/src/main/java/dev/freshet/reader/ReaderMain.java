package dev.freshet.reader;

import dev.freshet.config.BadConfig;
import dev.freshet.reader.config.ReaderConfig;
import dev.freshet.reader.http.ListenSocket;
import java.nio.file.Path;
import java.time.InstantSource;

/**
 * The reader as a process, configured by {@code --config FILE}, a {@code freshet.yaml}, and by the
 * variables that go before the file. Says {@code reader ready on <url>} on standard output once it
 * listens, and stops by SIGTERM. Exits with 2 when the arguments or the configuration are bad (one
 * line on standard error per problem), with 1 when the port cannot be had.
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

  /** An IPv6 address in a URL stands in brackets. */
  private static String shown(String host) {
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
