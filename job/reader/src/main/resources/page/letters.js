/** Dead letters: how many there are, each with replay and drop beside it. */

import * as api from './api.js';
import {all, largest, sum} from './metrics.js';
import {clock, duration, h, number, put} from './dom.js';

const CHANGES = 'freshet_store_changes';

export function lettersPage(live) {
  const counts = h('div', {class: 'panel'});
  const status = h('p', {class: 'status', role: 'status', 'aria-live': 'polite'});
  const list = h('div', {class: 'panel scroll', role: 'region', tabindex: '0', 'aria-labelledby': 'letters'});
  let listed = null;
  let problem = null;
  let reading = false;
  let closed = false;

  /** What was requested of letters, by their identity. */
  const requested = new Map();

  /** The letter whose button asks once more before it drops. */
  let dropping = null;

  const element = h('div', {},
    h('h1', {}, 'Dead letters'),
    h('p', {}, 'A dead letter is a row that the job could not handle and no longer retries. MySQL answers '
      + 'the keys that need the row, until the row is corrected in MySQL, or is replayed after its cause was removed.'),
    h('section', {'aria-labelledby': 'counts'}, h('h2', {id: 'counts'}, 'Rows by view'), counts),
    h('div', {}, h('h2', {id: 'letters'}, 'Rows'), status, list),
    h('p', {class: 'after'}, 'The values of a row are in the letter, which the command line shows:'),
    h('pre', {class: 'command'}, './deploy/freshet dead-letters show ID'));

  function mayOperate() {
    return live.views !== null && live.views.token.operate && Object.keys(live.views.token.key).length === 0;
  }

  async function read() {
    if (reading || !mayOperate()) {
      return;
    }
    reading = true;
    try {
      listed = await api.deadLetters();
      problem = null;
    } catch (e) {
      if (!(e instanceof api.Refused)) {
        throw e;
      }
      problem = e.message;
    } finally {
      reading = false;
    }
    if (!closed) {
      show();
    }
  }

  async function request(letter, word) {
    try {
      const done = await api.requestForLetter(letter, word);
      requested.set(identity(letter), word === 'drop'
        ? `dropped at ${clock(done.at)}` : `replay requested at ${clock(done.at)}`);
      status.textContent = word === 'drop'
        ? `The letter of ${letter.table} was dropped; the keys that need the row stay INVALID until it changes in MySQL.`
        : `The job was asked to read the row of ${letter.table} again; the letter leaves the list, or names the new failure.`;
    } catch (e) {
      if (!(e instanceof api.Refused)) {
        throw e;
      }
      status.textContent = `The request was not taken: ${e.message}.`;
    }
    await read();
  }

  function drop(letter) {
    if (dropping === identity(letter)) {
      dropping = null;
      request(letter, 'drop');
      return;
    }
    dropping = identity(letter);
    show();
    [...list.querySelectorAll('button')].find(button => button.dataset.letter === dropping)?.focus();
  }

  function show() {
    if (live.views === null) {
      put(list, h('p', {}, 'The rows are shown with a token that operates.'));
    } else if (!mayOperate()) {
      put(list, h('p', {}, 'The rows are shown with a token that operates, and is good for all keys.'));
    } else if (listed === null) {
      put(list, h('p', {}, problem === null ? 'Reading.' : `The rows are unknown: ${problem}.`));
    } else if (listed.letters.length === 0) {
      put(list, h('p', {}, 'No row of these views is dead.'), since());
    } else {
      put(list, table(), since());
    }
  }

  function since() {
    return h('p', {class: 'since'}, `As Kafka said at ${clock(listed.at)}.`
      + (listed.complete ? '' : ' These are the newest; older ones are left out.')
      + (problem === null ? '' : ` They cannot be read since: ${problem}.`));
  }

  function table() {
    const cell = (title, ...content) => h('td', {'data-title': title}, ...content);
    return h('table', {class: 'stacks'},
      h('thead', {}, h('tr', {}, ['Row', 'View', 'Failed', 'Why', 'Attempts', 'Do'].map(title =>
        h('th', {scope: 'col'}, title)))),
      h('tbody', {}, listed.letters.map(letter => {
        const row = `${letter.table} ${Object.entries(letter.primary_key).map(([name, value]) => `${name} ${value}`).join(', ')}`;
        return h('tr', {},
          h('th', {scope: 'row'}, row, h('span', {class: 'id'}, ` ${letter.id}`)),
          cell('View', letter.view),
          cell('Failed', clock(letter.failed_at)),
          cell('Why', h('span', {}, `${letter.reason}: ${letter.message}`,
            letter.placed ? '' : '. The keys that need it are unknown; its whole view is INVALID.')),
          cell('Attempts', number(letter.attempts)),
          cell('Do', requested.get(identity(letter)) ?? h('span', {class: 'actions'},
            h('button', {type: 'button', 'aria-label': `Replay ${row}`, onclick: () => request(letter, 'replay')}, 'Replay'),
            h('button', {
              type: 'button', 'data-letter': identity(letter), onclick: () => drop(letter),
              'aria-label': `${dropping === identity(letter) ? 'Drop for good' : 'Drop'} ${row}`,
            }, dropping === identity(letter) ? 'Drop for good' : 'Drop'))));
      })));
  }

  function update() {
    showCounts();
    show();
    read();
  }

  function showCounts() {
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

  return {
    element,
    title: 'Dead letters',
    update,
    close() {
      closed = true;
    },
  };
}

/** Tells letters apart; a row that failed again has another letter. */
function identity(letter) {
  return JSON.stringify([letter.job, letter.view, letter.id, letter.failed_at]);
}
