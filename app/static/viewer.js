/* Papers beside the form: one page at a time as a picture, as wide as it is shown; turned, enlarged, leafed by keys.
   Nothing of it is kept on the server; this tab remembers which page was open. */
(function () {
  'use strict';

  var view = document.querySelector('[data-viewer]');
  var list = view && view.querySelector('select');
  if (!list) return;
  var root = document.querySelector('[data-dossier]');
  var box = view.querySelector('[data-box]');
  var tools = view.querySelector('[data-tools]');
  var say = view.querySelector('[data-say]'), broken = view.querySelector('[data-broken]');
  var WIDTHS = [700, 1000, 1400, 2000], ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3], FIT = 2;
  var place = 'xem:' + root.dataset.dossier;
  var page = Number(view.dataset.page) || 1, turned = Number(view.dataset.turn) || 0, zoom = FIT, asking = 0, opener = null;
  var picture = document.createElement('img');
  picture.hidden = true;
  box.appendChild(picture);

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  function sheet() { var one = list.selectedOptions[0]; return one && one.value ? one : null; }

  function pages() { var one = sheet(); return Number(one && one.dataset.pages) || 0; }

  function address(number) {
    var wanted = Math.max(300, box.clientWidth - 24) * ZOOMS[zoom] * (window.devicePixelRatio || 1) * 0.9;
    var width = WIDTHS.find(function (one) { return one >= wanted; }) || WIDTHS[WIDTHS.length - 1];
    return sheet().dataset.url + '/trang/' + number + '?w=' + width + '&q=' + turned;
  }

  function words(text) { view.querySelector('[data-at]').textContent = text; }

  /* The picture is asked for first, so that a page that cannot be drawn is told in words. */
  function draw() {
    var mine = ++asking, one = sheet();
    if (!one) return;
    tools.hidden = false;
    say.hidden = true;
    all(view, '[data-file]').forEach(function (link) { link.href = one.dataset.url; });
    words(view.dataset.loading);
    box.setAttribute('aria-busy', 'true');
    var url = address(page);
    fetch(url, { credentials: 'same-origin', redirect: 'manual' }).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      if (answer.headers.get('X-Pages')) one.dataset.pages = answer.headers.get('X-Pages');
      return answer.blob();
    }).then(function () {
      if (mine !== asking) return;
      picture.onload = function () { if (mine === asking) { fitted(); ahead(); } };
      picture.src = url;
      picture.alt = one.textContent + ' – ' + page;
      picture.hidden = false;
      told(true);
    }).catch(function () { if (mine === asking) { picture.hidden = true; told(false); } });
    keep(one.value);
  }

  function told(well) {
    broken.hidden = well;
    box.removeAttribute('aria-busy');
    words(view.dataset.words.replace('{page}', page).replace('{pages}', pages() || '…'));
    if (well) box.scrollTop = 0;
  }

  function fitted() {
    picture.style.width = ZOOMS[zoom] * 100 + '%';
    view.querySelector('[data-zoom]').textContent = ZOOMS[zoom] * 100 + ' %';
  }

  /* The next page comes while this one is read, where the line is not a poor one. */
  function ahead() {
    var line = navigator.connection || {}, mine = asking;
    if (line.saveData || /2g|3g/.test(line.effectiveType || '')) return;
    window.setTimeout(function () { if (mine === asking && page < pages()) new Image().src = address(page + 1); }, 900);
  }

  function keep(id) {
    try { window.sessionStorage.setItem(place, [id, page, turned].join(' ')); } catch (error) { /* then it is not kept */ }
  }

  function leaf(way) {
    if (!sheet()) { other(way); return; }
    if (page + way < 1) { other(-1, true); return; }
    if (pages() && page + way > pages()) { other(1); return; }
    page += way;
    draw();
  }

  function other(way, last) {
    var options = all(list, 'option').filter(function (one) { return one.value; });
    var next = options[options.indexOf(sheet()) + way];
    if (!next) return;
    list.value = next.value;
    turned = 0;
    page = last ? pages() || 1 : 1;
    draw();
  }

  function scale(way) {
    zoom = way === 0 ? FIT : Math.max(0, Math.min(ZOOMS.length - 1, zoom + way));
    fitted();
    if (sheet()) { var before = box.scrollTop / Math.max(1, box.scrollHeight); picture.src = address(page); box.scrollTop = before * box.scrollHeight; }
  }

  function rotate(by) { turned = (turned + by + 360) % 360; draw(); }

  /* Over the whole width; on a narrow screen over the whole page, which then waits behind it. */
  var narrow = window.matchMedia('(max-width: 1099.98px)');

  function behind() {
    var main = document.getElementById('main');
    return [document.body, main, root].reduce(function (found, place) {
      return found.concat(Array.prototype.filter.call(place.children, function (one) { return !one.contains(view) && !/^(DIALOG|SCRIPT)$/.test(one.tagName); }));
    }, []);
  }

  function wide(on) {
    var over = narrow.matches;
    if (on) opener = document.activeElement;
    root.classList.toggle('wide', on && !over);
    root.classList.toggle('over', on && over);
    behind().forEach(function (one) { one.inert = on && over; });
    document.body.classList.toggle('viewer-over', on && over);
    var button = view.querySelector('[data-go=wide]');
    if (button) button.setAttribute('aria-pressed', on ? 'true' : 'false');
    if (on) box.focus({ preventScroll: true });
    else if (opener) opener.focus({ preventScroll: true });
    if (sheet()) draw();
  }

  function isWide() { return root.classList.contains('wide') || root.classList.contains('over'); }

  document.addEventListener('dossier:narrow', function () { opener = null; wide(false); });
  narrow.addEventListener('change', function () { if (isWide()) wide(false); });

  /* A scan of the list, or the button of the narrow screen. */
  document.addEventListener('click', function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    var link = event.target.closest('[data-view], [data-view-open]');
    if (!link) return;
    event.preventDefault();
    if (link.dataset.view) { list.value = link.dataset.view; page = 1; turned = 0; }
    if (narrow.matches) wide(true); else { draw(); box.focus({ preventScroll: true }); }
  });

  var acts = {
    back: function () { leaf(-1); }, on: function () { leaf(1); },
    before: function () { other(-1); }, after: function () { other(1); },
    smaller: function () { scale(-1); }, larger: function () { scale(1); }, fit: function () { scale(0); },
    turn: function () { rotate(90); }, wide: function () { wide(!isWide()); }
  };

  view.addEventListener('click', function (event) {
    var button = event.target.closest('[data-go]');
    if (!button || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    acts[button.dataset.go]();
  });
  list.addEventListener('change', function () { page = 1; turned = 0; draw(); });

  var keys = {
    ArrowLeft: 'back', ArrowRight: 'on', K: 'back', J: 'on', B: 'before', N: 'after',
    '-': 'smaller', '+': 'larger', '=': 'larger', 0: 'fit', R: 'turn', Z: 'wide'
  };

  document.addEventListener('keydown', function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.isComposing && event.key !== 'Process') return;
    if (event.altKey) { beside(event); return; }
    if (document.querySelector('dialog[open], details[data-menu][open]')) return;
    if (event.key === 'Escape' && isWide()) { wide(false); return; }
    if (event.target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], .ts-wrapper')) return;
    if (/^Arrow/.test(event.key) && (event.target.type === 'radio' || event.target === box && box.scrollWidth > box.clientWidth + 1)) return;
    var name = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (name === 'Process' || name === 'Unidentified') name = (event.code || '').replace(/^Key|^Digit/, '');
    if (name === 'R' && event.shiftKey) { event.preventDefault(); rotate(-90); return; }
    if (name === 'O' && sheet()) { event.preventDefault(); window.open(sheet().dataset.url, '_blank', 'noopener'); return; }
    if (event.shiftKey && name !== '+') return;
    if (!keys[name]) return;
    event.preventDefault();
    acts[keys[name]]();
  });

  /* While one types beside it: the same letters with Alt. */
  function beside(event) {
    var name = /^Key[JKBN]$/.test(event.code) ? keys[event.code.slice(3)] : '';
    if (!name || document.querySelector('dialog[open]')) return;
    event.preventDefault();
    acts[name]();
  }

  /* Asked for only once it is in sight; the page that was open before an act comes back. */
  function start() {
    var kept = [];
    try { kept = (window.sessionStorage.getItem(place) || '').split(' '); } catch (error) { /* nothing kept */ }
    var asked = new URLSearchParams(window.location.search).has('xem');
    if (!asked && kept[0] && all(list, 'option').some(function (one) { return one.value === kept[0]; })) {
      list.value = kept[0];
      page = Number(kept[1]) || 1;
      turned = Number(kept[2]) || 0;
    }
    if (sheet()) draw();
    view.dataset.ready = '1';
  }

  if (!window.IntersectionObserver) { start(); return; }
  var seen = new IntersectionObserver(function (found) {
    if (found.some(function (one) { return one.isIntersecting; })) { seen.disconnect(); start(); }
  });
  seen.observe(view);
})();
