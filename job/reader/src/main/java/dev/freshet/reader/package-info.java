/**
 * The HTTP process that answers a view's question from the projection, and from MySQL when the
 * projection cannot vouch for its answer. Read {@link dev.freshet.reader.answer.Answerer} first.
 */
package dev.freshet.reader;
