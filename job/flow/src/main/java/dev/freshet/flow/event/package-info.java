/**
 * The job's side of read models over events, up to the groups. Read {@link
 * dev.freshet.flow.event.EventLog} first, which gives records their versions, then {@link
 * dev.freshet.flow.event.EventDecoder}, which makes events of them, then the operator that runs
 * both, {@code EventCaptureOperator}. {@code dev.freshet.flow.node.GroupNode} takes the events.
 */
package dev.freshet.flow.event;
