/* The editor of printed papers: line numbers, lines that are wrong, values put in by a click. Without this file the text
   is written and tried just the same, by the buttons of the form. */
(function () {
  'use strict';

  var form = document.querySelector('[data-editor]');
  var body = form && form.elements.body;
  if (!body) return;
  var lines = form.querySelector('[data-lines]'), preview = document.getElementById('preview');
  var filter = document.getElementById('word-filter');

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  /* ---- line numbers ---- */
  var count = 0;

  function number() {
    var wanted = body.value.split('\n').length;
    while (count < wanted) {
      var one = document.createElement('span');
      one.textContent = String(++count);
      lines.appendChild(one);
    }
    while (count > wanted) { lines.removeChild(lines.lastChild); count -= 1; }
    follow();
  }

  function follow() { lines.scrollTop = body.scrollTop; }

  /* ---- lines that are wrong ---- */
  function wrong() {
    return all(preview, '[data-line]').map(function (link) { return Number(link.dataset.line); }).filter(Boolean);
  }

  function mark() {
    var found = wrong();
    all(lines, 'span').forEach(function (one, place) {
      one.classList.toggle('line-wrong', found.indexOf(place + 1) >= 0);
    });
    if (found.length) body.setAttribute('aria-invalid', 'true');
    else body.removeAttribute('aria-invalid');
  }

  function go(line) {
    var before = body.value.split('\n').slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    var end = body.value.indexOf('\n', before);
    body.focus();
    body.setSelectionRange(before, end < 0 ? body.value.length : end);
    body.scrollTop = (line - 4) * (body.scrollHeight / Math.max(count, 1));
  }

  preview.addEventListener('click', function (event) {
    var link = event.target.closest('[data-line]');
    if (!link) return;
    event.preventDefault();
    go(Number(link.dataset.line) || 1);
  });
  document.body.addEventListener('htmx:afterSwap', function (event) {
    if (preview.contains(event.target)) mark();
  });

  /* ---- putting in ---- */
  function put(text) {
    var start = body.selectionStart, gap = text.indexOf('…');
    body.setRangeText(text, start, body.selectionEnd, 'end');
    body.focus();
    if (gap >= 0) body.setSelectionRange(start + gap, start + gap + 1);
    body.dispatchEvent(new Event('input', { bubbles: true }));
  }

  form.addEventListener('click', function (event) {
    var button = event.target.closest('[data-insert]');
    if (button && !body.readOnly) put(button.dataset.insert);
  });

  /* Tab goes on to the next field as everywhere; a text that swallowed it would be a trap. */
  body.addEventListener('keydown', function (event) {
    if (event.ctrlKey && event.key === ']' && !body.readOnly) {
      event.preventDefault();
      put('  ');
    } else if (event.key === 'Escape') {
      form.querySelector('[data-try]').focus();
    }
  });

  /* ---- finding in the list ---- */
  function folded(text) { return text.toLowerCase().normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/đ/g, 'd'); }

  if (filter) {
    filter.addEventListener('input', function (event) {
      var wanted = folded(filter.value.trim());
      event.stopPropagation();
      all(form, '.template-words details').forEach(function (group) {
        var hits = 0;
        all(group, 'li').forEach(function (one) {
          one.hidden = wanted !== '' && folded(one.textContent).indexOf(wanted) < 0;
          if (!one.hidden) hits += 1;
        });
        group.hidden = hits === 0;
        if (wanted) group.open = hits > 0;
      });
    });
    filter.addEventListener('keydown', function (event) { if (event.key === 'Enter') event.preventDefault(); });
  }

  form.querySelector('[data-try]').addEventListener('click', function (event) {
    if (!window.htmx) return;
    event.preventDefault();
    window.htmx.trigger(body, 'input');
  });

  body.addEventListener('input', number);
  body.addEventListener('scroll', follow);
  number();
  mark();
})();
