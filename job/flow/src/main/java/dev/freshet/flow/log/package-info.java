/**
 * The messages between the stages of the job. Read {@link dev.freshet.flow.log.Event} first. A row
 * that cannot be used, such as one with a NUL character, travels as {@link
 * dev.freshet.flow.log.Poison}.
 */
package dev.freshet.flow.log;
