/* The page of scans: a stack dropped anywhere is sent with a true bar; J, K, Enter and Del in the tray.
   Without this file the form sends the file and the page asks for itself anew. */
(function () {
  'use strict';

  function byId(id) { return document.getElementById(id); }

  /* ---- dropping and sending ---- */
  var drop = byId('drop');

  function refuse(sentence) {
    var error = byId('file-error');
    error.querySelector('span').textContent = sentence;
    error.hidden = false;
    byId('sending').hidden = true;
    byId('file').focus();
  }

  function send(files) {
    var size = 0;
    Array.prototype.forEach.call(files, function (file) { size += file.size; });
    if (size > Number(drop.dataset.limit) * 1000000) { refuse(drop.dataset.large); return; }
    var data = new FormData();
    var token = drop.querySelector('[name=csrf_token]');
    if (token) data.append('csrf_token', token.value);
    Array.prototype.forEach.call(files, function (file) { data.append('file', file); });
    byId('file-error').hidden = true;
    byId('sending').hidden = false;
    var call = new XMLHttpRequest();
    call.upload.addEventListener('progress', function (event) {
      if (event.lengthComputable) byId('sent').value = Math.round(100 * event.loaded / event.total);
    });
    call.addEventListener('load', function () {
      var answer = {};
      try { answer = JSON.parse(call.responseText); } catch (error) { answer = {}; }
      if (call.status === 200 && answer.url) { window.location.assign(answer.url); return; }
      refuse(answer.error || drop.dataset.failed);
    });
    call.addEventListener('error', function () { refuse(drop.dataset.failed); });
    call.open('POST', drop.action);
    call.setRequestHeader('Accept', 'application/json');
    call.send(data);
  }

  function carries(event) {
    return event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, 'Files') !== -1;
  }

  if (drop) {
    drop.addEventListener('submit', function (event) {
      var chosen = byId('file').files;
      if (!chosen.length) return;
      event.preventDefault();
      send(chosen);
    });
    ['dragenter', 'dragover'].forEach(function (name) {
      document.addEventListener(name, function (event) {
        if (!carries(event)) return;
        event.preventDefault();
        drop.classList.add('is-over');
      });
    });
    document.addEventListener('dragleave', function (event) {
      if (!event.relatedTarget) drop.classList.remove('is-over');
    });
    document.addEventListener('drop', function (event) {
      if (!carries(event)) return;
      event.preventDefault();
      drop.classList.remove('is-over');
      if (event.dataTransfer.files.length) send(event.dataTransfer.files);
    });
  }

  /* ---- what is under way is said once it is done, not every second ---- */
  var said = byId('scan-said');
  var before = byId('batches') ? Number(byId('batches').dataset.running) : 0;
  document.addEventListener('htmx:afterSettle', function () {
    var now = byId('batches') ? Number(byId('batches').dataset.running) : 0;
    if (said && now < before) said.textContent = said.dataset.done;
    before = now;
  });

  /* ---- the tray ---- */
  var tray = document.querySelector('[data-tray]');

  function typing(target) {
    return target.closest('input, select, textarea, .ts-wrapper, [contenteditable]');
  }

  function step(by) {
    var links = Array.prototype.slice.call(tray.querySelectorAll('.tray-list a'));
    var here = links.findIndex(function (link) { return link.hasAttribute('aria-current'); });
    var next = links[here + by];
    if (next) window.location.assign(next.href);
  }

  function zoom() {
    var pages = tray.querySelector('[data-sheets]');
    pages.classList.toggle('is-large');
    Array.prototype.forEach.call(pages.querySelectorAll('.sheet'), function (image) {
      if (image.src.indexOf(image.dataset.large) === -1) image.src = image.dataset.large;
    });
  }

  function turn() {
    Array.prototype.forEach.call(tray.querySelectorAll('.sheet'), function (image) {
      ['src', 'large'].forEach(function (name) {
        var from = name === 'src' ? image.src : image.dataset.large;
        var address = new URL(from, window.location.href);
        address.searchParams.set('xoay', (Number(address.searchParams.get('xoay') || 0) + 90) % 360);
        var wide = image.getAttribute('width');
        if (name === 'src') {
          image.src = address;
          image.setAttribute('width', image.getAttribute('height'));
          image.setAttribute('height', wide);
        } else {
          image.dataset.large = address.pathname + address.search;
        }
      });
    });
  }

  function throwAway() {
    var drawer = tray.querySelector('[data-drop]');
    if (!drawer) return;
    drawer.open = true;
    byId('reason').focus();
  }

  function keep() {
    var form = tray.querySelector('[data-keep]');
    if (form && byId('dossier_id').value) form.requestSubmit();
    else if (form) (byId('dossier_id').tomselect || byId('dossier_id')).focus();
  }

  function onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    var acts = { j: function () { step(1); }, k: function () { step(-1); }, z: zoom, r: turn, Delete: throwAway };
    var act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (event.key === 'Enter' && !event.target.closest('a, button, summary')) act = keep;
    if (!act) return;
    event.preventDefault();
    act();
  }

  if (tray) {
    document.addEventListener('keydown', onKey);
    var zoomer = tray.querySelector('[data-zoom]');
    var turner = tray.querySelector('[data-turn]');
    if (zoomer) zoomer.addEventListener('click', zoom);
    if (turner) turner.addEventListener('click', turn);
    var chooser = byId('dossier_id');
    if (chooser) {
      window.addEventListener('load', function () {
        if (chooser.hasAttribute('data-focus') && chooser.tomselect) chooser.tomselect.focus();
      });
      /* the dossier is known: its papers come next */
      chooser.addEventListener('change', function () {
        var papers = byId('paper_id');
        if (chooser.value && papers) window.setTimeout(function () { (papers.tomselect || papers).focus(); }, 0);
      });
    }
  }
})();
