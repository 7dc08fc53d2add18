/** Judges the projection's answer beside MySQL's own. */

/**
 * Whether the projection's answer includes all that MySQL's answer saw. MySQL's snapshot is of a time
 * between as_of, when the query was sent, and the end of the query, lag_ms later. All times are cut
 * to milliseconds, therefore two more.
 */
export function includes(projection, mysql) {
  return projection.source === 'projection'
    && Date.parse(projection.as_of) >= Date.parse(mysql.as_of) + mysql.lag_ms + 2;
}

/**
 * Compares MySQL's answer with answers of the projection that were read before and after it. Rows
 * differ only if the projection was the same before and after, and the later answer includes all that
 * MySQL's answer saw: MySQL's snapshot then lies between both.
 *
 * @param {function(Object): string} rowKey
 * @return {{kind: string, left: Map, right: Map, count: number}} kind is "fallback" (MySQL answers
 *     callers), "same", "changed" (the projection changed meanwhile), "unconfirmed" (the projection
 *     may lack what MySQL's answer saw) or "different"; left and right mark rows that differ: null
 *     where the other answer lacks the row, else the columns that differ
 */
export function judge(before, mysql, after, rowKey) {
  if (after.source !== 'projection') {
    return {kind: 'fallback', left: new Map(), right: new Map(), count: 0};
  }
  const left = differences(after.items, mysql.items, rowKey);
  const right = differences(mysql.items, after.items, rowKey);
  const count = new Set([...left.keys(), ...right.keys()]).size;
  return {kind: kindOf(before, mysql, after, count), left, right, count};
}

function kindOf(before, mysql, after, count) {
  if (count === 0 && after.total === mysql.total) {
    return 'same';
  }
  if (!includes(after, mysql)) {
    return 'unconfirmed';
  }
  const unchanged = before.source === 'projection' && before.total === after.total
    && JSON.stringify(before.items) === JSON.stringify(after.items);
  return unchanged ? 'different' : 'changed';
}

function differences(rows, others, rowKey) {
  const known = new Map(others.map(row => [rowKey(row), row]));
  const marks = new Map();
  for (const row of rows) {
    const other = known.get(rowKey(row));
    const columns = other === undefined ? null
      : Object.keys(row).filter(name => JSON.stringify(row[name]) !== JSON.stringify(other[name]));
    if (columns === null || columns.length > 0) {
      marks.set(rowKey(row), columns);
    }
  }
  return marks;
}
