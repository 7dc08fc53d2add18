/**
 * Computes a plan's expressions over rows. Read {@link dev.freshet.view.expr.Evaluator} first;
 * {@code Functions} has MySQL's functions.
 */
package dev.freshet.view.expr;
