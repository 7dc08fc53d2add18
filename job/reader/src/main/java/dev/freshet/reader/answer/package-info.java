/**
 * Answers questions about views: decides which database answers, and describes the answer's origin
 * and age. {@link dev.freshet.store.Servability} decides whether the projection may answer; {@link
 * dev.freshet.reader.answer.FallbackQueries} asks MySQL if it may not. Read {@link
 * dev.freshet.reader.answer.Answerer} first.
 */
package dev.freshet.reader.answer;
