/* The procedure designer: properties that do not fit a kind are hidden, rows are moved and opened by keys, names are
   put into conditions, the form is tried beside its fields. Without this file everything is done by links and buttons. */
(function () {
  'use strict';

  var page = document.querySelector('[data-designer]');
  if (!page) return;

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  /* ---- the form: what belongs to the kind that is chosen ---- */
  var form = page.querySelector('[data-part-form]');
  var kind = form && (form.elements.kind || form.elements.act);

  function fits(holder) {
    return !kind || !holder.dataset.kinds || holder.dataset.kinds.split(' ').indexOf(kind.value) >= 0;
  }

  /* What is wrong stays in sight, whatever the kind. */
  function arrange() {
    all(form, '.part-field').forEach(function (holder) { holder.hidden = !fits(holder) && !holder.querySelector('.has-error'); });
    all(form, '.part-group').forEach(function (group) { group.hidden = !group.querySelector('.part-field:not([hidden])'); });
  }

  function show(field) {
    for (var fold = field.closest('details'); fold; fold = fold.parentNode.closest('details')) fold.open = true;
  }

  /* A finding leads to its field, also where that stands in a folded group. */
  function reach() {
    var name = window.location.hash.slice(1);
    var field = name && form && document.getElementById(name);
    if (!field || !form.contains(field)) return;
    show(field);
    (field.tomselect || field).focus();
    field.scrollIntoView({ block: 'center' });
  }

  var wide = window.matchMedia('(min-width: 1100px)').matches;

  if (form) {
    all(form, '.field-error').forEach(show);
    if (kind) kind.addEventListener('change', arrange);
    arrange();
    reach();
    window.addEventListener('hashchange', reach);
  }

  /* ---- names are put in where the caret stands ---- */
  function put(field, text) {
    var start = field.selectionStart, end = field.selectionEnd;
    var before = field.value.slice(0, start), after = field.value.slice(end);
    var left = before && !/[\s(]$/.test(before) ? ' ' : '';
    var right = after && !/^[\s)]/.test(after) ? ' ' : '';
    field.setRangeText(left + text + right, start, end, 'end');
    field.dispatchEvent(new Event('input', { bubbles: true }));
    field.focus();
  }

  page.addEventListener('click', function (event) {
    var piece = event.target.closest('[data-insert]');
    var help = piece && piece.closest('[data-into]');
    if (help) put(document.getElementById(help.dataset.into), piece.dataset.insert);
  });

  /* ---- rows by keys ---- */
  var list = page.querySelector('[data-rows]');
  var links = list ? all(list, '.part-name') : [];

  function press(row, what) {
    var button = row.querySelector(':scope > .part-line [data-do="' + what + '"]');
    if (button && !button.disabled) button.click();
  }

  function beside(link, by) {
    var next = links[links.indexOf(link) + by];
    if (next) next.focus();
  }

  function onRow(event, row) {
    var up = event.key === 'ArrowUp', down = event.key === 'ArrowDown';
    if (!up && !down && event.key !== 'Delete') return false;
    if (event.key === 'Delete') press(row, 'xoa');
    else if (event.altKey) press(row, up ? 'len' : 'xuong');
    else beside(row.querySelector('.part-name'), up ? -1 : 1);
    return true;
  }

  /* An input method may hide the letter; the key on the keyboard is still known. */
  function isLetter(event, letter) {
    return event.key.toLowerCase() === letter || ((event.key === 'Process' || event.key === 'Unidentified') && event.code === 'Key' + letter.toUpperCase());
  }

  /* The form stays in sight beside a long list; so does the row it is of. */
  var open = list && wide && list.querySelector('.part-open > .part-line');
  if (open) open.scrollIntoView({ block: 'nearest' });

  if (list) {
    list.addEventListener('keydown', function (event) {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || document.querySelector('dialog[open]')) return;
      var row = event.target.closest('[data-row]');
      var add = list.querySelector('[data-add]');
      var done = row && onRow(event, row);
      if (!done && !event.altKey && add && isLetter(event, 'n')) { add.click(); done = true; }
      if (!done && !row && event.key === 'ArrowDown' && links[0]) { links[0].focus(); done = true; }
      if (done) event.preventDefault();
    });
  }

  /* Escape leaves the form for its list; a form with something typed asks before. */
  if (form) {
    form.addEventListener('keydown', function (event) {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open], .flatpickr-calendar.open, .ts-wrapper.dropdown-active')) return;
      var back = form.querySelector('.form-bar a');
      if (back) { event.preventDefault(); back.click(); }
    });
  }

  /* ---- the form on trial: what depends on an answer follows it ---- */
  var turn = 0;

  function tryOut(trial) {
    var mine = ++turn;
    fetch(trial.action, { method: 'POST', body: new FormData(trial), credentials: 'same-origin', headers: { Accept: 'text/html' } })
      .then(function (answer) { if (!answer.ok || answer.redirected) throw new Error(String(answer.status)); return answer.text(); })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-preview]');
        var now = document.querySelector('[data-preview]');
        if (mine !== turn || !fresh || !now) return;
        var here = document.activeElement && now.contains(document.activeElement) ? document.activeElement.id : '';
        now.replaceWith(document.adoptNode(fresh));
        document.dispatchEvent(new Event('htmx:afterSwap'));
        var again = here && document.getElementById(here);
        if (again) again.focus();
      }).catch(function () { /* the button does the same */ });
  }

  page.addEventListener('change', function (event) {
    var trial = event.target.closest('[data-preview]');
    if (trial) tryOut(trial);
  });
  page.addEventListener('submit', function (event) {
    var trial = event.target.closest('[data-preview]');
    if (!trial) return;
    event.preventDefault();
    tryOut(trial);
  });
  /* On a narrow screen the tabs scroll: the present one is in sight. */
  var tab = page.querySelector('.designer-tabs [aria-current]');
  if (tab) tab.closest('ul').scrollLeft = tab.offsetLeft - 48;
  page.dataset.ready = '1';
})();
