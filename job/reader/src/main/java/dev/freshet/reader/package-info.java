/**
 * The HTTP process that answers questions about a view from the projection, or from MySQL if the
 * projection cannot be served. Read {@link dev.freshet.reader.answer.Answerer} first.
 */
package dev.freshet.reader;
