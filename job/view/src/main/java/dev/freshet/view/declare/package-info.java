/**
 * From the text of a declared view and MySQL's catalogue to a plan, or to a refusal that says what
 * to write instead. Read {@link dev.freshet.view.declare.Planner} first.
 */
package dev.freshet.view.declare;
