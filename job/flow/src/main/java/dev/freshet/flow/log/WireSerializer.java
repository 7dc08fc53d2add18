package dev.freshet.flow.log;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The base class of Freshet's serializers. The types are immutable, so {@code copy} returns the
 * same instance.
 *
 * <p>Bytes that are not a value of the type end in an {@link IOException}, and take no more memory
 * than there are bytes, whatever lengths they claim.
 */
public abstract class WireSerializer<T> extends TypeSerializerSingleton<T> {
  private static final long serialVersionUID = 1L;

  @Override
  public boolean isImmutableType() {
    return true;
  }

  /** Flink does not call this for immutable types. */
  @Override
  public T createInstance() {
    return null;
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  /**
   * Reads what {@code serialize} wrote. Uses {@link dev.freshet.view.BoundedInput} and {@link
   * BoundedText} for everything that follows a length.
   *
   * @throws RuntimeException if the input has values that the type refuses
   */
  protected abstract T read(DataInputView source) throws IOException;

  @Override
  public final T deserialize(DataInputView source) throws IOException {
    try {
      return read(source);
    } catch (RuntimeException e) {
      throw new IOException(
          getClass().getName() + " cannot read these bytes (" + e.getMessage() + ")", e);
    }
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    serialize(deserialize(source), target);
  }
}
