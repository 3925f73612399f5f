/* Drafts: what is typed into a form with data-draft is kept in this browser for its person,
   no longer than the session of that moment lasts. It is offered back by a button, forgotten when the form was sent, at sign-out, and when somebody else signs in.
   Passwords, files, tokens and hidden fields are never kept. */
(function () {
  'use strict';

  var PREFIX = 'motcua-draft:';
  var person = document.body.dataset.person || '';
  var texts = JSON.parse(document.body.dataset.texts || '{}');
  var store;
  try { store = window.localStorage; store.getItem(PREFIX); } catch (error) { return; }

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }
  function keys() { return Object.keys(store).filter(function (key) { return key.indexOf(PREFIX) === 0; }); }
  function forget(wanted) { keys().filter(wanted || function () { return true; }).forEach(function (key) { store.removeItem(key); }); }
  function read(key) { try { return JSON.parse(store.getItem(key)); } catch (error) { return null; } }
  function keyOf(form) { return PREFIX + person + ':' + (form.dataset.draft || window.location.pathname); }

  document.addEventListener('click', function (event) {
    if (event.target.closest('a[href^="/logout"]')) forget();
  });
  document.addEventListener('submit', function (event) {
    if (/\/logout/.test(event.target.action || '')) forget();
  });
  function outlived(key) { return !((read(key) || {}).until > Date.now()); }
  forget(outlived);
  if (!person) return;

  /* What was typed may be about citizens: it leaves this browser when the session ends, also where the page stays open. */
  var end = Date.now() + Math.min(Number(document.body.dataset.sessionLeft) || 3600, 12 * 3600) * 1000;
  window.setTimeout(forget, end - Date.now(), outlived);
  forget(function (key) { return key.indexOf(PREFIX + person + ':') !== 0; });

  function kept(field) {
    return field.name && !field.disabled && !field.closest('[data-no-draft]') &&
      ['hidden', 'password', 'file', 'submit', 'button', 'reset', 'image'].indexOf(field.type) < 0;
  }

  function values(form) {
    return all(form, 'input, select, textarea').filter(kept).map(function (field) {
      if (field.type === 'checkbox' || field.type === 'radio') return [field.name, field.value, field.checked ? 1 : 0];
      if (field.tagName !== 'SELECT') return [field.name, field.value];
      var chosen = all(field, 'option').filter(function (option) { return option.selected; });
      return [field.name, chosen.map(function (option) { return [option.value, option.textContent]; })];
    });
  }

  function put(field, saved) {
    if (saved.length === 3) field.checked = saved[2] === 1;
    else if (field.tagName !== 'SELECT') field.value = saved[1];
    else choose(field, saved[1]);
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  function choose(field, chosen) {
    chosen.forEach(function (pair) {
      var known = all(field, 'option').some(function (option) { return option.value === pair[0]; });
      if (!known) field.add(new Option(pair[1], pair[0]));
      if (field.tomselect) field.tomselect.addOption({ value: pair[0], text: pair[1] });
    });
    var ids = chosen.map(function (pair) { return pair[0]; });
    if (field.tomselect) field.tomselect.setValue(field.multiple ? ids : ids[0] || '');
    else all(field, 'option').forEach(function (option) { option.selected = ids.indexOf(option.value) >= 0; });
  }

  /* Fields of one name are told apart by their place; boxes and radio buttons by their value. */
  function restore(form, saved) {
    var fields = all(form, 'input, select, textarea').filter(kept);
    saved.forEach(function (one) {
      var at = fields.findIndex(function (field) { return field.name === one[0] && (one.length < 3 || field.value === one[1]); });
      if (at >= 0) put(fields.splice(at, 1)[0], one);
    });
  }

  function offer(form, draft, drop) {
    var box = document.createElement('div');
    box.className = 'alert alert-info draft-offer';
    box.setAttribute('role', 'status');
    var words = document.createElement('span');
    var moment = new Date(draft.at);
    var time = ('0' + moment.getHours()).slice(-2) + ':' + ('0' + moment.getMinutes()).slice(-2);
    words.textContent = (texts.draft || '').replace('{time}', time) + ' ';
    box.appendChild(words);
    [[texts.draft_restore, 'btn-primary', function () { restore(form, draft.values); }], [texts.draft_drop, 'btn-outline-secondary', drop]].forEach(function (act) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'btn btn-sm ' + act[1];
      button.textContent = act[0] || '';
      button.addEventListener('click', function () {
        act[2]();
        box.remove();
        var first = all(form, 'input, select, textarea').filter(kept)[0];
        if (first) (first.tomselect || first).focus();
      });
      box.appendChild(button);
      box.appendChild(document.createTextNode(' '));
    });
    form.insertBefore(box, form.firstChild);
    var fold = form.closest('details');
    if (fold) fold.open = true;
  }

  function watch(form) {
    var key = keyOf(form), waiting = 0, empty = JSON.stringify(values(form)), draft = read(key);
    function drop() { store.removeItem(key); }
    function keep(sent) {
      window.clearTimeout(waiting);
      var now = values(form);
      if (Date.now() >= end) return;
      if (JSON.stringify(now) === empty && form.dataset.dirty !== 'now') return;
      try { store.setItem(key, JSON.stringify({ at: Date.now(), until: end, values: now, sent: sent ? 1 : 0 })); } catch (error) { /* full: no draft */ }
    }
    if (form.dataset.dirty === 'now') keep(false);
    else if (draft && JSON.stringify(draft.values) !== empty) offer(form, draft, drop);
    form.addEventListener('input', function () {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(keep, 600, false);
    });
    form.addEventListener('submit', function (event) { if (!event.defaultPrevented) keep(true); });
    window.addEventListener('pagehide', function () { if (waiting && form.dataset.sending !== '1') keep(false); });
  }

  /* A form that was sent is done only when a page says so; after a failure its draft is still there. */
  if (document.querySelector('.notice.alert-success:not([hidden]), [data-done]')) forget(function (key) { return (read(key) || {}).sent === 1; });
  /* After the pickers and the calendars of the page stand in their places. */
  function start() {
    all(document, 'form[data-draft]').forEach(function (form) {
      if (form.dataset.drafting) return;
      form.dataset.drafting = '1';
      watch(form);
    });
  }
  start();
  ['htmx:afterSwap', 'htmx:after:swap'].forEach(function (name) { document.addEventListener(name, start); });
})();
