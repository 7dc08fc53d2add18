package dev.freshet.reader.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.handler.ErrorHandler;

/** Sends a {@link Problem} for requests that Jetty rejects before they reach a route. */
final class JettyProblems extends ErrorHandler {
  private static final String TOO_LONG =
      "path and headers must not have more than %d KiB together"
          .formatted(HttpApi.MOST_HEADER_BYTES / 1024);

  @Override
  public void handle(
      String target, Request base, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Problem problem = problem(response.getStatus());
    base.setHandled(true);
    response.setContentType(Problem.MEDIA_TYPE);
    response.getOutputStream().write(problem.json());
  }

  @Override
  public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
    fields.put(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE);
    return ByteBuffer.wrap(problem(status).json());
  }

  private static Problem problem(int status) {
    if (status == 414) {
      return new Problem(Problem.Kind.URI_TOO_LONG, TOO_LONG);
    }
    if (status == 431) {
      return new Problem(Problem.Kind.TOO_LARGE, TOO_LONG);
    }
    if (status >= 500) {
      return Problems.INTERNAL;
    }
    return new Problem(Problem.Kind.BAD_REQUEST, "the request is not valid HTTP");
  }
}
