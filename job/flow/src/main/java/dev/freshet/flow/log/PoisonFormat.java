package dev.freshet.flow.log;

import dev.freshet.view.Reason;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Writes and reads {@link Poison}: the reason's wire name, whether it is placed, the message. */
public final class PoisonFormat {
  private PoisonFormat() {}

  public static void write(Poison poison, DataOutput target) throws IOException {
    target.writeUTF(poison.reason().wireName());
    target.writeBoolean(poison.placed());
    target.writeUTF(poison.message());
  }

  public static Poison read(DataInput source) throws IOException {
    return new Poison(
        Reason.of(BoundedText.utf(source)), source.readBoolean(), BoundedText.utf(source));
  }
}
