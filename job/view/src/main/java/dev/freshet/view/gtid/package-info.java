/**
 * MySQL's global transaction identifiers (GTIDs), including tags, which MySQL has since 8.3. Read
 * {@link dev.freshet.view.gtid.GtidSet} first.
 */
package dev.freshet.view.gtid;
