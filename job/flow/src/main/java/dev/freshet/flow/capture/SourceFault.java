package dev.freshet.flow.capture;

import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * The source did what no view can follow. The message names it and what to do. To start the job
 * again does not help, so Flink does not: the job ends.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class SourceFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SourceFault(String message) {
    super(message);
  }

  public SourceFault(String message, Throwable cause) {
    super(message, cause);
  }
}
