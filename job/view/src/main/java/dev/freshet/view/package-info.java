/**
 * The definition of a view: its declaration, its plan, the SQL derived from the plan, and the
 * versions, keys and values that the job and the reader share. Read {@link
 * dev.freshet.view.ViewPlan} first.
 */
package dev.freshet.view;
