/* What of a visit is kept in the browser: in this tab for the way back, and, while the session lasts, against a power cut. */
(function () {
  'use strict';

  var KEPT = 'counter.visit';
  var LONGEST = 30 * 60 * 1000;
  var end = Date.now() + Math.min(Number(document.body.dataset.sessionLeft) || 3600, 12 * 3600) * 1000;
  /* draft.js forgets what begins so: at sign-out, when somebody else signs in, when its time is over. */
  var person = document.body.dataset.person || '';
  var DRAFT = 'motcua-draft:' + person + ':counter:';

  function read(store, key) { try { return JSON.parse(window[store].getItem(key) || 'null'); } catch (error) { return null; } }
  function write(store, key, value) { try { window[store].setItem(key, JSON.stringify(value)); } catch (error) { /* then it is not kept */ } }
  function drop(id) { try { window.localStorage.removeItem(DRAFT + id); } catch (error) { /* nothing was kept */ } }

  /* Once a visit has ended only its number stays: nothing about the person. */
  var ended = document.querySelector('[data-visit-ended]');
  if (ended) {
    drop(ended.dataset.visit);
    write('sessionStorage', KEPT, { at: Date.now(), person: person, id: ended.dataset.visitEnded, pairs: [] });
  }

  var form = document.getElementById('counter');
  if (!form) return;

  function begun() { return !form.dataset.ended && Boolean(form.elements.version_id.value || form.elements.owner_name.value); }
  function visit() {
    var pairs = Array.from(new FormData(form).entries()).filter(function (pair) {
      return typeof pair[1] === 'string' && pair[0] !== 'csrf_token' && pair[0] !== 'card';
    });
    return { at: Date.now(), until: end, person: person, id: form.elements.id.value, name: form.elements.owner_name.value, pairs: pairs };
  }

  /* ---- a power cut: what is typed is written down within a second ---- */
  var waiting = 0;
  function remember() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () { if (begun()) write('localStorage', DRAFT + form.elements.id.value, visit()); }, 600);
  }
  ['input', 'change'].forEach(function (name) { form.addEventListener(name, remember); });
  ['counter:filled', 'counter:restored'].forEach(function (name) { document.addEventListener(name, remember); });

  function unfinished() {
    var found = [];
    try {
      found = Object.keys(window.localStorage).filter(function (key) { return key.indexOf(DRAFT) === 0; })
        .map(function (key) { return read('localStorage', key); });
    } catch (error) { /* nothing is kept here */ }
    return found.filter(function (one) { return one && one.until > Date.now() && one.id !== form.elements.id.value; })
      .sort(function (a, b) { return b.at - a.at; })[0];
  }

  function offer(one) {
    var box = document.getElementById('unfinished');
    var at = new Date(one.at);
    box.querySelector('[data-unfinished]').textContent = [one.name, ('0' + at.getHours()).slice(-2) + ':' + ('0' + at.getMinutes()).slice(-2)].filter(Boolean).join(' · ');
    box.querySelector('[data-resume]').onclick = function () { resume(one); };
    box.querySelector('[data-drop]').onclick = function () {
      drop(one.id);
      box.hidden = true;
      form.querySelector('[data-procedure]').focus();
    };
    box.hidden = false;
  }

  /* What became of a visit: its code and page when it has ended, null when the server cannot say. */
  function outcome(id) {
    return fetch(form.dataset.outcome + encodeURIComponent(id), { credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .catch(function () { return null; });
  }

  var left = unfinished();
  if (left && !begun()) {
    outcome(left.id).then(function (found) {
      if (found && found.url) drop(left.id);
      else if (!begun()) offer(left);
    });
  }

  /* ---- the browser's back button: what was typed stands there again, or what became of it ---- */
  window.addEventListener('pagehide', function () {
    if (begun()) write('sessionStorage', KEPT, visit());
  });

  function cameBack(visit) {
    outcome(visit.id).then(function (found) {
      if (!found) return;
      if (found.url) tellEnded(found);
      else if (visit.pairs.length && form.elements.id.value !== visit.id) resume(visit);
    });
  }

  function tellEnded(found) {
    var notice = document.getElementById('received-already');
    var link = notice.querySelector('a');
    link.href = found.url;
    link.textContent = found.code || found.url;
    notice.hidden = false;
    form.dataset.ended = '1';
  }

  /* The server lays the page out again with everything that was typed; the visit keeps its number. */
  function resume(visit) {
    var again = document.createElement('form');
    again.method = 'post';
    again.action = form.getAttribute('action');
    var token = form.elements.csrf_token;
    var pairs = visit.pairs.concat([['action', 'refresh']], token ? [['csrf_token', token.value]] : []);
    pairs.forEach(function (pair) {
      var field = document.createElement('input');
      field.type = 'hidden';
      field.name = pair[0];
      field.value = pair[1];
      again.appendChild(field);
    });
    document.body.appendChild(again);
    HTMLFormElement.prototype.submit.call(again);
  }

  window.addEventListener('pageshow', function (event) {
    var way = window.performance.getEntriesByType('navigation')[0];
    var visit = read('sessionStorage', KEPT);
    var fresh = visit && visit.id && visit.person === person && Date.now() - visit.at < LONGEST;
    if (fresh && (event.persisted || way && way.type === 'back_forward')) cameBack(visit);
  });
})();
