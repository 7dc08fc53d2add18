/**
 * The job's side of read models over events. Nothing starts such a job yet. Read {@link
 * dev.freshet.flow.event.EventLog} first, which gives records their versions, then {@link
 * dev.freshet.flow.event.EventDecoder}, which makes events of them.
 */
package dev.freshet.flow.event;
