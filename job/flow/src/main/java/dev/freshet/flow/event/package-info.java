/**
 * The job's side of read models over events. Nothing starts such a job yet. Read {@link
 * dev.freshet.flow.event.EventDecoder} first, which makes events of a topic's records.
 */
package dev.freshet.flow.event;
