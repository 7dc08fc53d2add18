/** The traces of requests. Read {@link dev.freshet.reader.trace.Tracing} first. */
package dev.freshet.reader.trace;
