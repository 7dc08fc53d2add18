package dev.freshet.reader.http;

import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpChannelOverHttp;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnection;
import org.eclipse.jetty.server.HttpConnectionFactory;

/**
 * HTTP/1 that answers every malformed request with a 4xx status. Jetty answers an unknown HTTP
 * version with 505 and an unknown encoding with 501, which monitoring would count as errors of the
 * reader.
 */
final class HttpOfClients extends HttpConnectionFactory {
  HttpOfClients(HttpConfiguration configuration) {
    super(configuration);
  }

  @Override
  public Connection newConnection(Connector connector, EndPoint endPoint) {
    HttpConnection connection =
        new HttpConnection(getHttpConfiguration(), connector, endPoint, false) {
          @Override
          protected HttpChannelOverHttp newHttpChannel() {
            return new Channel(this, getConnector(), getHttpConfiguration(), getEndPoint());
          }
        };
    return configure(connection, connector, endPoint);
  }

  private static final class Channel extends HttpChannelOverHttp {
    Channel(
        HttpConnection connection,
        Connector connector,
        HttpConfiguration configuration,
        EndPoint endPoint) {
      super(connection, connector, configuration, endPoint, connection);
    }

    @Override
    public void badMessage(BadMessageException failure) {
      super.badMessage(
          failure.getCode() < 500
              ? failure
              : new BadMessageException(400, failure.getReason(), failure));
    }
  }
}
