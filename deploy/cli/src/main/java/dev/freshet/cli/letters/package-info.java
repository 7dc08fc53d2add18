/**
 * The dead letters of a job, as an operator reads, replays and drops them. Read {@link
 * dev.freshet.cli.letters.LetterBox} first.
 */
package dev.freshet.cli.letters;
