/** What travels between the stages of the job: read {@link dev.freshet.flow.log.Event} first. */
package dev.freshet.flow.log;
