package dev.freshet.view.event;

import dev.freshet.view.Expr;
import dev.freshet.view.expr.Condition;
import dev.freshet.view.expr.Evaluator;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;

/** The functions of a read model, and the condition of HAVING. Immutable and thread-safe. */
public final class ReadModel {
  private final List<CompiledFunction> functions;
  private final Condition having;

  /**
   * @param functions those of the SELECT list and of HAVING, in the order of the results
   * @param having the condition under which a key's row is visible; its columns of node 0 are the
   *     results of the functions
   * @throws IllegalArgumentException if an argument is a condition, or a filter or HAVING is a
   *     value
   */
  public ReadModel(List<EventFunction> functions, Expr having) {
    this.functions = functions.stream().map(CompiledFunction::new).toList();
    this.having = Evaluator.condition(having);
  }

  /** The events of a key that has none yet. */
  public KeyedEvents empty() {
    return new KeyedEvents(this);
  }

  /**
   * Reads what {@link KeyedEvents#toBytes} wrote.
   *
   * @throws IOException also if the bytes are not those of this read model, or if a newer version
   *     of Freshet wrote them
   */
  public KeyedEvents read(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    KeyedEvents events = KeyedEvents.read(this, in);
    if (in.available() > 0) {
      throw new IOException("the events of a key are followed by " + in.available() + " bytes");
    }
    return events;
  }

  List<CompiledFunction> functions() {
    return functions;
  }

  /** Whether HAVING is true for the results of the functions. */
  boolean isVisible(Object[] results) {
    return having.holds(new Object[][] {results});
  }
}
