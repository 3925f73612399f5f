/* Esc takes back the last change of the intake page, several times: a value, a tick, a choice, a card that was read. */
(function () {
  'use strict';
  var form = document.getElementById('counter');
  if (!form) return;
  var MOST = 30, LEFT_OUT = /^(csrf_token|card|id|visit|action)$/;
  var steps = [];
  var settled = snapshot();
  var says = document.getElementById('scan-says');

  function snapshot() {
    return Array.from(new FormData(form).entries()).filter(function (pair) { return typeof pair[1] === 'string' && !LEFT_OUT.test(pair[0]); });
  }
  function key(pairs) { return JSON.stringify(pairs); }

  /* Before a change counts as one, what was there is put on the pile. */
  function settle() {
    var now = snapshot();
    if (key(now) === key(settled)) return;
    steps.push(settled);
    if (steps.length > MOST) steps.shift();
    settled = now;
  }

  form.addEventListener('change', settle, true);
  document.addEventListener('counter:before', settle);
  /* What the server filled in belongs to the change that asked for it. */
  document.addEventListener('counter:filled', function (event) {
    var now = snapshot();
    if (event.detail && key(now) !== key(settled) && key(settled) !== key(steps[steps.length - 1] || [])) steps.push(settled);
    settled = now;
  });

  function put(pairs) {
    var wanted = {};
    pairs.forEach(function (pair) { (wanted[pair[0]] = wanted[pair[0]] || []).push(pair[1]); });
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!field.name || LEFT_OUT.test(field.name) || field.type === 'submit' || field.type === 'button') return;
      var values = wanted[field.name] || [];
      if (field.type === 'checkbox') field.checked = values.indexOf(field.value) >= 0;
      else if (field.tomselect) field.tomselect.setValue(values.length ? values[0] : '', true);
      else field.value = values.length ? values[0] : '';
    });
  }

  function undo() {
    var now = snapshot();
    var before = key(now) !== key(settled) ? settled : steps.pop();
    if (!before) { says.textContent = says.dataset.nothing; return; }
    put(before);
    settled = before;
    says.textContent = says.dataset.undone;
    document.dispatchEvent(new CustomEvent('counter:restored', { detail: before }));
  }

  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
    if (document.querySelector('dialog[open]')) return;
    event.preventDefault();
    undo();
  });
  document.addEventListener('counter:undo', undo);
})();
