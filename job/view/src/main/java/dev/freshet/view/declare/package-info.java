/**
 * Plans declared views: turns the text of a view and MySQL's catalogue into a plan, or refuses the
 * view and says what to write instead. Read {@link dev.freshet.view.declare.Planner} first.
 */
package dev.freshet.view.declare;
