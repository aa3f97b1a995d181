import { readEntry } from './calendar-entry.js';

const pageSize = 50;
const mostRefreshed = 500;
const refreshMs = 2000;

const byId = (id) => document.getElementById(id);
const list = byId('list');
const items = byId('items');
const reader = byId('reader');
const search = byId('search');

/** Everything shown goes through text nodes: nothing of a message is ever read as markup here. */
function element(name, { className, text, ...properties } = {}, ...children) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  Object.assign(node, properties);
  node.append(...children.filter(Boolean));
  return node;
}

const icons = {
  sms: 'M3 4.5A1.5 1.5 0 0 1 4.5 3h11A1.5 1.5 0 0 1 17 4.5v8a1.5 1.5 0 0 1-1.5 1.5H9l-4 3.2V14h-.5A1.5 1.5 0 0 1 3 12.500z',
  email: 'M2.500 5.500h15v9.500h-15zM2.800 6l7.200 5.500L17.200 6',
};

function icon(channel) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', channel === 'sms' ? 'SMS' : 'Email');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', icons[channel]);
  svg.append(path);
  return element('span', { className: 'avatar' }, svg);
}

const words = { delivered: 'Delivered', failed: 'Failed', waiting: 'Waiting', silent: 'No report' };
const chip = (outcome, text = words[outcome]) => element('span', { className: `chip ${outcome}`, text });

const clockTime = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat([], { weekday: 'long', day: 'numeric', month: 'long' });
const entryMonth = new Intl.DateTimeFormat([], { month: 'short' });
const entryTime = new Intl.DateTimeFormat([], {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});
const shortDay = new Intl.DateTimeFormat([], { day: 'numeric', month: 'short' });

function time(at) {
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  return element('time', {
    className: 'when',
    dateTime: at,
    title: date.toLocaleString(),
    text: today ? clockTime.format(date) : shortDay.format(date),
  });
}

const recipientsOf = (send) => [...send.to, ...send.cc, ...send.bcc];

/** Why it failed or is silent, in the provider's words. */
function reasonOf(send) {
  if (send.outcome === 'silent') return send.final.map(({ details }) => details).join(' ');
  if (send.outcome !== 'failed') return '';
  return Object.values(send.reported)
    .filter(({ good }) => !good)
    .map(({ status, details }) => (status === 'Failed' || details === '' ? details || status : `${status}: ${details}`))
    .join(' ');
}

/** Web addresses become links that open elsewhere; everything else stays text. */
function linked(text) {
  return text
    .split(/(https:\/\/[^\s<>"]+)/)
    .map((part, index) =>
      index % 2 === 1 ? element('a', { href: part, text: part, target: '_blank', rel: 'noopener noreferrer' }) : part,
    );
}

async function fetchJson(path) {
  const response = await fetch(path, { cache: 'no-store' });
  if (!response.ok) throw Object.assign(new Error(`${path}: ${response.status}`), { status: response.status });
  return response.json();
}

// The list

const filters = { search: '', channel: '', outcome: '' };
const rows = new Map();
let more = false;
let unseen = 0;

function listQuery(extra) {
  const query = new URLSearchParams({ order: 'desc', ...extra });
  for (const [name, value] of Object.entries(filters)) if (value) query.set(name, value);
  return `/control/sends?${query}`;
}

function fillRow(row, send) {
  const subject = send.channel === 'email' ? send.subject : send.body;
  const recipients = recipientsOf(send);
  row.send = send;
  row.button.replaceChildren(
    icon(send.channel),
    element('span', {
      className: 'who',
      text: recipients[0] + (recipients.length > 1 ? ` +${recipients.length - 1}` : ''),
    }),
    time(send.at),
    element('span', { className: 'snippet', text: subject }),
    chip(send.outcome),
  );
}

function rowOf(send) {
  const button = element('button', { className: 'item', type: 'button' });
  button.addEventListener('click', () => {
    location.hash = String(send.seq);
  });
  const row = { button, node: element('li', {}, button), send, shape: '' };
  return row;
}

/** Updates in place and adds at the top, so that neither focus nor scroll position is lost. */
function showList(sends) {
  const edge = list.getBoundingClientRect().top;
  const anchor = [...items.children].find((node) => node.getBoundingClientRect().bottom > edge);
  const anchorTop = anchor?.getBoundingClientRect().top;
  const newest = Math.max(0, ...rows.keys());
  let added = 0;
  for (const send of sends) {
    let row = rows.get(send.seq);
    const shape = JSON.stringify([send.outcome, send.reported]);
    if (row?.shape === shape) continue;
    if (!row) {
      row = rowOf(send);
      const older = [...items.children].find((node) => Number(node.dataset.seq) < send.seq);
      row.node.dataset.seq = String(send.seq);
      items.insertBefore(row.node, older ?? null);
      rows.set(send.seq, row);
      if (newest > 0 && send.seq > newest) added += 1;
    }
    row.shape = shape;
    fillRow(row, send);
  }
  if (list.scrollTop > 40 && anchor) {
    unseen += added;
    showNewer();
    list.scrollTop += anchor.getBoundingClientRect().top - anchorTop;
  }
  mark();
  const searching = Object.values(filters).some(Boolean);
  byId('empty').hidden = rows.size > 0;
  byId('empty').textContent = searching
    ? 'No message fits the search.'
    : 'Nothing was sent yet. Messages appear here as soon as the provider takes them.';
  byId('older').hidden = !more;
}

/** Rows of the stretch that was read which are not in it any more: they do not fit the filter now, or all was reset. */
function dropOthers(page) {
  const wanted = new Set(page.items.map(({ seq }) => seq));
  const oldest = page.more ? Math.min(...wanted) : 0;
  for (const [seq, row] of rows) {
    if (wanted.has(seq) || seq < oldest) continue;
    row.node.remove();
    rows.delete(seq);
  }
}

function showNewer() {
  byId('newer').hidden = unseen === 0;
  byId('newer').textContent = `↑ ${unseen} new`;
}

let asked = 0;

/** Reads what is on show again, from the top. A slower answer to an older question is dropped. */
async function refresh() {
  asked += 1;
  const mine = asked;
  try {
    const limit = Math.min(Math.max(rows.size, pageSize), mostRefreshed);
    const [page, summary] = await Promise.all([fetchJson(listQuery({ limit })), fetchJson('/control/summary')]);
    byId('away').hidden = true;
    if (mine !== asked) return;
    if (rows.size <= limit) more = page.more;
    showCounts(summary.sends);
    dropOthers(page);
    showList(page.items);
    await showReader();
  } catch {
    byId('away').hidden = false;
  }
}

function showCounts({ total, byOutcome }) {
  const count = (outcome) => (byOutcome[outcome] ?? 0).toLocaleString();
  byId('counts').textContent =
    total === 0
      ? 'Nothing sent yet'
      : `${total.toLocaleString()} sent · ${count('delivered')} delivered · ${count('failed')} failed · ${count('waiting')} waiting`;
}

async function showOlder() {
  const before = Math.min(...rows.keys());
  const page = await fetchJson(listQuery({ limit: pageSize, before }));
  more = page.more;
  showList(page.items);
}

function mark() {
  for (const [seq, { button }] of rows) button.setAttribute('aria-current', String(seq === chosen()));
}

// The reader

const chosen = () => Number(location.hash.slice(1));
let onShow = '';
let view = 'html';

function head(title, under, outcome) {
  const back = element('button', { className: 'back', type: 'button', text: '‹ Back' });
  back.addEventListener('click', () => {
    location.hash = '';
  });
  return element(
    'header',
    { className: 'head' },
    back,
    element('div', {}, element('h2', { text: title }), element('p', { text: under })),
    outcome && chip(outcome),
  );
}

function rowsOf(pairs) {
  const node = element('dl', { className: 'rows' });
  for (const [name, ...values] of pairs) node.append(element('dt', { text: name }), element('dd', {}, ...values));
  return node;
}

function details({ send, reports }) {
  const told = reports.map(({ status, to, state, dueAt, attempts }) => {
    const last = attempts.at(-1);
    const push = last ? `, push ${attempts.length} answered ${last.status ?? last.error}` : '';
    return element('div', { text: `${clockTime.format(new Date(dueAt))} ${status} for ${to}: ${state}${push}` });
  });
  const node = element('details', { className: 'more' }, element('summary', { text: 'Ids and reports' }));
  node.append(
    rowsOf([
      ['Message id', send.messageId],
      ['Attempt id', send.attemptId ?? 'none'],
      ['Tag', send.tag ?? 'none'],
      ['Accepted', send.at],
      ['Reports', ...(told.length > 0 ? told : ['none'])],
    ]),
  );
  return node;
}

function bubble(send, isChosen) {
  const reason = reasonOf(send);
  return element(
    'article',
    { className: `bubble ${send.outcome}${isChosen ? ' chosen' : ''}` },
    element('p', { className: 'text' }, ...linked(send.body)),
    element(
      'div',
      { className: 'under' },
      time(send.at),
      element('span', { text: `from ${send.from}` }),
      chip(send.outcome),
      reason && element('span', { className: send.outcome === 'failed' ? 'reason' : '', text: reason }),
    ),
  );
}

function replyBubble({ at, message, to }) {
  return element(
    'article',
    { className: 'bubble reply' },
    element('p', { className: 'text', text: message }),
    element('div', { className: 'under' }, time(at), element('span', { text: `to ${to}` })),
  );
}

function showPhone(message, sends, replies) {
  const { send } = message;
  const chat = element('div', { className: 'chat' });
  let lastDay = '';
  const all = [...sends, ...replies].sort((a, b) => (a.at < b.at ? -1 : 1));
  for (const one of all) {
    const today = day.format(new Date(one.at));
    if (today !== lastDay) chat.append(element('div', { className: 'day', text: today }));
    lastDay = today;
    chat.append('message' in one ? replyBubble(one) : bubble(one, one.seq === send.seq));
  }
  const count = `${sends.length} ${sends.length === 1 ? 'message' : 'messages'} to this phone`;
  reader.replaceChildren(head(send.to[0], count), chat, details(message));
}

function mailBody({ send, mail }) {
  if (view === 'html' && send.hasHtml) {
    const frame = element('iframe', {
      title: 'Mail',
      src: `/control/sends/${send.seq}/mail`,
      referrerPolicy: 'no-referrer',
    });
    frame.setAttribute('sandbox', '');
    return frame;
  }
  if (view === 'source')
    return element('pre', { className: 'plain', text: mail.content.html ?? 'This mail has no HTML.' });
  return element('pre', { className: 'plain', text: send.body || 'This mail has no plain text.' });
}

function viewChoice(message, body) {
  const choice = element('fieldset', { className: 'views' }, element('legend', { className: 'unseen', text: 'View' }));
  const views = { html: 'Mail', text: 'Plain text', source: 'HTML source' };
  for (const [value, label] of Object.entries(views)) {
    const input = element('input', { type: 'radio', name: 'view', value, checked: value === view });
    input.addEventListener('change', () => {
      view = value;
      body.current.replaceWith((body.current = mailBody(message)));
    });
    choice.append(element('label', {}, input, element('span', { text: label })));
  }
  return choice;
}

function mailRecipients(send, addresses) {
  return addresses.map((address) => {
    const report = send.reported[address];
    const fate = send.final.find(({ to }) => to === address);
    const outcome = report ? (report.good ? 'delivered' : 'failed') : fate?.planned ? 'waiting' : 'silent';
    const reason = report && !report.good ? report.details : report ? '' : fate?.planned ? '' : fate?.details;
    return element(
      'div',
      {},
      element('span', { text: address }),
      chip(outcome, report?.status ?? words[outcome]),
      reason && element('div', { className: outcome === 'failed' ? 'reason' : '', text: reason }),
    );
  });
}

const entryWords = { REQUEST: 'Calendar entry', CANCEL: 'Taken out of the calendar' };

/** As a calendar would show it; undefined when it is none. */
function calendarEntry({ contentType, contentInBase64 }) {
  if (!/^text\/calendar\b/i.test(contentType)) return undefined;
  const bytes = Uint8Array.from(atob(contentInBase64), (character) => character.charCodeAt(0));
  const entry = readEntry(new TextDecoder().decode(bytes));
  if (!entry) return undefined;
  const { method, title, start, end, place, notes, sequence } = entry;
  const isCancelled = method === 'CANCEL';
  return element(
    'section',
    { className: `entry${isCancelled ? ' cancelled' : ''}` },
    element(
      'div',
      { className: 'sheet' },
      element('span', { text: start ? entryMonth.format(start) : '' }),
      element('strong', { text: start ? String(start.getDate()) : '?' }),
    ),
    element(
      'div',
      {},
      element('p', { className: 'kind', text: `${entryWords[method] ?? method} · version ${sequence}` }),
      element('h4', { text: title }),
      element('p', { text: start && end ? entryTime.formatRange(start, end) : '' }),
      place && element('p', { text: place }),
      notes && element('p', { className: 'notes' }, ...linked(notes)),
    ),
  );
}

function showMail(message) {
  const { send, mail } = message;
  const body = { current: mailBody(message) };
  const people = [
    ['From', send.from],
    ['To', ...mailRecipients(send, send.to)],
    ['Cc', ...mailRecipients(send, send.cc)],
    ['Bcc', ...mailRecipients(send, send.bcc)],
    ['Reply to', mail.replyTo.map(({ address }) => address).join(', ')],
  ].filter(([, first]) => first);
  const entries = mail.attachments.map(calendarEntry).filter(Boolean);
  const files = mail.attachments.map(({ name, contentType }) => element('li', { text: `${name} · ${contentType}` }));
  reader.replaceChildren(
    head(recipientsOf(send)[0], new Date(send.at).toLocaleString(), send.outcome),
    element(
      'article',
      { className: 'mail' },
      element('h3', { text: send.subject }),
      rowsOf(people),
      files.length > 0 && element('ul', { className: 'files' }, ...files),
      ...entries,
      viewChoice(message, body),
      body.current,
      details(message),
    ),
  );
}

/** Shows the chosen message; what has not changed is left alone, so that nothing jumps while one reads. */
async function showReader() {
  const seq = chosen();
  document.body.classList.toggle('reading', seq > 0);
  if (!seq) return;
  const { mail, reports, ...send } = await fetchJson(`/control/sends/${seq}`).catch((error) => {
    if (error.status === 404) return { missing: true };
    throw error;
  });
  if (send.missing) {
    reader.replaceChildren(
      head('No such message', ''),
      element('p', { className: 'empty', text: 'It is not in the outbox, or not any more.' }),
    );
    return;
  }
  const message = { send, mail, reports };
  const recipient = encodeURIComponent(send.to[0] ?? '');
  const thread =
    send.channel === 'sms'
      ? await Promise.all([
          fetchJson(`/control/sends?channel=sms&recipient=${recipient}`),
          fetchJson(`/control/inbound-sms?from=${recipient}`),
        ])
      : [];
  const shape = JSON.stringify([send, reports, thread]);
  if (seq !== chosen() || shape === onShow) return;
  const another = reader.dataset.seq !== String(seq);
  const opened = reader.querySelector('details')?.open ?? false;
  const top = reader.scrollTop;
  onShow = shape;
  reader.dataset.seq = String(seq);
  if (another) view = 'html';
  if (send.channel === 'sms') showPhone(message, thread[0].items, thread[1].items);
  else showMail(message);
  reader.querySelector('details').open = opened && !another;
  if (!another) reader.scrollTop = top;
  else if (send.channel === 'sms') reader.querySelector('.chosen')?.scrollIntoView({ block: 'nearest' });
  else reader.scrollTop = 0;
}

// Wiring

function readAddress() {
  const query = new URLSearchParams(location.search);
  for (const name of Object.keys(filters)) filters[name] = query.get(name) ?? '';
  search.value = filters.search;
  for (const name of ['channel', 'outcome']) {
    for (const input of document.getElementsByName(name)) input.checked = input.value === filters[name];
  }
}

function filterBy(name, value) {
  filters[name] = value;
  const query = new URLSearchParams(Object.entries(filters).filter(([, given]) => given));
  history.replaceState(null, '', `${query.size > 0 ? `?${query}` : location.pathname}${location.hash}`);
  rows.clear();
  items.replaceChildren();
  unseen = 0;
  void refresh();
}

let typing;
search.addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(() => filterBy('search', search.value.trim()), 200);
});
for (const id of ['channels', 'outcomes']) {
  byId(id).addEventListener('change', ({ target }) => filterBy(target.name, target.value));
}
byId('older').addEventListener('click', () => void showOlder());
byId('newer').addEventListener('click', () => list.scrollTo({ top: 0, behavior: 'smooth' }));
list.addEventListener('scroll', () => {
  if (list.scrollTop > 40 || unseen === 0) return;
  unseen = 0;
  showNewer();
});
addEventListener('hashchange', () => {
  mark();
  if (!chosen()) delete reader.dataset.seq;
  onShow = '';
  void refresh();
});

readAddress();
await refresh();
setInterval(() => {
  if (!document.hidden) void refresh();
}, refreshMs);
