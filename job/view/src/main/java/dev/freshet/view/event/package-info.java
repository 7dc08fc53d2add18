/**
 * The functions of read models over events that arrive in any order and at least once. The state of
 * each function is a join-semilattice: adding and merging are commutative, associative and
 * idempotent, so the result depends only on the set of distinct events. {@link
 * dev.freshet.view.event.EventView} is such a read model as declared. Read {@link
 * dev.freshet.view.event.FunctionState} first.
 */
package dev.freshet.view.event;
