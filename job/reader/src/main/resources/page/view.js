/** A view: its declaration and plan, and the live answer of a key beside MySQL's own. */

import * as api from './api.js';
import {judge} from './compare.js';
import {clock, duration, h, number, percent, put, state} from './dom.js';
import {all, largest, sum} from './metrics.js';
import {rebuild} from './overview.js';
import {planPicture} from './plan.js';

const ANSWERS = 'freshet_reader_answers_total';

/** The least time between two comparisons, so that a busy key does not ask MySQL all the time. */
const COMPARE_PAUSE = 3000;

/** How long the projection is read until it includes all that MySQL's answer saw. */
const MOST_WAIT = 10_000;
const BETWEEN_READS = 250;

/** The pauses between two connections of the event stream; they grow until an event arrives. */
const FIRST_PAUSE = 2000;
const LONGEST_PAUSE = 30_000;

const MOST_EVENTS = 30;

/** The length up to which a value stays on one line; a DATETIME has 26 characters. */
const SHORT = 28;

export function viewPage(live, name, tokenForm) {
  const heading = h('p', {class: 'lead'});
  const facts = h('div', {class: 'panel'});
  const rest = h('div', {});
  const element = h('div', {}, h('h1', {}, name), heading, rest);
  let built = '';
  let key = null;

  function update() {
    const view = live.views?.views.find(each => each.name === name);
    if (live.views === null) {
      build('token', () => [tokenForm()]);
    } else if (!view) {
      build('unknown', () => [h('p', {}, 'The token may not read this view, or the reader does not know it.')]);
    } else {
      put(heading, view.problem ?? (view.state === null ? 'The store does not answer.' : state(view.state, view.reason)));
      build(JSON.stringify([view.declaration, view.plan, live.views.token]), () => {
        key?.close();
        key = view.plan === null ? null : keyPanel(view, live.views.token);
        return [
          key?.element,
          h('section', {'aria-labelledby': 'figures'}, h('h2', {id: 'figures'}, 'Figures'), facts),
          view.plan === null ? null : h('div', {}, h('h2', {id: 'plan'}, 'Plan'),
            h('div', {class: 'panel scroll', role: 'region', tabindex: '0', 'aria-labelledby': 'plan'},
              planPicture(name, view.plan))),
          h('div', {}, h('h2', {id: 'declaration'}, 'Declaration'),
            h('pre', {class: 'panel scroll', role: 'region', tabindex: '0', 'aria-labelledby': 'declaration'},
              (view.declaration ?? 'The reader does not know it.').trim()))];
      });
      put(facts, viewFacts(live, view));
    }
  }

  function build(what, parts) {
    if (built !== what) {
      built = what;
      rest.replaceChildren(...parts().filter(part => part));
    }
  }

  return {
    element,
    title: name,
    update,
    close() {
      key?.close();
    },
  };
}

function viewFacts(live, view) {
  const scrape = live.scrape;
  const of = {view: view.name};
  const total = scrape === null ? null : sum(scrape, ANSWERS, of);
  const fact = (title, ...value) => [h('dt', {}, title), h('dd', {}, ...value)];
  const changes = outcome => number(sum(scrape, 'freshet_store_changes', {...of, outcome}));
  const invalid = scrape === null ? [] : all(scrape, 'freshet_store_invalid_keys', of);
  const fallbacks = scrape === null ? [] : all(scrape, ANSWERS, {...of, source: 'mysql'});
  const job = live.views.jobs.find(each => each.name === view.plan?.job);
  const age = scrape === null ? null : largest(scrape, 'freshet_store_verification_age_seconds', of);
  return h('dl', {class: 'facts'},
    fact('Populated', view.plan?.on_read ? 'on read' : 'eagerly, all keys'),
    fact('FRESHNESS', duration(view.plan?.freshness_ms)),
    view.rebuild === null ? null : fact('Rebuild', rebuild(view.rebuild)),
    view.size === null ? fact('Entries', '–') : [
      fact('Keys with entries', `${view.size.estimated ? 'at least ' : ''}${number(view.size.keys)}`),
      fact('Entries', `${view.size.estimated ? 'about ' : ''}${number(view.size.entries)}, ${view.size.estimated ? 'estimated' : 'counted'} ${clock(view.size.at)}`)],
    fact('INVALID keys', !live.storeAnswers ? '–' : invalid.length === 0 ? '0' : invalid.map(each => `${number(each.value)} ${each.labels.reason}`).join(', ')),
    job ? fact('Complete up to', h('span', {class: 'mono'}, job.version), ` as of ${job.as_of === null ? 'nothing yet' : clock(job.as_of)}`) : null,
    scrape === null ? null : fact('Changes since the job’s start',
      `${changes('applied')} applied, ${changes('superseded')} superseded, ${changes('waiting')} waiting, ${changes('dead')} dead`),
    fact(`Answers since ${clock(live.since)}`, total === null ? 'none'
      : `${number(total)}, ${percent((sum(scrape, ANSWERS, {...of, source: 'projection', reason: 'none'}) ?? 0) / total)} from the projection`),
    fallbacks.length === 0 ? null : fact('Answers of MySQL, by reason',
      fallbacks.map(each => `${number(each.value)} ${each.labels.reason}`).join(', ')),
    fact('Verification', !live.storeAnswers ? '–' : age === null || Number.isNaN(age) ? 'never compared by verify'
      : `${number(sum(scrape, 'freshet_store_verifications', {...of, outcome: 'verified'}))} keys verified, `
        + `${number(sum(scrape, 'freshet_store_mismatched_keys', of))} mismatched, last ${duration(age * 1000)} ago`));
}

/** The input of a column's value, in the form that the reader takes. */
function field(column, id, allowed) {
  if (allowed) {
    return h('select', {id}, allowed.map(value => h('option', {value}, value)));
  }
  const hint = {
    decimal: '12.50', double: '1.5', date: '2026-01-31', time: '11:59:58',
    datetime: '2026-01-31T11:59:58', timestamp: '2026-01-31T11:59:58Z', bytes: 'base64url',
  }[column.type];
  return h('input', {
    id, type: column.type === 'date' ? 'date' : 'text', inputmode: column.type === 'integer' ? 'numeric' : null,
    pattern: column.type === 'integer' ? '-?[0-9]+' : null, title: column.type === 'integer' ? 'A whole number' : null,
    placeholder: hint && column.type !== 'date' ? hint : null, autocomplete: 'off', spellcheck: 'false',
  });
}

function keyPanel(view, token) {
  const plan = view.plan;
  const inputs = plan.key.map((column, i) => field(column, `key-${i}`, token.key[column.name]));
  const bounds = plan.bounds.map((bound, i) => field(bound.column, `bound-${i}`));
  inputs.forEach(input => input.setAttribute('required', ''));
  const limit = h('input', {id: 'limit', type: 'number', min: 1, max: 1000, value: 10});
  const status = h('p', {class: 'status', role: 'status', 'aria-live': 'polite'});
  const left = pane('Answer', 'What callers get, live.');
  const right = pane('MySQL', 'MySQL’s own answer.');
  const verdict = h('p', {class: 'verdict', role: 'status', 'aria-live': 'polite'});
  const log = h('ol', {class: 'events'});
  const results = h('div', {hidden: true});
  const compareBox = h('input', {id: 'compare', type: 'checkbox', onchange: () => {
    right.element.hidden = !compareBox.checked;
    verdict.textContent = '';
    left.mark(null);
    compareSoon();
  }});
  let watched = null;
  let shown = null;
  let heard = 0;
  let comparing = false;
  let comparedAt = 0;
  let timer = null;

  const label = (id, text, column) =>
    h('label', {for: id}, text, h('span', {class: 'type'}, ` ${column.mysql_type}`));
  const form = h('form', {
    class: 'panel', onsubmit: event => {
      event.preventDefault();
      watch();
    }},
  h('div', {class: 'fields'},
    plan.key.map((column, i) => h('div', {class: 'field'}, label(`key-${i}`, column.name, column), inputs[i])),
    plan.bounds.map((bound, i) => h('div', {class: 'field'},
      label(`bound-${i}`, `${bound.column.name} ${bound.parameter}`, bound.column), bounds[i])),
    h('div', {class: 'field small'}, h('label', {for: 'limit'}, 'Entries'), limit),
    h('button', {type: 'submit', class: 'main'}, 'Watch')),
  Object.keys(token.key).length === 0 ? null
    : h('p', {class: 'since'}, 'The token is good for some keys only.'));
  const actions = token.operate ? h('div', {class: 'actions'},
    h('span', {class: 'check'}, compareBox, h('label', {for: 'compare'}, 'Compare with MySQL after each change')),
    h('button', {type: 'button', onclick: () => request('repair')}, 'Repair'),
    h('button', {type: 'button', onclick: () => request('invalidate')}, 'Invalidate')) : null;
  right.element.hidden = true;
  results.append(...[actions, status, verdict,
    h('div', {class: 'panes'}, left.element, right.element),
    h('h3', {}, 'Events'),
    h('div', {class: 'panel scroll events-box', role: 'region', tabindex: '0', 'aria-label': 'Events of the key'}, log)]
    .filter(part => part));
  const element = h('section', {'aria-labelledby': 'ask'}, h('h2', {id: 'ask'}, 'Ask for a key'), form, results);

  function watch() {
    stop();
    const query = new URLSearchParams({limit: limit.value});
    plan.bounds.forEach((bound, i) => {
      if (bounds[i].value !== '') {
        query.set(bound.parameter, bounds[i].value);
      }
    });
    shown = null;
    results.hidden = false;
    log.replaceChildren();
    left.clear();
    right.clear();
    verdict.textContent = '';
    try {
      const path = api.keyPath(view.name, inputs.map(input => input.value));
      watched = {path, query, abort: new AbortController()};
    } catch (e) {
      status.textContent = `The key cannot be watched: ${told(e)}.`;
      return;
    }
    status.textContent = 'Connecting.';
    follow(watched);
  }

  async function follow(mine) {
    let next = FIRST_PAUSE;
    while (watched === mine) {
      let wait = next;
      next = Math.min(LONGEST_PAUSE, next * 2);
      try {
        await api.events(`${mine.path}/events?${mine.query}`, mine.abort.signal, event => {
          if (watched === mine) {
            wait = FIRST_PAUSE;
            next = FIRST_PAUSE;
            hear(event);
          }
        });
        if (watched === mine) {
          status.textContent = 'The reader ended the stream; connecting again.';
        }
      } catch (e) {
        if (watched !== mine) {
          return;
        }
        if (e instanceof api.Refused && !e.mayPass) {
          status.textContent = `The reader refuses: ${e.message}.`;
          return;
        }
        wait = Math.max(wait, e.retryAfter ?? 0);
        status.textContent = `The stream broke (${e.message}); connecting again.`;
      }
      await pause(wait);
    }
  }

  function hear(event) {
    heard++;
    if (event.type === 'doubt') {
      status.textContent = `The projection does not vouch for the key: ${event.data.reason}. MySQL answers callers.`;
      note(event.data.at, `doubt: ${event.data.reason}`, '');
      showWhatCallersGet();
    } else {
      status.textContent = 'Watching; the answer changes as MySQL does.';
      note(event.data.as_of, event.data.version, changesOf(shown, event.data));
      shown = event.data;
      left.show(shown);
    }
    if (verdict.textContent !== '') {
      // The verdict was about the answer before.
      say('wait', 'The answer has changed since the comparison; it is compared again soon.');
      left.mark(null);
      right.mark(null);
    }
    compareSoon();
  }

  /** Shows the answer to a read, unless an event came meanwhile, which may be newer. */
  async function showWhatCallersGet() {
    const mine = watched;
    const before = heard;
    const isNewest = () => watched === mine && heard === before;
    try {
      const answer = await api.json(`${mine.path}?${mine.query}`, {signal: mine.abort.signal});
      if (isNewest()) {
        left.show(answer);
      }
    } catch (e) {
      if (isNewest()) {
        left.problem(told(e));
      }
    }
  }

  function note(at, what, changes) {
    log.prepend(h('li', {}, h('time', {datetime: at}, clock(at, true)), h('span', {class: 'mono'}, what), h('span', {}, changes)));
    while (log.childElementCount > MOST_EVENTS) {
      log.lastChild.remove();
    }
  }

  /** Rows that entered, left or changed; the rows of an event are a page. */
  function changesOf(before, now) {
    if (before === null) {
      return `${now.items.length} shown of ${now.total}`;
    }
    const old = new Map(before.items.map(row => [rowKey(row), JSON.stringify(row)]));
    const entered = now.items.filter(row => !old.has(rowKey(row))).length;
    const kept = now.items.filter(row => old.has(rowKey(row)));
    const changed = kept.filter(row => old.get(rowKey(row)) !== JSON.stringify(row)).length;
    const parts = [[entered, 'in'], [before.items.length - kept.length, 'out'], [changed, 'changed']]
      .filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
    return `${parts.join(', ') || 'the same rows'}; total ${now.total}`;
  }

  function rowKey(row) {
    return JSON.stringify(plan.entry_key.map(column => row[column.name]));
  }

  function compareSoon() {
    clearTimeout(timer);
    if (compareBox.checked && watched !== null) {
      timer = setTimeout(compare, Math.max(0, comparedAt + COMPARE_PAUSE - Date.now()));
    }
  }

  /**
   * Reads the projection, MySQL, and the projection again until both can be compared, and no event
   * came during the last read.
   */
  async function compare() {
    if (comparing || watched === null) {
      return;
    }
    comparing = true;
    const mine = watched;
    const options = {signal: mine.abort.signal};
    const read = () => api.json(`${mine.path}?${mine.query}`, options);
    const begun = heard;
    try {
      const before = await read();
      const mysql = await api.json(`${mine.path}/mysql?${mine.query}`, options);
      const end = Date.now() + MOST_WAIT;
      let known = heard;
      let after = await read();
      while ((heard !== known || judge(before, mysql, after, rowKey).kind === 'unconfirmed')
          && Date.now() < end && watched === mine && compareBox.checked) {
        await pause(BETWEEN_READS);
        known = heard;
        after = await read();
      }
      if (watched === mine && compareBox.checked) {
        show(before, mysql, after, heard === known);
      }
    } catch (e) {
      if (watched === mine) {
        say('', `Not compared: ${told(e)}.`);
      }
    } finally {
      comparing = false;
      comparedAt = Date.now();
      if (heard !== begun || watched !== mine) {
        compareSoon();
      }
    }
  }

  function show(before, mysql, after, isNewest) {
    right.show(mysql);
    if (!isNewest) {
      say('wait', 'The key changes too often to be compared; compared again soon.');
      return;
    }
    left.show(after);
    const judged = judge(before, mysql, after, rowKey);
    const marked = judged.kind !== 'fallback' && judged.kind !== 'unconfirmed';
    left.mark(marked ? judged.left : null);
    right.mark(marked ? judged.right : null);
    const both = `the projection at ${after.version}, MySQL at ${clock(mysql.as_of, true)}`;
    switch (judged.kind) {
      case 'fallback':
        say('wait', `MySQL answers callers itself (${after.reason}); there is nothing to compare.`);
        break;
      case 'same':
        say('good', `Both answers are the same: ${both}.`);
        break;
      case 'unconfirmed':
        say('wait', 'Cannot tell yet: MySQL has not confirmed the projection since MySQL’s answer; compared again with the next change.');
        break;
      case 'changed':
        say('wait', `The key changed while it was compared, between ${before.version ?? 'an answer of MySQL'} and ${after.version}; compared again with the next change.`);
        break;
      default:
        say('bad', `${judged.count > 0 ? `${judged.count} rows differ` : `The totals differ, ${after.total} and ${mysql.total}`}: ${both}. `
          + `./deploy/freshet verify ${view.name} --key ${inputs.map(input => encodeURIComponent(input.value)).join('/')} decides.`);
    }
  }

  function say(kind, text) {
    verdict.className = `verdict ${kind}`;
    verdict.textContent = text;
  }

  async function request(what) {
    if (watched === null) {
      return;
    }
    try {
      const done = await api.json(`${watched.path}/${what}`, {method: 'POST'});
      note(done.at, what, 'asked of the job');
      status.textContent = `The job was asked to ${what} the key.`;
    } catch (e) {
      status.textContent = `The request was not taken: ${told(e)}.`;
    }
  }

  function pane(title, what) {
    const meta = h('p', {class: 'since'}, what);
    const table = h('div', {class: 'scroll', role: 'region', tabindex: '0', 'aria-label': `Rows: ${title}`});
    let answer = null;
    let marks = null;

    function draw() {
      put(table, answer === null ? [] : rows(answer, marks));
    }

    return {
      element: h('div', {class: 'panel pane'}, h('h3', {}, title), meta, table),
      show(next) {
        answer = next;
        put(meta, describe(next));
        draw();
      },
      mark(next) {
        marks = next;
        draw();
      },
      problem(text) {
        answer = null;
        put(meta, `No answer: ${text}.`);
        draw();
      },
      clear() {
        answer = null;
        marks = null;
        put(meta, what);
        draw();
      },
    };
  }

  function rows(answer, marks) {
    if (answer.items.length === 0) {
      return [h('p', {}, 'No entries.')];
    }
    const columns = Object.keys(answer.items[0]);
    const differs = marks !== null && marks.size > 0;
    return [h('table', {class: 'rows'},
      h('thead', {}, h('tr', {}, differs ? h('th', {scope: 'col'}, 'Differs') : null,
        columns.map(column => h('th', {scope: 'col'}, column)))),
      h('tbody', {}, answer.items.map(row => {
        const mark = marks?.get(rowKey(row));
        return h('tr', {class: mark === undefined ? null : 'differs'},
          differs ? h('td', {}, mark === undefined ? '' : mark === null ? 'only here' : mark.join(', ')) : null,
          columns.map(column => h('td', {class: mark && mark.includes(column) ? 'differs' : null}, value(row[column]))));
      })))];
  }

  function stop() {
    watched?.abort.abort();
    watched = null;
    clearTimeout(timer);
  }

  return {element, close: stop};
}

function value(of) {
  if (of === null) {
    return h('span', {class: 'null'}, 'NULL');
  }
  const text = typeof of === 'object' ? JSON.stringify(of) : String(of);
  return h('span', {class: text.length <= SHORT ? 'short' : null}, text);
}

function describe(answer) {
  const parts = [`from ${answer.source === 'mysql' ? 'MySQL' : 'the projection'}`];
  if (answer.source === 'mysql' && answer.reason !== 'requested') {
    parts.push(`because ${answer.reason}`);
  }
  if (answer.version !== null) {
    parts.push(h('span', {class: 'mono'}, answer.version));
  } else if (answer.gtid_executed) {
    parts.push(['no earlier than ', h('span', {class: 'mono gtids'}, answer.gtid_executed)]);
  } else {
    parts.push('no version');
  }
  parts.push(`as of ${clock(answer.as_of, true)}`, `lag ${duration(answer.lag_ms)}`, `total ${answer.total}`);
  return parts.flatMap((part, i) => (i === 0 ? [part] : [' · ', part]));
}

/** What a refusal says. Every other error is a bug of the page, and is thrown again. */
function told(error) {
  if (!(error instanceof api.Refused)) {
    throw error;
  }
  return error.message;
}

function pause(ms) {
  return new Promise(resolve => setTimeout(resolve, ms));
}
