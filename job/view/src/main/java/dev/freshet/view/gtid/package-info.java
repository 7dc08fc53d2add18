/**
 * MySQL's global transaction identifiers, with the tags that MySQL knows since 8.3. Read {@link
 * dev.freshet.view.gtid.GtidSet} first.
 */
package dev.freshet.view.gtid;
