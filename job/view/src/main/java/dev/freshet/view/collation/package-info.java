/**
 * Compares texts as MySQL's collations do. The weights of characters come out of a real server: the
 * test {@code CollationTablesIT} makes the tables anew and compares them with the committed ones.
 */
package dev.freshet.view.collation;
