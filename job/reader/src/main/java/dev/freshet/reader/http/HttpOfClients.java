package dev.freshet.reader.http;

import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

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
    HttpConnection connection = new OfClient(getHttpConfiguration(), connector, endPoint);
    connection.setTransferEncodingChunkMaxLength(getTransferEncodingChunkMaxLength());
    return configure(connection, connector, endPoint);
  }

  private static final class OfClient extends HttpConnection {
    OfClient(HttpConfiguration configuration, Connector connector, EndPoint endPoint) {
      super(configuration, connector, endPoint);
    }

    @Override
    protected RequestHandler newRequestHandler() {
      return new RequestHandler() {
        @Override
        public void badMessage(HttpException failure) {
          super.badMessage(
              failure.getCode() < 500
                  ? failure
                  : new HttpException.RuntimeException(
                      400, failure.getReason(), (Throwable) failure));
        }
      };
    }
  }
}
