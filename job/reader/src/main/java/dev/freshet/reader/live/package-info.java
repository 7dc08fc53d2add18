/**
 * Streams of a key's answer, which send the answer again whenever it changes. Read {@link
 * dev.freshet.reader.live.LiveAnswers} first.
 */
package dev.freshet.reader.live;
