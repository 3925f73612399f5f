/* Columns change places without a new page; the order is sent with the form. Without this file each press is sent. */
(function () {
  'use strict';

  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-columns] button[name=up], [data-columns] button[name=down]');
    if (!button) return;
    event.preventDefault();
    var row = button.closest('li');
    var other = button.name === 'up' ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    if (button.name === 'up') row.parentNode.insertBefore(row, other);
    else row.parentNode.insertBefore(other, row);
    /* The first has no way up, the last none down: the focus stays with the column. */
    var rest = button.name === 'up' ? row.previousElementSibling : row.nextElementSibling;
    (rest ? button : row.querySelector(button.name === 'up' ? '[name=down]' : '[name=up]')).focus();
  });

  /* Rows that come anew while a menu is open (a search that was still under way) leave it open: what is
     typed or ticked there stays, what it would send is that of the new rows. */
  var open, focused;

  function remember() {
    open = document.querySelector('[data-views] details[open]');
    focused = open && open.contains(document.activeElement) ? document.activeElement : null;
  }

  function restore() {
    var old = open;
    open = null;
    if (!old || old.isConnected) return;
    var fresh = document.querySelector('[data-views] [data-part="' + old.dataset.part + '"]');
    if (!fresh) return;
    if (!old.querySelector('form[data-kept]')) { fresh.open = true; return; }
    fresh.querySelectorAll('input[type=hidden]').forEach(function (field) {
      var same = old.querySelector('input[type=hidden][name="' + field.name + '"]');
      if (same && field.name !== 'cot') same.value = field.value;
    });
    fresh.replaceWith(old);
    if (focused) focused.focus();
  }

  ['htmx:beforeSwap', 'htmx:before:swap'].forEach(function (name) { document.addEventListener(name, remember); });
  ['htmx:afterSwap', 'htmx:after:swap'].forEach(function (name) { document.addEventListener(name, restore); });

  /* The arrow keys lead through a menu. */
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    var menu = event.target.closest('[data-views] details[open]');
    if (!menu || event.target.matches('input:not([type=checkbox])')) return;
    var stops = Array.prototype.slice.call(menu.querySelectorAll('summary, .views-links a, .views-links button, input[type=checkbox]:not(:disabled)'));
    var at = stops.indexOf(event.target);
    var next = stops[at + (event.key === 'ArrowDown' ? 1 : -1)];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  });
})();
