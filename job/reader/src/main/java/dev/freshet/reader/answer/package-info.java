/**
 * Answers questions about views: decides which database answers, and describes the answer's origin
 * and age. Read {@link dev.freshet.reader.answer.Answerer} first.
 */
package dev.freshet.reader.answer;
