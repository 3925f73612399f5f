/* The shell: search from anywhere (Ctrl-K), counts of the queues, groups of the menu. Pages work without it. */
(function () {
  'use strict';

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  /* ---- search from anywhere ---- */
  var dialog = document.getElementById('palette');
  var opener = document.getElementById('top-q');

  function plain(text) {
    return text.toLowerCase().replace(/đ/g, 'd').normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/\s+/g, ' ').trim();
  }

  function palette() {
    var box = dialog.querySelector('input');
    var list = dialog.querySelector('[role=listbox]');
    var none = dialog.querySelector('.palette-none');
    var asking, turn = 0, at = -1;

    function options() { return all(list, '[role=option]'); }

    function mark(number) {
      var rows = options();
      at = rows.length ? (number + rows.length) % rows.length : -1;
      rows.forEach(function (row, i) {
        row.id = 'palette-' + i;
        row.setAttribute('aria-selected', i === at ? 'true' : 'false');
      });
      if (at < 0) { box.removeAttribute('aria-activedescendant'); return; }
      box.setAttribute('aria-activedescendant', rows[at].id);
      rows[at].scrollIntoView({ block: 'nearest' });
    }

    /* Pages of the menu that fit: all their words, or their initials, without diacritics. */
    function pages(typed) {
      var words = plain(typed).split(' ');
      return all(document, '.side-nav a').filter(function (link) {
        var name = plain(link.querySelector('span').textContent);
        var initials = name.split(' ').map(function (word) { return word.charAt(0); }).join('');
        return initials.indexOf(words.join('')) === 0 || words.every(function (word) { return (' ' + name).indexOf(' ' + word) >= 0; });
      }).slice(0, typed.trim() ? 6 : 12);
    }

    function drawPages(typed) {
      list.replaceChildren();
      var found = pages(typed);
      if (!found.length) return;
      var heading = document.createElement('li');
      heading.setAttribute('role', 'presentation');
      heading.textContent = list.dataset.pages;
      list.appendChild(heading);
      found.forEach(function (link) {
        var row = document.createElement('li');
        row.setAttribute('role', 'option');
        row.dataset.url = link.getAttribute('href');
        row.appendChild(link.querySelector('.bi').cloneNode(true));
        row.appendChild(document.createElement('div')).textContent = link.querySelector('span').textContent;
        list.appendChild(row);
      });
    }

    function look() {
      var typed = box.value, mine = ++turn;
      window.clearTimeout(asking);
      drawPages(typed);
      mark(0);
      none.textContent = '';
      if (typed.trim().length < 2) return;
      asking = window.setTimeout(function () {
        fetch(dialog.dataset.find + '?q=' + encodeURIComponent(typed), { credentials: 'same-origin', headers: { Accept: 'text/html' } })
          .then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.text(); })
          .then(function (text) {
            if (mine !== turn) return;
            var parsed = new DOMParser().parseFromString('<ul>' + text + '</ul>', 'text/html');
            all(parsed, 'ul > li').forEach(function (row) { list.appendChild(document.adoptNode(row)); });
            var rows = options();
            mark(Math.max(at, 0));
            none.textContent = rows.length ? '' : none.dataset.none;
          })
          .catch(function () { if (mine === turn) none.textContent = none.dataset.failed; });
      }, 160);
    }

    function go(row, beside) {
      if (!row) { if (box.value.trim()) window.location.assign(dialog.dataset.all + '?q=' + encodeURIComponent(box.value.trim())); return; }
      if (beside) window.open(row.dataset.url, '_blank', 'noopener');
      else { dialog.close(); window.location.assign(row.dataset.url); }
    }

    box.addEventListener('input', look);
    box.addEventListener('keydown', function (event) {
      if (event.isComposing) return;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); mark(at + (event.key === 'ArrowDown' ? 1 : -1)); }
      else if (event.key === 'Enter') { event.preventDefault(); go(options()[at], event.ctrlKey || event.metaKey); }
    });
    list.addEventListener('click', function (event) { var row = event.target.closest('[role=option]'); if (row) go(row, event.ctrlKey || event.metaKey); });
    dialog.addEventListener('click', function (event) { if (event.target === dialog) dialog.close(); });

    return function open(typed) {
      if (dialog.open) return;
      box.value = typed || '';
      dialog.showModal();
      box.focus();
      box.setSelectionRange(box.value.length, box.value.length);
      look();
    };
  }

  if (dialog && dialog.showModal) {
    var open = palette();
    document.addEventListener('keydown', function (event) {
      if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') { event.preventDefault(); open(''); }
    });
    if (opener) {
      opener.addEventListener('click', function () { open(opener.value); });
      opener.addEventListener('keydown', function (event) {
        if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) { event.preventDefault(); open(event.key); }
      });
    }
  }

  /* ---- counts of the queues, asked for after the page is there ---- */
  var counted = all(document, '[data-count]');
  if (counted.length) {
    fetch((document.documentElement.dataset.root || '') + '/so-viec', { credentials: 'same-origin', headers: { Accept: 'application/json' } })
      .then(function (answer) { return answer.ok ? answer.json() : {}; })
      .then(function (found) {
        counted.forEach(function (place) {
          var count = found[place.dataset.count];
          if (!count) return;
          place.textContent = count;
          var mark = place.closest('[hidden]');
          if (mark) mark.hidden = false;
          place.setAttribute('title', place.dataset.words || '');
        });
      })
      .catch(function () { /* The page is whole without them. */ });
  }

  /* ---- a group of the menu that a person has opened or closed stays so ---- */
  all(document, 'details[data-group]').forEach(function (group) {
    var key = 'menu.' + group.dataset.group;
    try {
      var kept = window.localStorage.getItem(key);
      if (kept !== null && !group.querySelector('[aria-current]')) group.open = kept === '1';
    } catch (error) { return; }
    group.addEventListener('toggle', function () {
      try { window.localStorage.setItem(key, group.open ? '1' : '0'); } catch (error) { /* then it is not kept */ }
    });
  });
  var here = document.querySelector('.side-nav [aria-current]');
  if (here) here.scrollIntoView({ block: 'nearest' });
})();
