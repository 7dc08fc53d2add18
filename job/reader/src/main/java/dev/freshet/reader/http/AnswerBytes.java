package dev.freshet.reader.http;

import dev.freshet.reader.answer.ByteBudget;
import dev.freshet.reader.answer.Unanswered;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects an encoded answer in buffers, which are counted before they are allocated. The buffers
 * are never copied.
 */
final class AnswerBytes extends OutputStream {
  private static final int LEAST = 2 * 1024;
  private static final int MOST = 64 * 1024;

  private final ByteBudget.Reservation budget;
  private final List<ByteBuffer> buffers = new ArrayList<>();
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  AnswerBytes(ByteBudget.Reservation budget) {
    this.budget = budget;
  }

  /** The answer does not fit into the budget. */
  static final class Exceeded extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Unanswered why;

    private Exceeded(Unanswered why) {
      super(why);
      this.why = why;
    }

    Unanswered why() {
      return why;
    }
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    int written = 0;
    while (written < count) {
      if (!buffer.hasRemaining()) {
        grow();
      }
      int part = Math.min(buffer.remaining(), count - written);
      buffer.put(bytes, from + written, part);
      written += part;
    }
  }

  private void grow() throws Exceeded {
    int size = Math.min(MOST, Math.max(LEAST, 2 * buffer.capacity()));
    try {
      budget.encode(size);
    } catch (Unanswered e) {
      throw new Exceeded(e);
    }
    buffer = ByteBuffer.allocate(size);
    buffers.add(buffer);
  }

  /** Returns the buffers, ready to be read; to be called once, at the end. */
  List<ByteBuffer> buffers() {
    buffers.forEach(ByteBuffer::flip);
    return List.copyOf(buffers);
  }
}
