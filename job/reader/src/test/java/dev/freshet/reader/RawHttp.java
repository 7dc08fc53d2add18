package dev.freshet.reader;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Sends what it is given, octet by octet; clients tidy paths and headers up. */
final class RawHttp {
  private final int port;

  RawHttp(int port) {
    this.port = port;
  }

  /**
   * A response as it came over the wire.
   *
   * @param text empty when the connection was closed without one
   */
  record Raw(String text) {
    /** 0 when there is no response. */
    int status() {
      return text.startsWith("HTTP/1.") ? Integer.parseInt(text.substring(9, 12)) : 0;
    }

    String body() {
      int end = text.indexOf("\r\n\r\n");
      return end < 0 ? "" : text.substring(end + 4);
    }
  }

  /** One request on a connection of its own, which ends with it. */
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
      // Cut off because it sent too much; what was answered before counts.
    }
    return new Raw(response.toString(StandardCharsets.UTF_8));
  }

  Raw send(String request) {
    return send(request.getBytes(StandardCharsets.UTF_8));
  }
}
