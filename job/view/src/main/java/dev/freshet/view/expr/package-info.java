/** Computes a plan's expressions over rows. Read {@link dev.freshet.view.expr.Evaluator} first. */
package dev.freshet.view.expr;
