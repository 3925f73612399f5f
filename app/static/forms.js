/* Forms: Ctrl+S and F9 save a generated form; further rows of a list; a form that leads on by itself; the end of the
   session told in time. */
(function () {
  'use strict';

  var texts = JSON.parse(document.body.dataset.texts || '{}');

  document.addEventListener('keydown', function (event) {
    var save = event.key === 'F9' || ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 's');
    var form = document.querySelector('form.model-form');
    if (!save || !form || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    if (document.activeElement && document.activeElement.blur) document.activeElement.blur();
    form.requestSubmit();
  });

  /* A further row for a paper, without asking the server; without this file the same button does. */
  document.addEventListener('click', function (event) {
    var more = event.target.closest('.lacks button[name=more]');
    var rows = more ? more.closest('.lacks').querySelectorAll('.lack') : [];
    if (!rows.length) return;
    event.preventDefault();
    var last = rows[rows.length - 1];
    var row = last.cloneNode(true);
    Array.prototype.slice.call(row.querySelectorAll('input, select')).forEach(function (field) {
      if (field.tagName === 'SELECT') field.selectedIndex = 0;
      else field.value = '';
    });
    row.setAttribute('aria-label', row.getAttribute('aria-label').replace(/\d+/, rows.length + 1));
    row.querySelector('.lack-no').textContent = rows.length + 1;
    last.after(row);
    row.querySelector('input').focus();
  });

  /* What was chosen, in words of ours. */
  document.addEventListener('change', function (event) {
    var face = event.target.type === 'file' && event.target.nextElementSibling;
    var names = face && face.querySelector('[data-file-names]');
    if (!names) return;
    names.textContent = Array.prototype.map.call(event.target.files, function (file) { return file.name; }).join(', ') || names.dataset.fileNames;
  });

  var leading = document.querySelector('form[data-auto]');
  if (leading) leading.requestSubmit();

  /* Five minutes before the session ends, whoever has a form before them is told. */
  var left = Number(document.body.dataset.sessionLeft || 0);
  var main = document.getElementById('main');
  if (!left || !main || !document.querySelector('main form[method="post"]')) return;
  window.setTimeout(function () {
    var box = document.createElement('div');
    box.className = 'alert alert-warning';
    box.setAttribute('role', 'alert');
    box.textContent = texts.session_ends || '';
    main.insertBefore(box, main.firstChild);
  }, Math.max(0, left - 300) * 1000);
})();
