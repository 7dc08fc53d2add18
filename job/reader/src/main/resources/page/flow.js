/** The data's way as a picture, with its rates. */

import {number, svg} from './dom.js';

const WIDE = {
  box: '0 0 980 130', width: 150, height: 62,
  at: {mysql: [4, 4], job: [258, 4], postgres: [512, 4], reader: [766, 4]},
};
const NARROW = {
  box: '0 0 320 430', width: 186, height: 62,
  at: {mysql: [4, 4], job: [4, 124], postgres: [4, 244], reader: [4, 364]},
};

/**
 * Draws the picture.
 *
 * @param {Object} flow nodes by name: {title, line, kind}; edges: {changes, written, read, fallbacks, answers}
 * @param {boolean} narrow
 */
export function flowPicture(flow, narrow) {
  const form = narrow ? NARROW : WIDE;
  const words = `MySQL: ${flow.mysql.line}. Job: ${flow.job.line}. Postgres: ${flow.postgres.line}. `
    + `Reader: ${flow.reader.line}. ${per(flow.changes, 'changes')} from MySQL to the job, `
    + `${per(flow.hits, 'answers')} from Postgres, ${per(flow.fallbacks, 'answers')} from MySQL.`;
  return svg('svg', {class: `flow ${narrow ? 'narrow' : 'wide'}`, viewBox: form.box, role: 'img',
    'aria-label': words},
  svg('defs', {}, svg('marker', {
    id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 9, markerHeight: 9,
    markerUnits: 'userSpaceOnUse', orient: 'auto'},
  svg('path', {d: 'M0 0 8 4 0 8z', class: 'head'}))),
  edges(flow, form, narrow),
  ['mysql', 'job', 'postgres', 'reader'].map(name => node(flow[name], form, form.at[name])));
}

function per(rate, what) {
  return rate === null ? `– ${what}/s` : `${number(rate)} ${what}/s`;
}

function node(of, form, [x, y]) {
  return svg('g', {class: `node ${of.kind}`},
    svg('rect', {x, y, width: form.width, height: form.height, rx: 6}),
    svg('circle', {cx: x + 16, cy: y + 23, r: 5}),
    svg('text', {x: x + 28, y: y + 28, class: 'name'}, of.title),
    svg('text', {x: x + 12, y: y + 49, class: 'detail'}, of.line));
}

function edge(path, rate) {
  return svg('path', {d: path, class: `edge ${rate > 0 ? 'moves' : ''}`, 'marker-end': 'url(#arrow)'});
}

function label(x, y, text, anchor = 'middle') {
  return svg('text', {x, y, class: 'rate', 'text-anchor': anchor}, text);
}

function edges(flow, form, narrow) {
  const {width, height, at} = form;
  if (narrow) {
    const x = at.mysql[0] + 28;
    const down = (from, to) => `M${x} ${from[1] + height}V${to[1] - 2}`;
    const between = from => from[1] + height + 33;
    return [
      edge(down(at.mysql, at.job), flow.changes),
      label(x + 12, between(at.mysql), per(flow.changes, 'changes'), 'start'),
      edge(down(at.job, at.postgres), flow.changes),
      label(x + 12, between(at.job), 'whole transactions', 'start'),
      edge(down(at.postgres, at.reader), flow.hits),
      label(x + 12, between(at.postgres), per(flow.hits, 'answers'), 'start'),
      edge(`M${at.mysql[0] + width} 35H304V395H${at.reader[0] + width + 2}`, flow.fallbacks),
      label(298, 150, per(flow.fallbacks, 'answers'), 'end'),
      label(298, 166, 'from MySQL', 'end')];
  }
  const y = at.mysql[1] + height / 2;
  const right = (from, to) => `M${from[0] + width} ${y}H${to[0] - 2}`;
  const middle = (from, to) => (from[0] + width + to[0]) / 2;
  const below = at.mysql[1] + height;
  return [
    edge(right(at.mysql, at.job), flow.changes),
    label(middle(at.mysql, at.job), y - 9, per(flow.changes, 'changes')),
    edge(right(at.job, at.postgres), flow.changes),
    label(middle(at.job, at.postgres), y - 9, 'whole'),
    label(middle(at.job, at.postgres), y + 18, 'transactions'),
    edge(right(at.postgres, at.reader), flow.hits),
    label(middle(at.postgres, at.reader), y - 9, per(flow.hits, 'answers')),
    edge(`M${at.reader[0] + width} ${y}H976`, flow.answers),
    edge(`M${at.mysql[0] + width / 2} ${below}V118H${at.reader[0] + width / 2}V${below + 2}`,
      flow.fallbacks),
    label((at.mysql[0] + at.reader[0] + width) / 2, 110,
      `${per(flow.fallbacks, 'answers')} from MySQL, where the projection cannot vouch`)];
}
