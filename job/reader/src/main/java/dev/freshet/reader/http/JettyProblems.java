package dev.freshet.reader.http;

import dev.freshet.reader.ReaderMetrics;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Sends a {@link Problem} for requests that Jetty rejects before they reach an end point. */
final class JettyProblems implements Request.Handler {
  private static final String TOO_LONG =
      "path and headers must not have more than %d KiB together"
          .formatted(HttpApi.MOST_HEADER_BYTES / 1024);

  private final ReaderMetrics metrics;

  JettyProblems(ReaderMetrics metrics) {
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    int status =
        request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof HttpException rejected
            ? rejected.getCode()
            : response.getStatus();
    Problem problem = problem(status);
    if (problem.kind().status() == 503) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, Problems.RETRY_AFTER_SECONDS);
    }
    metrics.refused(problem.kind().wireName());
    response.setStatus(problem.kind().status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    response.write(true, ByteBuffer.wrap(problem.json()), callback);
    return true;
  }

  private static Problem problem(int status) {
    if (status == 414) {
      return new Problem(Problem.Kind.URI_TOO_LONG, TOO_LONG);
    }
    if (status == 431) {
      return new Problem(Problem.Kind.TOO_LARGE, TOO_LONG);
    }
    if (status == 503) {
      return new Problem(Problem.Kind.OVERLOAD, "the reader stops; try again");
    }
    if (status >= 500) {
      return Problems.INTERNAL;
    }
    return new Problem(Problem.Kind.BAD_REQUEST, "the request is not valid HTTP");
  }
}
