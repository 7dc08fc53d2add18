package dev.freshet.view.event;

import dev.freshet.view.Values;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What a function's state remembers of an event. What the function does not need is null.
 *
 * @param id the id of the event
 * @param by the time by which the function chooses
 * @param value the value
 * @param isContradicted whether the id was also seen with another time or value
 */
record Fact(String id, Object by, Object value, boolean isContradicted) {
  Fact contradicted() {
    return new Fact(id, by, value, true);
  }

  void write(DataOutput out) throws IOException {
    Values.write(id, out);
    Values.write(by, out);
    Values.write(value, out);
    out.writeBoolean(isContradicted);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException also if the id is not a text
   */
  static Fact read(DataInput in) throws IOException {
    Object id = Values.read(in);
    if (id != null && !(id instanceof String)) {
      throw new IOException("the id of an event is not a text");
    }
    return new Fact((String) id, Values.read(in), Values.read(in), in.readBoolean());
  }
}
