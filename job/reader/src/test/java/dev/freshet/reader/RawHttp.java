package dev.freshet.reader;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends requests byte for byte; HTTP clients would normalise paths and headers. */
final class RawHttp {
  private final int port;

  RawHttp(int port) {
    this.port = port;
  }

  /**
   * A response as it was received.
   *
   * @param text the response; empty if the connection was closed without a response
   */
  record Raw(String text) {
    /** Returns the status; 0 if there is no response. */
    int status() {
      return text.startsWith("HTTP/1.") ? Integer.parseInt(text.substring(9, 12)) : 0;
    }

    String body() {
      int end = text.indexOf("\r\n\r\n");
      return end < 0 ? "" : text.substring(end + 4);
    }
  }

  /** Sends one request over a new connection, and closes the connection. */
  Raw send(byte[] request) {
    ByteArrayOutputStream response = new ByteArrayOutputStream();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(request);
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      byte[] part = new byte[8192];
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        response.write(part, 0, read);
      }
    } catch (java.net.SocketTimeoutException e) {
      throw new AssertionError(
          "no end of the response to " + new String(request, StandardCharsets.ISO_8859_1), e);
    } catch (IOException e) {
      // The server closed the connection, because the request is too large; its response counts.
    }
    return new Raw(response.toString(StandardCharsets.UTF_8));
  }

  Raw send(String request) {
    return send(request.getBytes(StandardCharsets.UTF_8));
  }
}
