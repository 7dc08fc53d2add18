/**
 * Fair shares: limits what each caller uses of the reader, so that the other callers are answered
 * too. Read {@link dev.freshet.reader.share.Shares} first.
 */
package dev.freshet.reader.share;
