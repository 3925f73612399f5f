/* The officer's desk: rows by keys, a pane beside the list, the form of an act over it. Without this file the same
   is done by links and buttons. Keys do nothing while somebody types. */
(function () {
  'use strict';

  var desk = document.querySelector('[data-desk]');
  if (!desk) return;
  var mode = desk.dataset.desk;
  var act = document.getElementById('desk-act');
  var keys = document.getElementById('desk-keys');
  var pane = document.getElementById('desk-pane');
  var root = document.documentElement.dataset.root || '';
  var place = 'desk:' + window.location.pathname + window.location.search;
  var rows = all(desk, '[data-row]');
  var at = -1;

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  function keep(storage, name, value) { try { window[storage].setItem(name, value); } catch (error) { /* then it is not kept */ } }

  function kept(storage, name) { try { return window[storage].getItem(name); } catch (error) { return null; } }

  /* A fragment of the page; a session that has ended leads to the sign-in page and back. */
  function fragment(url, signal) {
    return fetch(url, { credentials: 'same-origin', headers: { Accept: 'text/html' }, signal: signal }).then(function (answer) {
      if (answer.redirected) { window.location.reload(); throw new Error('redirected'); }
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    });
  }

  function parsed(text) { return new DOMParser().parseFromString(text, 'text/html'); }

  function fill(place, text) {
    place.replaceChildren();
    Array.prototype.slice.call(parsed(text).body.childNodes).forEach(function (node) { place.appendChild(document.adoptNode(node)); });
    document.dispatchEvent(new Event('htmx:afterSwap'));
  }

  function failed(place) {
    var words = document.createElement('p');
    words.className = 'empty';
    words.setAttribute('role', 'alert');
    words.textContent = desk.dataset.failed || '';
    place.replaceChildren(words);
  }

  /* ---- the current row ---- */
  function link(row) { return row.querySelector('th a, a[data-open]'); }

  function go(number, focus) {
    if (!rows.length) return;
    if (number < 0 || number >= rows.length) { turn(number < 0 ? 'prev' : 'next'); return; }
    rows.forEach(function (row, i) { if (i === number) row.setAttribute('aria-current', 'true'); else row.removeAttribute('aria-current'); });
    at = number;
    keep('sessionStorage', place, rows[at].dataset.row + ' ' + at);
    if (focus) {
      link(rows[at]).focus({ preventScroll: true });
      rows[at].scrollIntoView({ block: 'nearest' });
    }
    look();
  }

  /* Beyond the last row is the next page. */
  function turn(way) {
    var other = document.querySelector('.pager a[rel=' + way + ']');
    if (!other) return;
    keep('sessionStorage', 'desk:turn', way);
    window.location.assign(other.href);
  }

  function start() {
    var way = kept('sessionStorage', 'desk:turn');
    keep('sessionStorage', 'desk:turn', '');
    if (way) { go(way === 'prev' ? rows.length - 1 : 0, true); return; }
    var was = (kept('sessionStorage', place) || '').split(' ');
    var same = rows.findIndex(function (row) { return row.dataset.row === was[0]; });
    var found = same >= 0 ? same : Math.min(Number(was[1]) || 0, rows.length - 1);
    go(Math.max(0, found), was[0] !== '' && document.activeElement === document.body);
  }

  /* ---- the pane beside the list ---- */
  var wide = window.matchMedia('(min-width: 1200px)');
  var button = document.querySelector('[data-desk-pane]');
  var body = document.querySelector('.desk-body');
  var seen = {}, waiting, asking;

  function shows() { return Boolean(pane) && mode === 'work' && wide.matches && rows.length > 0 && kept('localStorage', 'desk.pane') !== '0'; }

  function arrange() {
    if (!pane || !body) return;
    pane.hidden = !shows();
    body.classList.toggle('with-pane', shows());
    if (button) button.setAttribute('aria-pressed', shows() ? 'true' : 'false');
  }

  function toggle() {
    keep('localStorage', 'desk.pane', shows() ? '0' : '1');
    arrange();
    look();
  }

  function look() {
    if (!shows() || at < 0) return;
    var step = rows[at].dataset.row;
    window.clearTimeout(waiting);
    if (asking) asking.abort();
    if (seen[step]) { fill(pane, seen[step]); pane.scrollTop = 0; return; }
    pane.setAttribute('aria-busy', 'true');
    waiting = window.setTimeout(function () {
      asking = new AbortController();
      fragment(root + '/viec/xem/' + step, asking.signal).then(function (text) {
        seen[step] = text;
        fill(pane, text);
        pane.scrollTop = 0;
        pane.removeAttribute('aria-busy');
      }).catch(function (error) { if (error.name !== 'AbortError') { failed(pane); pane.removeAttribute('aria-busy'); } });
    }, 160);
  }

  /* ---- the form of an act over the list ---- */
  function open(slug) {
    if (at < 0 || !act || act.open) return;
    var row = rows[at];
    act.dataset.page = link(row).href;
    act.replaceChildren();
    act.setAttribute('aria-busy', 'true');
    act.showModal();
    fragment(root + '/viec/xem/' + row.dataset.row + '/' + slug).then(function (text) { fill(act, text); first(); })
      .catch(function () { failed(act); })
      .then(function () { act.removeAttribute('aria-busy'); });
  }

  function first() {
    var field = act.querySelector('form[method=post] :is(input:not([type=hidden]), select, textarea), form[method=post] button, .dialog-foot a');
    if (field) (field.tomselect || field).focus();
  }

  function send(form, submitter) {
    if (form.dataset.sending) return;
    form.dataset.sending = '1';
    var data = new FormData(form);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    act.setAttribute('aria-busy', 'true');
    fetch(form.action, { method: 'POST', body: data, credentials: 'same-origin', redirect: 'manual', headers: { 'HX-Request': 'true' } }).then(function (answer) {
      var to = answer.headers.get('HX-Redirect');
      /* The session has ended: the form is kept and comes back after signing in. */
      if (/^\/(login|bieu-mau-giu-lai)\//.test(to)) { window.location.assign(to); return null; }
      if (to) { window.location.reload(); return null; }
      return answer.text().then(function (text) { again(form, text); });
    }).catch(function () { window.location.assign(act.dataset.page); });
  }

  /* The same form as the page of the dossier shows it again: with what is wrong, and all that was typed. */
  function again(form, text) {
    act.removeAttribute('aria-busy');
    var answer = parsed(text);
    var path = form.getAttribute('action');
    var fresh = all(answer, 'form').find(function (one) { return one.getAttribute('action') === path; });
    if (!fresh) { HTMLFormElement.prototype.submit.call(form); return; }
    var summary = fresh.parentNode.querySelector('.error-summary');
    var holder = act.querySelector('[data-act-body]');
    holder.replaceChildren();
    if (summary) holder.appendChild(document.adoptNode(summary));
    holder.appendChild(document.adoptNode(fresh));
    document.dispatchEvent(new Event('htmx:afterSwap'));
    if (!summary) first();
  }

  if (act) {
    act.addEventListener('submit', function (event) {
      var form = event.target;
      if (form.getAttribute('method') !== 'post' || event.defaultPrevented) return;
      event.preventDefault();
      send(form, event.submitter);
    });
    act.addEventListener('close', function () { act.replaceChildren(); if (at >= 0) link(rows[at]).focus({ preventScroll: true }); });
    act.addEventListener('click', function (event) { if (event.target === act) act.close(); });
  }

  /* ---- pointer ---- */
  desk.addEventListener('click', function (event) {
    var opener = event.target.closest('[data-act]');
    var row = event.target.closest('[data-row]');
    if (row && mode === 'work') go(rows.indexOf(row), false);
    if (mode === 'sign' && row && event.target.closest('a[data-open]') && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      bring(rows.indexOf(row));
      return;
    }
    if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); open(opener.dataset.act); return; }
    if (!row || mode !== 'work' || event.target.closest('a, button, input, label, summary') || String(window.getSelection())) return;
    if (shows()) link(row).focus({ preventScroll: true });
    else window.location.assign(link(row).href);
  });
  desk.addEventListener('dblclick', function (event) {
    var row = event.target.closest('[data-row]');
    if (row && mode === 'work' && !event.target.closest('a, button, input, label')) window.location.assign(link(row).href);
  });
  desk.addEventListener('focusin', function (event) {
    var row = event.target.closest('[data-row]');
    if (row && mode === 'work' && rows.indexOf(row) !== at) go(rows.indexOf(row), false);
  });

  /* ---- keys ---- */
  function picked() { return all(desk, 'input[name=rowid]:checked').length > 0; }

  function press(name, selector) {
    var found = document.querySelector(selector || 'button[name=act][value=' + name + ']');
    if (found) { found.form.requestSubmit(found); return true; }
    return false;
  }

  function pick() {
    var row = document.activeElement.closest('[data-row]') || rows[at];
    var box = row && row.querySelector('input[name=rowid]');
    if (box) box.click();
  }

  function reach(selector) {
    var field = document.querySelector(selector + ' :is(textarea, input:not([type=hidden]), select), ' + selector + ' button');
    if (!field) return;
    field.focus();
    field.scrollIntoView({ block: 'nearest' });
  }

  /* The next paper beside the list: opened and shown, the others closed. */
  function sheet() {
    var found = all(document, '.sheet');
    if (!found.length) return;
    var next = (found.findIndex(function (one) { return one.open; }) + 1) % found.length;
    found.forEach(function (one, i) { one.open = i === next; });
    found[next].scrollIntoView({ block: 'nearest' });
    found[next].querySelector('summary').focus();
  }

  /* The paper over the whole width, without the list. */
  function widen() {
    var on = desk.classList.toggle('wide');
    keep('localStorage', 'desk.sign', on ? '1' : '0');
  }

  /* In the list of signatures the row that is gone to is the paper that is read: it is brought here, and what is
     pressed meanwhile waits for it. */
  var coming = null, bringing;

  function step(way) {
    if (mode !== 'sign') { go(at + way, true); return; }
    if (rows[at + way]) bring(at + way);
    else turn(way < 0 ? 'prev' : 'next');
  }

  function bring(number) {
    go(number, true);
    var old = document.querySelector('.sign-paper');
    var address = link(rows[number]).href;
    if (bringing) bringing.abort();
    bringing = new AbortController();
    if (old) old.inert = true;
    var mine = fragment(address, bringing.signal).then(function (text) {
      var fresh = parsed(text).querySelector('.sign-paper');
      if (!fresh || !old) { window.location.assign(address); return; }
      document.querySelector('.sign-paper').replaceWith(document.adoptNode(fresh));
      document.dispatchEvent(new Event('htmx:afterSwap'));
      window.history.replaceState(null, '', address);
      window.scrollTo(0, 0);
      if (coming === mine) coming = null;
    }).catch(function (error) { if (error.name !== 'AbortError') window.location.assign(address); });
    coming = mine;
  }

  function shown(then) { if (coming) coming.then(then); else then(); }

  var common = {
    j: function () { step(1); },
    k: function () { step(-1); },
    x: pick,
    '?': function () { if (keys) keys.showModal(); }
  };
  var work = {
    enter: function () { if (at >= 0) window.location.assign(link(rows[at]).href); },
    a: function () { if (picked()) press('assign'); else open('phan-cong'); },
    s: function () { open('yeu-cau-bo-sung'); },
    t: function () { if (picked()) press('forward'); else open('chuyen'); },
    p: toggle,
    '/': function () { var q = document.getElementById('work-q'); if (q) { q.focus(); q.select(); } }
  };
  var sign = {
    y: function () { if (picked()) press('sign_many', '[data-sign-many]'); else shown(function () { reach('[data-sign]'); }); },
    g: function () { shown(function () { var back = document.querySelector('details[data-back]'); if (back) { back.open = true; reach('[data-back]'); } }); },
    n: function () { shown(sheet); },
    z: widen
  };

  function typing(target) {
    return target.closest && target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], .ts-wrapper');
  }

  /* An input method may hide the letter; the key on the keyboard is still known. */
  function letter(event) {
    if (event.key === 'Process' || event.key === 'Unidentified') return (event.code || '').replace(/^Key/, '').toLowerCase();
    return event.key.toLowerCase();
  }

  function done() {
    if (act && act.open) { var form = act.querySelector('form[method=post]'); if (form) form.requestSubmit(form.querySelector('.act-bar button')); return; }
    if (mode === 'confirm') { var go = desk.querySelector('button[type=submit]'); if (go) desk.requestSubmit(go); return; }
    if (mode === 'sign') shown(signs);
  }

  function signs() {
    var here = document.activeElement && document.activeElement.closest('form[method=post][data-act-form]');
    var target = here || document.querySelector('[data-sign]');
    if (picked() && !here) press('sign_many', '[data-sign-many]');
    else if (target) target.requestSubmit(target.querySelector('button[type=submit]'));
  }

  document.addEventListener('keydown', function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing && event.key !== 'Process') return;
    if (event.key === 'F9') { event.preventDefault(); if (!document.querySelector('#confirm-dialog[open]')) done(); return; }
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      if (mode === 'confirm') { var back = desk.querySelector('.form-bar a'); if (back) window.location.assign(back.href); }
      else if (typing(event.target) && at >= 0) link(rows[at]).focus();
      return;
    }
    if (mode === 'confirm' || typing(event.target)) return;
    var inRow = event.target.closest('[data-row]');
    var name = letter(event);
    if (name === ' ') { if (inRow && event.target.type !== 'checkbox') { event.preventDefault(); pick(); } return; }
    if (inRow && (name === 'arrowdown' || name === 'arrowup')) name = name === 'arrowdown' ? 'j' : 'k';
    if (name === 'enter' && event.target.closest('a, button, summary, input')) return;
    var what = common[name] || (mode === 'sign' ? sign : work)[name];
    if (!what || (event.shiftKey && name !== '?')) return;
    event.preventDefault();
    what();
  });

  if (keys) all(document, '[data-desk-keys]').forEach(function (one) { one.addEventListener('click', function () { keys.showModal(); }); });
  if (button) button.addEventListener('click', toggle);
  if (wide.addEventListener) wide.addEventListener('change', function () { arrange(); look(); });
  arrange();
  if (rows.length && mode !== 'confirm') {
    if (mode === 'sign' && kept('localStorage', 'desk.sign') === '1') desk.classList.add('wide');
    if (mode === 'sign') go(Math.max(0, rows.findIndex(function (row) { return row.hasAttribute('aria-current'); })), false);
    else start();
  }
  desk.dataset.ready = '1';
})();
