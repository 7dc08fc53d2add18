/**
 * Which database answers a question, and what the answer says of itself. Read {@link
 * dev.freshet.reader.answer.Answerer} first.
 */
package dev.freshet.reader.answer;
