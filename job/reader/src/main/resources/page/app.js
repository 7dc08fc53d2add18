/** The page's frame: token, navigation, outages, and the loop that asks the reader. */

import * as api from './api.js';
import {clock, h, put} from './dom.js';
import {largest, parse, sum} from './metrics.js';
import {overviewPage} from './overview.js';
import {viewPage} from './view.js';
import {lettersPage} from './letters.js';

const PERIOD = 3000;

/** How long scrapes are kept; rates are of at most this time. */
const KEPT = 60_000;
const HOUR = 3_600_000;

/** The age beyond which the page says that a job confirms nothing. */
const SILENT = 15_000;

/** What is known of the reader; pages show it. */
const live = {
  scrapes: [],
  health: null,
  views: null,
  viewsAreNew: false,
  fallbacks: null,
  tokenProblem: null,
  samples: [],
  outages: new Map(),
  opened: Date.now(),
  reached: null,

  /** The newest scrape; null before the first. */
  get scrape() {
    return this.scrapes.length === 0 ? null : this.scrapes[this.scrapes.length - 1].metrics;
  },

  silent: SILENT,

  /** Whether the store answers the reader; its figures are unknown otherwise. */
  get storeAnswers() {
    return this.scrape !== null && this.health?.postgres.status === 'up'
      && (this.views === null || this.views.store_at !== null);
  },

  /**
   * The age of the oldest data in the store, in milliseconds: null while the store does not answer,
   * NaN before MySQL has confirmed it. With a token it is the age when the reader read the store;
   * the metric, which needs none, has grown since then by 3 seconds at most.
   */
  get lag() {
    if (this.scrape === null) {
      return null;
    }
    if (!this.viewsAreNew || this.views === null || this.views.store_at === null
        || this.views.jobs.length === 0) {
      const seconds = largest(this.scrape, 'freshet_store_lag_seconds');
      return seconds === null ? null : seconds * 1000;
    }
    const read = Date.parse(this.views.store_at);
    return Math.max(0, ...this.views.jobs.map(job => (job.as_of === null ? NaN : read - Date.parse(job.as_of))));
  },

  /** When the reader started, in milliseconds since 1970. */
  get since() {
    return this.scrape === null ? null : largest(this.scrape, 'freshet_reader_start_time_seconds') * 1000;
  },

  /**
   * The rate of a counter per second over the last seconds; null while it is unknown. A counter of
   * the reader appears with its first count; a counter of the store is absent while the store does
   * not answer.
   */
  rate(name, labels = {}, seconds = 15) {
    const last = this.scrapes[this.scrapes.length - 1];
    const first = this.scrapes.find(scrape => scrape.at >= last.at - seconds * 1000);
    if (!first || first === last) {
      return null;
    }
    const absent = name.startsWith('freshet_reader_') ? 0 : null;
    const now = sum(last.metrics, name, labels) ?? absent;
    const before = sum(first.metrics, name, labels) ?? absent;
    return now === null || before === null || now < before ? null
      : (now - before) / ((last.at - first.at) / 1000);
  },
};

let page = null;
let historyWanted = true;

async function look() {
  const withToken = ask => (api.token() === '' ? null : ask());
  const [health, metrics, views, fallbacks] = await Promise.allSettled([
    api.health(), api.metrics(), withToken(api.views), withToken(api.fallbacks)]);
  const at = Date.now();
  if (metrics.status === 'fulfilled') {
    const parsed = parse(metrics.value);
    const before = live.since;
    live.scrapes.push({at, metrics: parsed});
    live.scrapes = live.scrapes.filter(scrape => scrape.at >= at - KEPT);
    if (before !== null && before !== live.since) {
      // Another reader process answers; its counters began again.
      live.scrapes = live.scrapes.slice(-1);
      live.samples = [];
      historyWanted = true;
    }
    live.reached = at;
  }
  live.health = health.status === 'fulfilled' ? health.value : null;
  live.viewsAreNew = views.status === 'fulfilled';
  if (live.viewsAreNew) {
    live.views = views.value;
    live.tokenProblem = null;
  } else if (views.reason instanceof api.Refused && views.reason.status === 401) {
    live.views = null;
    live.tokenProblem = views.reason.message;
  }
  live.fallbacks = live.views !== null && fallbacks.status === 'fulfilled' ? fallbacks.value : null;
  if (metrics.status === 'fulfilled') {
    sample(at, live.scrape);
  }
  if (historyWanted && live.views !== null) {
    await readHistory();
  }
  noteOutages(at, metrics.status === 'fulfilled');
}

/** The samples that the page takes itself have the form of the reader's. */
function sample(at, scrape) {
  const lag = live.lag;
  live.samples.push([
    at,
    sum(scrape, 'freshet_reader_answers_total') ?? 0,
    sum(scrape, 'freshet_reader_answers_total', {source: 'projection', reason: 'none'}) ?? 0,
    sum(scrape, 'freshet_store_changes', {outcome: 'applied'}),
    Number.isNaN(lag) ? null : lag]);
  live.samples = live.samples.filter(each => each[0] >= at - HOUR);
}

async function readHistory() {
  try {
    const history = await api.history();
    const last = history.samples.length === 0 ? 0 : history.samples[history.samples.length - 1][0];
    live.samples = [...history.samples, ...live.samples.filter(each => each[0] > last)];
    historyWanted = false;
  } catch (e) {
    if (!(e instanceof api.Refused)) {
      throw e;
    }
    // Asked for again with the next look; until then the samples are the page's own.
  }
}

function noteOutages(at, hasMetrics) {
  const now = new Map();
  if (live.health === null) {
    now.set('reader', live.reached === null
      ? 'The reader does not answer.'
      : `The reader does not answer. The figures are those of ${clock(live.reached)}.`);
  } else {
    const postgres = live.health.postgres.status === 'up';
    const mysql = live.health.mysql.status === 'up';
    if (!postgres && !mysql) {
      now.set('both', 'Neither Postgres nor MySQL answers the reader: callers get 503.');
    } else if (!postgres) {
      now.set('postgres', 'Postgres does not answer the reader: MySQL answers callers, more slowly.');
    } else if (!mysql) {
      now.set('mysql', 'MySQL does not answer the reader: only fresh projections are served.');
    }
    if (!hasMetrics) {
      now.set('metrics', live.reached === null
        ? 'The reader answers, but does not send its metrics.'
        : `The reader answers, but does not send its metrics. The figures are those of ${clock(live.reached)}.`);
    }
    noteJob(now, postgres);
  }
  for (const name of live.outages.keys()) {
    if (!now.has(name)) {
      live.outages.delete(name);
    }
  }
  now.forEach((text, name) => {
    live.outages.set(name, {text, since: live.outages.get(name)?.since ?? at});
  });
}

function noteJob(now, postgres) {
  const lag = live.lag;
  if (!postgres || live.scrape === null) {
    return;
  }
  if (lag === null) {
    if (live.health.catalogue.views === 0) {
      now.set('job', 'No job has declared a view in this store. Submit one: ./deploy/freshet submit');
    }
  } else if (Number.isNaN(lag)) {
    now.set('job', 'MySQL has not confirmed the store yet: the job reads its snapshot, or does not run.');
  } else if (lag > SILENT) {
    now.set('job', 'A job has confirmed nothing for more than 15 seconds: it does not run, or does not '
      + 'reach MySQL or Postgres. ./deploy/freshet status says which.');
  }
}

function showFrame() {
  put(document.getElementById('outages'),
    [...live.outages.values()].map(outage =>
      h('p', {class: 'outage'}, outage.text, h('span', {class: 'since'}, ` Seen since ${clock(outage.since)}.`))));
  const here = location.hash || '#/';
  const link = (hash, text) =>
    h('a', {href: hash, 'aria-current': here === hash ? 'page' : null}, text);
  put(document.getElementById('nav'),
    link('#/', 'Overview'),
    here.startsWith('#/views/') ? link(here, page.title) : null,
    link('#/dead-letters', 'Dead letters'));
  showToken();
  put(document.getElementById('footer'),
    live.since === null ? '' : `Reader started ${clock(live.since)} · page opened ${clock(live.opened)}`
      + ` · last look ${clock(live.reached)} · `,
    h('a', {href: '/openapi.yaml'}, 'openapi.yaml'), ' · ', h('a', {href: '/metrics'}, 'metrics'));
}

function showToken() {
  const element = document.getElementById('token');
  const text = live.views === null
    ? 'No token'
    : `Token ${live.views.token.operate ? 'reads and operates' : 'reads'}`;
  if (element.dataset.text !== text) {
    element.dataset.text = text;
    element.replaceChildren(h('span', {}, text),
      ...(api.token() === '' ? [] : [h('button', {type: 'button', onclick: forget}, 'Forget')]));
  }
}

function forget() {
  api.forgetToken();
  live.views = null;
  live.fallbacks = null;
  live.tokenProblem = null;
  open();
}

/** The form for a token; pages show it where they need one. */
export function tokenForm() {
  const input = h('input', {
    id: 'token-input', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true});
  const problem = h('p', {class: 'problem', role: 'alert'});
  return h('form', {
    class: 'panel ask-token',
    onsubmit: async event => {
      event.preventDefault();
      api.keepToken(input.value.trim());
      await look();
      if (live.tokenProblem !== null) {
        api.forgetToken();
        problem.textContent = `The reader does not accept the token: ${live.tokenProblem}.`;
        live.tokenProblem = null;
        input.focus();
      } else {
        historyWanted = true;
        open();
      }
    },
  },
  h('h2', {}, 'Token'),
  h('p', {}, 'With a token the page shows the views that the token may read, and the last hour. '
    + 'The token stays in this tab until you close it.'),
  h('div', {class: 'fields'},
    h('div', {class: 'field'}, h('label', {for: 'token-input'}, 'Token'), input),
    h('button', {type: 'submit', class: 'main'}, 'Use')),
  problem);
}

/** The parts of the address's fragment; none if it is malformed, which shows the overview. */
function hashParts() {
  try {
    return (location.hash || '#/').slice(2).split('/').map(decodeURIComponent);
  } catch (e) {
    if (!(e instanceof URIError)) {
      throw e;
    }
    return [];
  }
}

function open() {
  page?.close();
  const parts = hashParts();
  if (parts[0] === 'views' && parts.length === 2) {
    page = viewPage(live, parts[1], tokenForm);
  } else if (parts[0] === 'dead-letters') {
    page = lettersPage(live);
  } else {
    page = overviewPage(live, tokenForm);
  }
  document.getElementById('main').replaceChildren(page.element);
  document.title = `${page.title} – Freshet`;
  showFrame();
  page.update();
}

window.addEventListener('hashchange', () => {
  if (location.hash === '#main') {
    return;
  }
  open();
  document.getElementById('main').focus({preventScroll: true});
  window.scrollTo(0, 0);
});
document.getElementById('skip').addEventListener('click', event => {
  event.preventDefault();
  document.getElementById('main').focus();
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => page?.update());

/** Asks the reader, and shows what it said. A bug shows itself on the page, and does not end the loop. */
async function lookAndShow() {
  try {
    await look();
    if (page === null) {
      open();
    }
    showFrame();
    page.update();
  } catch (e) {
    console.error(e);
    put(document.getElementById('outages'), h('p', {class: 'outage'},
      `The page failed (${e.message}); load it again, and report the bug if it stays.`));
  }
  document.documentElement.dataset.looked = String(Date.now());
}

async function loop() {
  for (;;) {
    if (!document.hidden || page === null) {
      await lookAndShow();
    }
    await new Promise(resolve => setTimeout(resolve, PERIOD));
  }
}

loop();
