/**
 * Rebuilds views of a running job from its state. Read {@link dev.freshet.cli.rebuild.StateRebuild}
 * first.
 */
package dev.freshet.cli.rebuild;
