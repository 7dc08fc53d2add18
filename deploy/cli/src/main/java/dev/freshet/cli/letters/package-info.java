/**
 * Lists, replays and drops the dead letters of a job. Read {@link
 * dev.freshet.cli.letters.LetterBox} first.
 */
package dev.freshet.cli.letters;
