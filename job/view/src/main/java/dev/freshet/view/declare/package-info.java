/**
 * Plans declared views: turns the text of a view and MySQL's catalogue into a plan, or refuses the
 * view and says what to write instead. Read {@link dev.freshet.view.declare.Planner} first; the
 * tables in the tests {@code Refused…Test} list the refusals. {@code Expressions} says how to add a
 * function. Read models over events are planned without a catalogue by {@link
 * dev.freshet.view.declare.EventPlanner}.
 */
package dev.freshet.view.declare;
