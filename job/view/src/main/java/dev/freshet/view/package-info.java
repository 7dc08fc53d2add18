/**
 * What a view is: its declaration, the plan made of it, the SQL derived from it, and the versions,
 * keys and values that the job and the reader share. Read {@link dev.freshet.view.ViewPlan} first.
 */
package dev.freshet.view;
