/** A view's plan as a picture: the tables, how they are joined, and the answer that comes of them. */

import {svg} from './dom.js';

const WIDTH = 216;
const LINE = 18;
const GAP = 64;
const SPACE = 22;

/** The number of columns that a table shows; the rest is counted. */
const MOST = 6;

export function planPicture(name, plan) {
  const boxes = plan.tables.map(table => ({
    table,
    alias: table.alias,
    depth: depth(plan, table),
    title: table.alias === table.table ? table.table : `${table.table} ${table.alias}`,
    lines: [...joinLines(table), ...columnLines(table.columns)],
  }));
  const deepest = Math.max(...boxes.map(box => box.depth));
  boxes.push({
    depth: -1,
    title: name,
    answer: true,
    lines: [
      {text: `key ${plan.key.map(column => column.name).join(', ')}`, strong: true},
      ...columnLines(plan.columns.filter(column => !plan.key.some(key => key.name === column.name))
        .map(column => column.name))],
  });
  let height = 0;
  for (let d = -1; d <= deepest; d++) {
    let y = 4;
    for (const box of boxes.filter(each => each.depth === d)) {
      box.x = 4 + (deepest - d) * (WIDTH + GAP);
      box.y = y;
      box.height = 36 + box.lines.length * LINE;
      y += box.height + SPACE;
    }
    height = Math.max(height, y - SPACE + 4);
  }
  const width = (deepest + 2) * (WIDTH + GAP) - GAP + 8;
  return svg('svg', {class: 'plan', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
    'aria-label': words(name, plan)},
  svg('defs', {}, svg('marker', {
    id: 'plan-arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 9, markerHeight: 9,
    markerUnits: 'userSpaceOnUse', orient: 'auto'},
  svg('path', {d: 'M0 0 8 4 0 8z', class: 'head'}))),
  boxes.map(box => arrow(box, boxes)),
  boxes.map(draw));
}

function depth(plan, table) {
  return table.joined_by === null
    ? 0 : 1 + depth(plan, plan.tables.find(each => each.alias === table.joined_by));
}

function joinLines(table) {
  if (table.joined_by === null) {
    return [{text: 'root: one row, one entry', strong: true}];
  }
  return [{text: table.inner ? 'JOIN' : 'LEFT JOIN', strong: true}, ...table.on.map(text => ({text}))];
}

function columnLines(columns) {
  const lines = columns.slice(0, MOST).map(text => ({text, column: true}));
  return columns.length > MOST
    ? [...lines, {text: `and ${columns.length - MOST} more`, column: true}] : lines;
}

function cut(text) {
  return text.length > 30 ? `${text.slice(0, 29)}…` : text;
}

function draw(box) {
  return svg('g', {class: box.answer ? 'table answer' : 'table'},
    svg('rect', {x: box.x, y: box.y, width: WIDTH, height: box.height, rx: 6}),
    svg('text', {x: box.x + 12, y: box.y + 23, class: 'name'}, cut(box.title)),
    box.lines.map((line, i) => svg('text', {
      x: box.x + (line.column ? 20 : 12), y: box.y + 44 + i * LINE, class: line.strong ? 'strong' : 'detail'},
    cut(line.text))));
}

function arrow(box, boxes) {
  if (box.answer) {
    return null;
  }
  const to = box.table.joined_by === null
    ? boxes.find(each => each.answer) : boxes.find(each => each.alias === box.table.joined_by);
  const from = [box.x + WIDTH, box.y + 18];
  const end = [to.x - 2, to.y + 18];
  const middle = (from[0] + end[0]) / 2;
  return svg('path', {class: `edge ${box.table.inner ? '' : 'left'}`, 'marker-end': 'url(#plan-arrow)',
    d: `M${from[0]} ${from[1]}C${middle} ${from[1]} ${middle} ${end[1]} ${end[0]} ${end[1]}`});
}

function words(name, plan) {
  return plan.tables.map(table => table.joined_by === null
    ? `The root is ${table.table}.`
    : `${table.inner ? 'JOIN' : 'LEFT JOIN'} ${table.table} on ${table.on.join(' and ')}.`).join(' ')
    + ` The answers of ${name} are asked by ${plan.key.map(column => column.name).join(' and ')}.`;
}
