/**
 * Answers that are told again whenever they change. Read {@link
 * dev.freshet.reader.live.LiveAnswers} first.
 */
package dev.freshet.reader.live;
