/* The return desk by keyboard and scanner. Everything here also works without a script, by the buttons of the form. */
(function () {
  'use strict';
  var find = (document.documentElement.dataset.root || '') + '/tra-ket-qua';
  var says = document.getElementById('scan-says');
  function form() { return document.getElementById('hand-over'); }
  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  /* ---- what a scanner read ---- */
  document.addEventListener('counter:slip', function (event) {
    window.location.assign(find + '?quet=1&q=' + encodeURIComponent(event.detail));
  });

  /* The server reads the card and says whose it is; the form comes back filled in, with everything typed. */
  document.addEventListener('counter:card', function (event) {
    var here = form();
    if (!here) { if (says) says.textContent = says.dataset.ready; return; }
    var data = new FormData(here);
    data.set('action', 'card');
    data.set('card', event.detail);
    fetch(here.getAttribute('action'), { method: 'POST', body: data, credentials: 'same-origin', headers: { Accept: 'text/html' } })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        var fresh = new DOMParser().parseFromString(text, 'text/html').getElementById('hand-over');
        if (!fresh) { window.location.reload(); return; }
        before = here.cloneNode(true);
        here.replaceWith(document.adoptNode(fresh));
        document.dispatchEvent(new CustomEvent('htmx:afterSwap'));
        var target = form().querySelector('[aria-invalid=true], [data-focus]') || form().querySelector('[data-key=F9]');
        target.focus();
      })
      .catch(function () { here.elements.card.value = event.detail; });
  });

  /* ---- keys ---- */
  var before = null;
  function finish() {
    var button = form() && form().querySelector('[data-key=F9]');
    if (!button || form().dataset.sent) return;
    form().requestSubmit(button);
  }
  function undo() {
    if (!form()) return;
    if (before) { form().replaceWith(before); before = null; } else form().reset();
    var card = form().elements.card;
    card.focus();
  }
  var KEYS = { F2: function () { window.location.assign(find); }, F9: finish, Esc: undo };

  document.addEventListener('keydown', function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    var name = event.key === 'Escape' ? 'Esc' : event.key;
    if (event.key === 'Enter') { step(event); return; }
    if (!KEYS[name] || name === 'Esc' && event.target.closest('dialog, [role=listbox]')) return;
    event.preventDefault();
    if (!event.repeat) KEYS[name]();
  });

  /* Enter goes on to the next field and never hands over by surprise; a card typed into its field is read. */
  function step(event) {
    var field = event.target;
    if (!form() || !form().contains(field) || /^(BUTTON|A|SUMMARY|TEXTAREA)$/.test(field.tagName)) return;
    event.preventDefault();
    if (field.name === 'card' && field.value.trim()) {
      document.dispatchEvent(new CustomEvent('counter:card', { detail: field.value.trim() }));
      return;
    }
    var fields = all(form(), 'input, select, button').filter(function (one) { return one.type !== 'hidden' && one.tabIndex >= 0 && one.offsetParent; });
    var next = fields[fields.indexOf(field) + 1];
    if (next) next.focus();
  }

  document.addEventListener('click', function (event) {
    var key = event.target.closest('[data-press]');
    if (key && KEYS[key.dataset.press]) KEYS[key.dataset.press]();
  });
})();
