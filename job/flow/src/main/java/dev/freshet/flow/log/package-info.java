/** The messages between the stages of the job. Read {@link dev.freshet.flow.log.Event} first. */
package dev.freshet.flow.log;
