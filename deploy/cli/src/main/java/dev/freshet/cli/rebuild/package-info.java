/** Rebuilds views of a running job from its state. */
package dev.freshet.cli.rebuild;
