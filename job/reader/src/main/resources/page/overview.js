/** The overview: what runs, how fresh it is, and what callers get. */

import {chart} from './charts.js';
import {card, clock, duration, h, number, percent, put, state} from './dom.js';
import {flowPicture} from './flow.js';
import {all, largest, quantile, quantileOf, sum} from './metrics.js';

/** The seconds that one point of a rate's line covers. */
const STEP = 15;

const ANSWERS = 'freshet_reader_answers_total';
const HIT = {source: 'projection', reason: 'none'};
const NARROW = matchMedia('(max-width: 719px)');

export function overviewPage(live, tokenForm) {
  const picture = h('div', {class: 'panel'});
  const cards = h('div', {class: 'cards'});
  const lag = chart('Lag of the store', [{label: 'lag', colour: 'accent'}], duration);
  const answers = chart('Answers per second',
    [{label: 'from the projection', colour: 'accent'}, {label: 'from MySQL', colour: 'warm'}], number);
  const changes = chart('Changes applied per second', [{label: 'changes', colour: 'accent'}], number);
  const views = h('div', {class: 'panel scroll', role: 'region', tabindex: '0', 'aria-labelledby': 'views'});
  const why = h('div', {class: 'panel'});
  const slow = h('div', {class: 'panel scroll', role: 'region', tabindex: '0', 'aria-labelledby': 'slow'});
  const job = h('div', {class: 'panel'});
  const ask = h('div', {});
  let narrow = null;
  const element = h('div', {},
    h('h1', {}, 'Overview'),
    ask,
    h('section', {'aria-labelledby': 'way'}, h('h2', {id: 'way'}, 'The data’s way'), picture),
    h('section', {'aria-labelledby': 'now'}, h('h2', {id: 'now'}, 'Now'), cards),
    h('section', {'aria-labelledby': 'hour'}, h('h2', {id: 'hour'}, 'The last hour'),
      h('div', {class: 'charts'}, lag.element, answers.element, changes.element)),
    h('div', {}, h('h2', {id: 'views'}, 'Views'), views),
    h('div', {}, h('h2', {id: 'slow'}, 'Slowest queries to MySQL'), slow),
    h('div', {class: 'two'},
      h('section', {'aria-labelledby': 'why'}, h('h2', {id: 'why'}, 'Why MySQL was asked'), why),
      h('section', {'aria-labelledby': 'job'}, h('h2', {id: 'job'}, 'Job'), job)));

  function update() {
    if (live.views === null && ask.childElementCount === 0) {
      ask.append(tokenForm());
    } else if (live.views !== null) {
      ask.replaceChildren();
    }
    if (live.scrape === null) {
      put(cards, h('p', {}, 'Nothing is known yet.'));
      return;
    }
    if (narrow !== NARROW.matches || picture.childElementCount === 0) {
      narrow = NARROW.matches;
    }
    put(picture, flowPicture(flow(live), narrow));
    put(cards, figures(live));
    put(views, viewTable(live));
    put(slow, slowest(live));
    put(why, reasons(live));
    put(job, jobFacts(live));
    charts();
  }

  function charts() {
    const samples = live.samples;
    if (samples.length === 0) {
      return;
    }
    const from = `Since ${clock(samples[0][0])}; a sample every few seconds.`;
    const times = samples.map(each => each[0] / 1000);
    const lags = samples.map(each => each[4]);
    const known = lags.filter(each => each !== null);
    lag.update([times, lags],
      `Now ${duration(lags[lags.length - 1])}, highest ${duration(known.length === 0 ? null : Math.max(...known))}.`, from);
    const enough = samples[samples.length - 1][0] - samples[0][0] >= 2 * STEP * 1000;
    const fromRates = enough ? from : 'The first rates come after half a minute.';
    const hits = rates(samples, each => each[2]);
    const misses = rates(samples, each => each[1] - each[2]);
    answers.update([hits.times, hits.values, misses.values],
      `Now ${number(last(hits))} from the projection and ${number(last(misses))} from MySQL.`, fromRates);
    const applied = rates(samples, each => each[3]);
    changes.update([applied.times, applied.values], `Now ${number(last(applied))}.`, fromRates);
  }

  return {
    element,
    title: 'Overview',
    update,
    close() {
      [lag, answers, changes].forEach(each => each.close());
    },
  };
}

function last(rate) {
  return rate.values.length === 0 ? null : rate.values[rate.values.length - 1];
}

/** The rates of a counter over steps; null where the counter is unknown or began again. */
export function rates(samples, count) {
  const times = [];
  const values = [];
  let begin = samples[0];
  for (const sample of samples) {
    const seconds = (sample[0] - begin[0]) / 1000;
    if (seconds >= STEP) {
      const from = count(begin);
      const to = count(sample);
      times.push(sample[0] / 1000);
      values.push(from === null || to === null || to < from ? null : (to - from) / seconds);
      begin = sample;
    }
  }
  return {times, values};
}

function flow(live) {
  const health = live.health;
  const up = part => health !== null && health[part].status === 'up';
  const lag = live.lag;
  const unknown = !live.storeAnswers || !up('postgres');
  const silent = !unknown && (Number.isNaN(lag) || lag > live.silent);
  const hits = live.rate(ANSWERS, HIT);
  const answers = live.rate(ANSWERS);
  const waiting = sum(live.scrape, 'freshet_store_backlog_rows') ?? 0;
  const dead = sum(live.scrape, 'freshet_store_changes', {outcome: 'dead'}) ?? 0;
  return {
    mysql: {title: 'MySQL', line: up('mysql') ? 'answers' : 'does not answer', kind: up('mysql') ? 'good' : 'bad'},
    job: {
      title: 'Job',
      line: unknown ? 'unknown' : silent ? 'confirms nothing' : `${number(waiting)} to retry, ${number(dead)} dead`,
      kind: unknown ? 'unknown' : silent ? 'bad' : waiting + dead > 0 ? 'wait' : 'good',
    },
    postgres: {
      title: 'Postgres',
      line: up('postgres') ? lag === null ? 'answers' : `lag ${duration(lag)}` : 'does not answer',
      kind: up('postgres') ? 'good' : 'bad',
    },
    reader: {
      title: 'Reader',
      line: health === null ? 'does not answer' : answers === null ? 'answers' : `${number(answers)} answers/s`,
      kind: health !== null && health.status === 'up' ? 'good' : 'bad',
    },
    changes: live.rate('freshet_store_changes', {outcome: 'applied'}),
    hits,
    answers,
    fallbacks: hits === null || answers === null ? null : answers - hits,
  };
}

function figures(live) {
  const scrape = live.scrape;
  const now = `at ${clock(live.reached)}`;
  const started = `since the reader’s start, ${clock(live.since)}`;
  const lag = live.lag;
  const known = live.storeAnswers;
  const away = 'unknown, because the store does not answer';
  const lags = live.samples.map(each => each[4]).filter(each => each !== null);
  const total = sum(scrape, ANSWERS) ?? 0;
  const hits = sum(scrape, ANSWERS, HIT) ?? 0;
  const recent = live.rate(ANSWERS, {}, 60);
  const recentHits = live.rate(ANSWERS, HIT, 60);
  const applied = sum(scrape, 'freshet_store_changes', {outcome: 'applied'});
  const waiting = sum(scrape, 'freshet_store_backlog_rows');
  const oldest = largest(scrape, 'freshet_store_backlog_oldest_seconds');
  const dead = sum(scrape, 'freshet_store_changes', {outcome: 'dead'});
  const invalid = sum(scrape, 'freshet_store_invalid_keys');
  const mismatched = sum(scrape, 'freshet_store_mismatched_keys');
  const verified = sum(scrape, 'freshet_store_verifications', {outcome: 'verified'});
  const age = largest(scrape, 'freshet_store_verification_age_seconds');
  return [
    card('Lag', duration(lag),
      lags.length === 0 ? 'the store has not said'
        : `p50 ${duration(quantileOf(lags, 0.5))}, p99 ${duration(quantileOf(lags, 0.99))} since ${clock(live.samples[0][0])}`),
    card('Hit ratio', total === 0 ? '–' : percent(hits / total),
      recent > 0 ? `${percent(recentHits / recent)} in the last minute; the figure is ${started}` : started),
    card('Answers', number(total), `p99 from the projection ${millis(quantile(scrape, 'freshet_reader_answer_seconds', 0.99, {source: 'projection'}))},`
      + ` from MySQL ${millis(quantile(scrape, 'freshet_reader_answer_seconds', 0.99, {source: 'mysql'}))}; ${started}`),
    card('Changes applied', number(applied), known ? 'since the job was first submitted' : away),
    card('INVALID keys', known ? number(invalid ?? 0) : '–', known ? now : away, invalid > 0 ? 'bad' : ''),
    card('Rows to retry', number(waiting), !known ? away
      : waiting > 0 ? `${now}; the oldest for ${duration(oldest * 1000)}` : now, waiting > 0 ? 'wait' : ''),
    card('Dead letters', number(dead), known ? now : away, dead > 0 ? 'bad' : ''),
    card('Keys verified', number(verified), !known ? away : verified === null
      ? 'no view was compared with MySQL; ./deploy/freshet verify does'
      : `${number(mismatched)} mismatched; last compared ${duration(age * 1000)} ago`, mismatched > 0 ? 'bad' : ''),
  ];
}

function millis(seconds) {
  return seconds === null ? '–' : seconds === Infinity ? 'above 5 s' : `≤ ${duration(seconds * 1000)}`;
}

function viewTable(live) {
  if (live.views === null) {
    return h('p', {}, 'The views are shown with a token.');
  }
  if (live.views.views.length === 0) {
    return h('p', {}, 'The token may read no view that this reader knows.');
  }
  const cell = (title, ...content) => h('td', {'data-title': title}, ...content);
  return h('table', {class: 'stacks'},
    h('thead', {}, h('tr', {}, ['View', 'State', 'Keys', 'INVALID', 'Entries', 'FRESHNESS', 'Hit ratio', 'Dead', 'Verified']
      .map(title => h('th', {scope: 'col'}, title)))),
    h('tbody', {}, live.views.views.map(view => {
      const of = {view: view.name};
      const total = sum(live.scrape, ANSWERS, of);
      const about = view.size?.estimated ? 'about ' : '';
      const least = view.size?.estimated ? 'at least ' : '';
      return h('tr', {},
        h('th', {scope: 'row'}, h('a', {href: `#/views/${encodeURIComponent(view.name)}`}, view.name),
          view.plan?.on_read ? h('span', {class: 'since'}, ' on read') : null),
        cell('State', view.problem !== null ? state('INVALID', 'not understood')
          : view.state === null ? '–' : state(view.state, view.reason)),
        cell('Keys', view.size === null ? '–' : least + number(view.size.keys)),
        cell('INVALID', live.storeAnswers ? number(sum(live.scrape, 'freshet_store_invalid_keys', of) ?? 0) : '–'),
        cell('Entries', view.size === null ? '–' : about + number(view.size.entries)),
        cell('FRESHNESS', duration(view.plan?.freshness_ms)),
        cell('Hit ratio', total === null ? '–' : percent((sum(live.scrape, ANSWERS, {...of, ...HIT}) ?? 0) / total)),
        cell('Dead', number(sum(live.scrape, 'freshet_store_changes', {...of, outcome: 'dead'}))),
        cell('Verified', number(sum(live.scrape, 'freshet_store_verifications', {...of, outcome: 'verified'}))));
    })),
    h('caption', {}, counted(live.views.views)
      + ` INVALID keys and dead rows as of ${clock(live.reached)}. Hit ratios since the reader’s start, ${clock(live.since)}.`
      + ' Verified: all comparisons of keys by verify.'));
}

function counted(views) {
  const at = views.filter(view => view.size !== null).map(view => view.size.at).sort()[0];
  return at === undefined ? 'Keys and entries are not counted yet.'
    : `Keys with entries, and entries, counted ${clock(at)} or later; “about” and “at least” are estimates.`;
}

function reasons(live) {
  const counts = new Map();
  for (const {labels, value} of all(live.scrape, ANSWERS)) {
    if (labels.source === 'mysql') {
      counts.set(labels.reason, (counts.get(labels.reason) ?? 0) + value);
    }
  }
  const stale = sum(live.scrape, ANSWERS, {reason: 'stale', source: 'projection'});
  const refused = all(live.scrape, 'freshet_reader_problems_total').filter(each => each.value > 0);
  const rows = [...counts].sort((a, b) => b[1] - a[1]);
  return [
    rows.length === 0 ? h('p', {}, 'No answer came from MySQL.')
      : h('dl', {class: 'facts'}, rows.map(([reason, count]) => [h('dt', {}, reason), h('dd', {}, number(count))])),
    stale > 0 ? h('p', {}, `${number(stale)} answers were stale, because MySQL did not answer.`) : null,
    refused.length === 0 ? null : h('h3', {}, 'Problems that callers got'),
    refused.length === 0 ? null : h('dl', {class: 'facts'}, refused.map(each =>
      [h('dt', {}, each.labels.kind), h('dd', {}, number(each.value))])),
    h('p', {class: 'since'}, `Since the reader’s start, ${clock(live.since)}.`)];
}

function slowest(live) {
  if (live.views === null) {
    return h('p', {}, 'The queries are shown with a token.');
  }
  if (live.fallbacks === null) {
    return h('p', {}, 'The queries are unknown, because the reader does not answer.');
  }
  const {since, fallbacks} = live.fallbacks;
  if (fallbacks.length === 0) {
    return h('p', {}, `This reader has sent MySQL no query for these views since ${clock(since)}.`);
  }
  const cell = (title, ...content) => h('td', {'data-title': title}, ...content);
  return h('table', {class: 'stacks'},
    h('thead', {}, h('tr', {}, ['View', 'Took', 'Sent', 'Key', 'Because', 'Entries', 'Requests']
      .map(title => h('th', {scope: 'col'}, title)))),
    h('tbody', {}, fallbacks.map(query => h('tr', {},
      h('th', {scope: 'row'}, query.view),
      cell('Took', duration(query.took_ms)),
      cell('Sent', clock(query.sent_at)),
      cell('Key', query.key === null ? 'not for this token' : Object.values(query.key).map(plain).join(' / ')),
      cell('Because', query.reason),
      cell('Entries', query.total ?? `no answer: ${query.problem ?? 'the reader failed'}`),
      cell('Requests', number(query.requests))))),
    h('caption', {}, `The queries of this reader since ${clock(since)} that took longest, comparisons included. `
      + 'Entries are those of the key; requests waited for the query’s end.'));
}

function plain(value) {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function jobFacts(live) {
  if (live.views === null) {
    return h('p', {}, 'The jobs are shown with a token.');
  }
  if (live.views.store_at === null) {
    return h('p', {}, 'Nothing is known of the jobs, because Postgres does not answer.');
  }
  return [
    live.views.jobs.length === 0 ? h('p', {}, 'No job of these views has written to the store.') : null,
    live.views.jobs.flatMap(job => [
      h('dl', {class: 'facts'},
        h('dt', {}, 'Name'), h('dd', {}, job.name),
        h('dt', {}, 'Snapshot'), h('dd', {}, snapshot(job)),
        h('dt', {}, 'Complete up to'), h('dd', {class: 'mono'}, job.version),
        h('dt', {}, 'Confirmed by MySQL as of'), h('dd', {}, job.as_of === null ? 'not yet' : clock(job.as_of)),
        live.views.views.filter(view => view.rebuild !== null && view.plan?.job === job.name).map(view =>
          [h('dt', {}, `Rebuild of ${view.name}`), h('dd', {}, rebuild(view.rebuild))])),
      ranges(job),
      flinkFacts(job)]),
    h('p', {class: 'since'}, `As the store said at ${clock(live.views.store_at)}.`)];
}

/** What Flink said about a job, or that it is not asked. */
function flinkFacts(job) {
  const flink = job.flink;
  if (flink === null) {
    return [
      h('p', {class: 'since'}, 'The reader does not ask Flink (reader.flink-url is empty); the job’s state and checkpoints are in '),
      h('pre', {class: 'command'}, './deploy/freshet status')];
  }
  if (flink.problem !== null) {
    return h('p', {class: 'outage'}, `Flink does not answer the reader: ${flink.problem}. Asked at ${clock(flink.at)}.`);
  }
  if (flink.state === null) {
    return h('p', {class: 'outage'}, `Flink has no job ${job.name}. Asked at ${clock(flink.at)}.`);
  }
  const newest = flink.checkpoint;
  return h('dl', {class: 'facts'},
    h('dt', {}, 'State in Flink'), h('dd', {}, `${flink.state} since its submission at ${clock(flink.started_at)}, as of ${clock(flink.at)}`),
    h('dt', {}, 'Restarts'), h('dd', {}, `${number(flink.restarts)} since ${clock(flink.started_at)}`),
    h('dt', {}, 'Newest checkpoint'), h('dd', {}, newest === null ? 'none yet'
      : `complete at ${clock(newest.completed_at)}, took ${duration(newest.took_ms)}, ${bytes(newest.bytes)}`),
    newest === null ? null : [h('dt', {}, 'Checkpoints'), h('dd', {},
      `${number(newest.completed)} complete, ${number(newest.failed)} failed since ${clock(flink.started_at)}`)]);
}

function bytes(count) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const unit = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  return `${number(count / 1000 ** unit)} ${units[unit]}`;
}

function groups(job, isCounted) {
  return job.ranges.filter(isCounted).reduce((count, range) => count + range.last_group - range.first_group + 1, 0);
}

/** How much of a job's first fill from the snapshot is done. */
function snapshot(job) {
  const filled = groups(job, range => range.filled);
  const all = groups(job, () => true);
  return filled === all ? 'complete: the views are filled from it'
    : `building: ${number(filled)} of ${number(all)} key groups are filled; ${reading(job.flink)}`;
}

/** How far the snapshot's reading is; the last percent is that of writing. */
function reading(flink) {
  if (flink === null || flink.rows_read === null) {
    return 'the store does not know how far reading is';
  }
  const read = `${number(flink.rows_read)} rows and changes`;
  return flink.rows_estimated === null || flink.rows_estimated === 0
    ? `${read} are read since the job’s last restart, at ${clock(flink.at)}`
    : `${percent(Math.min(0.99, flink.rows_read / flink.rows_estimated))}, ${read} of about `
      + `${number(flink.rows_estimated)} rows are read since the job’s last restart, at ${clock(flink.at)}`;
}

/** How far the rebuild of a view is; exported for the view's page. */
export function rebuild(of) {
  if (of.began_at === null) {
    return `asked for at ${clock(of.asked_at)}; the job has not begun it`;
  }
  return of.total === 0 ? `began at ${clock(of.began_at)}`
    : `${percent(Math.min(1, of.sent / of.total))}, ${number(of.sent)} of ${number(of.total)} rows since ${clock(of.began_at)}`;
}

/** What each writer of a job has reached; nothing if there is one writer, whose place the facts name. */
function ranges(job) {
  if (job.ranges.length < 2) {
    return null;
  }
  const cell = (title, ...content) => h('td', {'data-title': title}, ...content);
  return h('table', {class: 'stacks'},
    h('thead', {}, h('tr', {}, ['Key groups', 'Filled', 'Complete up to', 'Confirmed as of'].map(title =>
      h('th', {scope: 'col'}, title)))),
    h('tbody', {}, job.ranges.map(range => h('tr', {},
      h('th', {scope: 'row'}, `${range.first_group} to ${range.last_group}`),
      cell('Filled', range.filled ? 'yes' : 'building'),
      cell('Complete up to', h('span', {class: 'mono'}, range.version)),
      cell('Confirmed as of', range.as_of === null ? 'not yet' : clock(range.as_of))))),
    h('caption', {}, `The writers of ${job.name}, by key group.`));
}
