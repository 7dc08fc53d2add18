/** Dead letters: how many there are, and the commands that list, replay and drop them. */

import {all, largest, sum} from './metrics.js';
import {clock, duration, h, number, put} from './dom.js';

const CHANGES = 'freshet_store_changes';

export function lettersPage(live) {
  const counts = h('div', {class: 'panel'});
  const element = h('div', {},
    h('h1', {}, 'Dead letters'),
    h('p', {}, 'A dead letter is a row that the job could not handle and no longer retries. MySQL answers '
      + 'the keys that need the row, until the row is corrected.'),
    h('section', {'aria-labelledby': 'counts'}, h('h2', {id: 'counts'}, 'Rows by view'), counts),
    h('section', {'aria-labelledby': 'commands'}, h('h2', {id: 'commands'}, 'List, replay, drop'),
      h('p', {}, 'Dead letters are messages in Kafka. They hold values of rows, and the reader may not read '
        + 'them; the command line can.'),
      h('dl', {class: 'commands'},
        command('List them', './deploy/freshet dead-letters list'),
        command('Show one: its row, its cause, its keys', './deploy/freshet dead-letters show ID'),
        command('Replay all, after the cause is removed', './deploy/freshet dead-letters replay --all'),
        command('Drop one from the list; its keys stay INVALID', './deploy/freshet dead-letters drop ID'))));

  function update() {
    if (live.scrape === null || sum(live.scrape, CHANGES) === null) {
      put(counts, h('p', {}, 'The counts are unknown, because the store does not answer the reader.'));
      return;
    }
    const views = all(live.scrape, CHANGES, {outcome: 'dead'}).map(each => each.labels.view)
      .filter(name => live.views === null || live.views.views.some(view => view.name === name)).sort();
    const waiting = sum(live.scrape, 'freshet_store_backlog_rows');
    const oldest = largest(live.scrape, 'freshet_store_backlog_oldest_seconds');
    put(counts,
      h('table', {class: 'stacks'},
        h('thead', {}, h('tr', {}, ['View', 'Dead', 'Waiting for a retry', 'INVALID keys'].map(title =>
          h('th', {scope: 'col'}, title)))),
        h('tbody', {}, views.map(view => h('tr', {},
          h('th', {scope: 'row'}, view),
          h('td', {'data-title': 'Dead'}, number(sum(live.scrape, CHANGES, {view, outcome: 'dead'}))),
          h('td', {'data-title': 'Waiting for a retry'}, number(sum(live.scrape, CHANGES, {view, outcome: 'waiting'}))),
          h('td', {'data-title': 'INVALID keys'}, number(sum(live.scrape, 'freshet_store_invalid_keys', {view}) ?? 0)))))),
      h('p', {class: 'since'}, `As of ${clock(live.reached)}.`
        + (waiting > 0 ? ` The oldest row that waits has waited for ${duration(oldest * 1000)}.` : '')));
  }

  return {element, title: 'Dead letters', update, close() {}};
}

function command(what, text) {
  return [h('dt', {}, what), h('dd', {}, h('pre', {class: 'command'}, text))];
}
