/* The page of a dossier: forms of acts open in place, parts as tabs, the timeline narrowed, everything by keys.
   Without this file the same is done by links; keys do nothing while somebody types. */
(function () {
  'use strict';

  var root = document.querySelector('[data-dossier]');
  if (!root) return;
  var panels = root.querySelector('[data-panels]');
  var head = document.querySelector('[data-head]');
  var more = document.querySelector('[data-more]');
  var keys = document.getElementById('dossier-keys');
  var first = document.querySelector('[data-first]');
  var busy = false, dirty = false;

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  function measure() { document.documentElement.style.setProperty('--head', head.offsetHeight + 'px'); }

  if (window.ResizeObserver) new ResizeObserver(measure).observe(head);
  measure();

  /* ---- the form of an act, in its place ---- */
  function open() { return panels.querySelector('[data-panel]:not([hidden])'); }

  /* What is wrong is where one goes on typing; a refusal without a field is read in its summary. */
  function field(panel) {
    var wrong = all(panel, '[aria-invalid=true]').find(function (one) { return one.offsetParent; });
    return wrong || panel.querySelector('.error-summary, form :is(input:not([type=hidden]), select:not(.tomselected), textarea, .ts-control input), form button');
  }

  function show(panel) {
    all(panels, '[data-panel]').forEach(function (one) { one.hidden = one !== panel; });
    if (root.classList.contains('wide') || root.classList.contains('over')) document.dispatchEvent(new Event('dossier:narrow'));
    var place = field(panel);
    if (place) place.focus({ preventScroll: true });
    var box = panel.getBoundingClientRect();
    if (box.top < head.getBoundingClientRect().bottom || box.bottom > window.innerHeight) panel.scrollIntoView({ block: 'start' });
    mark();
  }

  function mark() {
    var now = open();
    all(document, '[data-act]').forEach(function (link) {
      if (now && link.dataset.act === now.dataset.panel) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    });
  }

  function close(back) {
    var panel = open();
    if (!panel) return;
    panel.hidden = true;
    mark();
    (back || first || (more && more.querySelector('summary')) || root).focus({ preventScroll: true });
  }

  function put(text, old) {
    var fresh = new DOMParser().parseFromString(text, 'text/html').querySelector('[data-panel]');
    if (!fresh) return null;
    fresh = document.adoptNode(fresh);
    if (old) old.replaceWith(fresh); else panels.appendChild(fresh);
    document.dispatchEvent(new Event('htmx:afterSwap'));
    return fresh;
  }

  function ask(url, more) {
    return fetch(url, Object.assign({ credentials: 'same-origin', redirect: 'manual', headers: { Accept: 'text/html', 'HX-Request': 'true' } }, more));
  }

  function bring(slug, url) {
    var known = panels.querySelector('[data-panel="' + slug + '"]');
    if (known) { show(known); return; }
    if (busy) return;
    busy = true;
    panels.setAttribute('aria-busy', 'true');
    ask(url.split('#')[0]).then(function (answer) { if (!answer.ok) throw new Error(String(answer.status)); return answer.text(); })
      .then(function (text) { var fresh = put(text); if (!fresh) throw new Error('nothing'); show(fresh); })
      .catch(function () { window.location.assign(url); })
      .then(function () { busy = false; panels.removeAttribute('aria-busy'); });
  }

  /* Sent in place: done leads on, refused comes back with what was typed; anything else goes the long way. */
  function send(form, submitter) {
    if (busy) return;
    busy = true;
    var panel = form.closest('[data-panel]'), data = new FormData(form);
    if (submitter && submitter.name) data.append(submitter.name, submitter.value);
    if (submitter) submitter.setAttribute('aria-disabled', 'true');
    panel.setAttribute('aria-busy', 'true');
    ask(form.action, { method: 'POST', body: data }).then(function (answer) {
      var to = answer.headers.get('HX-Redirect');
      if (to) { dirty = false; window.location.assign(to); return; }
      return answer.text().then(function (text) {
        var files = all(form, 'input[type=file]');
        var fresh = put(text, panel);
        if (!fresh) throw new Error(String(answer.status));
        keepFiles(files, fresh);
        busy = false;
        show(fresh);
      });
    }).catch(function () { dirty = false; busy = false; form.submit(); });
  }

  /* A file that was chosen stays chosen in the form that comes back, unless it is what was wrong. */
  function keepFiles(files, panel) {
    files.forEach(function (old) {
      var place = panel.querySelector('input[type=file][name="' + old.name + '"]');
      if (!place || !old.files.length || place.getAttribute('aria-invalid') || place.hasAttribute('data-data-file')) return;  /* the server keeps those */
      try { place.files = old.files; place.dispatchEvent(new Event('change', { bubbles: true })); } catch (error) { /* then it is chosen again */ }
    });
  }

  panels.addEventListener('submit', function (event) {
    if (event.defaultPrevented || event.target.target === '_blank') return;
    event.preventDefault();
    send(event.target, event.submitter);
  });
  panels.addEventListener('input', function () { dirty = true; });
  window.addEventListener('beforeunload', function (event) { if (dirty && open()) { event.preventDefault(); event.returnValue = ''; } });

  document.addEventListener('click', function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    var link = event.target.closest('[data-act]');
    if (link) {
      event.preventDefault();
      if (more) more.open = false;
      bring(link.dataset.act, link.href);
      return;
    }
    if (event.target.closest('[data-close]')) { event.preventDefault(); close(); }
  });

  /* ---- parts as tabs; the address says which ---- */
  var parts = all(root, '[data-part]');
  var tabs = all(root, '[data-tabs] a');

  function turn(id, focus) {
    var part = parts.find(function (one) { return one.id === id; });
    if (!part) return false;
    parts.forEach(function (one) { one.classList.toggle('on', one === part); });
    tabs.forEach(function (tab) {
      var mine = tab.getAttribute('href') === '#' + id;
      if (mine) tab.setAttribute('aria-current', 'true'); else tab.removeAttribute('aria-current');
      if (mine && focus) tab.focus({ preventScroll: true });
    });
    return true;
  }

  function choose(id, focus) {
    if (turn(id, focus)) window.history.replaceState(null, '', window.location.pathname + window.location.search + '#' + id);
  }

  tabs.forEach(function (tab) {
    tab.addEventListener('click', function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      choose(tab.getAttribute('href').slice(1), true);
    });
  });
  function follow() {
    var id = window.location.hash.slice(1);
    if (turn(id)) return;
    var link = document.querySelector('[data-act="' + (window.CSS ? CSS.escape(id) : '') + '"]');
    if (link && !open()) bring(id, link.href);
  }
  window.addEventListener('hashchange', follow);

  /* ---- the timeline, narrowed without asking again ---- */
  var days = root.querySelector('[data-days]');
  all(root, '[data-kinds] a').forEach(function (chip, i, chips) {
    chip.addEventListener('click', function (event) {
      if (!days || days.hasAttribute('data-narrowed') || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      chips.forEach(function (one) { if (one === chip) one.setAttribute('aria-current', 'true'); else one.removeAttribute('aria-current'); });
      narrow(chip.dataset.kind);
    });
  });

  function narrow(kind) {
    var shown = 0;
    all(days, '.day').forEach(function (day) {
      var count = 0;
      all(day, '.timeline > li').forEach(function (one) {
        one.hidden = kind !== '' && !one.classList.contains('event-' + kind);
        if (!one.hidden) count += 1;
      });
      day.hidden = count === 0;
      var words = day.querySelector('[data-count]');
      words.textContent = words.textContent.replace(/\d+/, count);
      if (count && !shown) day.open = true;
      shown += count;
    });
    days.querySelector('[data-none]').hidden = shown > 0;
  }

  /* ---- on paper everything is unfolded ---- */
  var folded = [];
  window.addEventListener('beforeprint', function () {
    folded = all(root, '.part details:not([open])');
    folded.forEach(function (one) { one.open = true; });
  });
  window.addEventListener('afterprint', function () { folded.forEach(function (one) { one.open = false; }); });

  /* ---- keys ---- */
  function typing(target) {
    return target.closest && target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], .ts-wrapper');
  }

  /* An input method may hide the letter; the key on the keyboard is still known. */
  function letter(event) {
    if (event.key === 'Process' || event.key === 'Unidentified') return (event.code || '').replace(/^Key|^Digit/, '').toUpperCase();
    return event.key.toUpperCase();
  }

  function go() {
    var panel = open();
    var form = panel && panel.querySelector('form[method=post]');
    if (form) form.requestSubmit(form.querySelector('.act-bar button'));
    else if (first) first.click();
  }

  /* The list one came from, with its filters and its place; else the last place above this page. */
  var list = 'dossier:list';
  try { if (/^\/(viec|ky|tra-cuu|so-theo-doi)$/.test(new URL(document.referrer).pathname)) window.sessionStorage.setItem(list, document.referrer); } catch (error) { /* came from nowhere */ }

  function back() {
    var known = null, above = all(document, '.trail a').pop();
    try { known = window.sessionStorage.getItem(list); } catch (error) { /* not kept */ }
    if (known) window.location.assign(known);
    else if (above) above.click();
  }

  document.addEventListener('click', function (event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest('[data-back]')) return;
    event.preventDefault();
    back();
  });

  function leaf(way) {
    var links = all(more, '.menu-list a');
    var at = links.indexOf(document.activeElement);
    links[(at + way + links.length) % links.length].focus();
  }

  function press(name) {
    var link = document.querySelector('[data-letter="' + name + '"]');
    if (open() && /^[A-Z]$/.test(name)) return false;  /* letters beside an open form are meant for its fields */
    if (name === 'T' && first) first.click();
    else if (name === 'V' && more) { more.open = !more.open; (more.open ? more.querySelector('.menu-list a') : more.querySelector('summary')).focus(); }
    else if (name === '?') keys.showModal();
    else if (name === 'L') back();
    else if (/^[1-9]$/.test(name) && tabs[name - 1]) choose(tabs[name - 1].getAttribute('href').slice(1), true);
    else if (link) link.click();
    else if (first && first.dataset.act === { A: 'phan-cong', S: 'yeu-cau-bo-sung' }[name]) first.click();
    else return false;
    return true;
  }

  document.addEventListener('keydown', function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing && event.key !== 'Process') return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'F9') { event.preventDefault(); go(); return; }
    if (event.key === 'Escape') {
      var menu = document.querySelector('details[data-menu][open]');
      if (!menu && !root.classList.contains('wide') && !root.classList.contains('over')) close();
      return;
    }
    if (more && more.contains(event.target) && more.open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      leaf(event.key === 'ArrowDown' ? 1 : -1);
      return;
    }
    if (busy || typing(event.target) || event.shiftKey && event.key !== '?') return;
    if (press(letter(event))) event.preventDefault();
  });

  if (open()) show(open()); else follow();
  root.dataset.ready = '1';
})();
