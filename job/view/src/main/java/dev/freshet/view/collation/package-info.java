/**
 * Compares texts as MySQL's collations do. Read {@link dev.freshet.view.collation.Collation} first.
 * The weights of characters come from a real server: the test {@code CollationTablesIT} builds the
 * tables again and compares them with the committed tables.
 */
package dev.freshet.view.collation;
