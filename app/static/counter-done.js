/* After the visit: the slip goes to the printer by itself, Enter goes on with the next person, F9 takes the money. */
(function () {
  'use strict';
  var papers = Array.prototype.slice.call(document.querySelectorAll('[data-print]'));
  var next = document.querySelector('[data-next]');
  var opened = performance.now();
  var PRINTED = 'counter.printed';

  function printed() { try { return JSON.parse(window.sessionStorage.getItem(PRINTED) || '[]'); } catch (error) { return []; } }
  function remember(address) {
    try { window.sessionStorage.setItem(PRINTED, JSON.stringify(printed().concat(address).slice(-60))); } catch (error) { /* then it is printed once more */ }
  }

  /* One after the other, in a frame nobody sees; a page that is opened again prints nothing again. */
  function print() {
    var paper = papers.shift();
    if (!paper) return;
    var address = paper.dataset.print;
    if (printed().indexOf(address) >= 0) { print(); return; }
    var frame = document.createElement('iframe');
    frame.className = 'print-frame';
    frame.title = paper.textContent.trim();
    frame.setAttribute('aria-hidden', 'true');
    frame.tabIndex = -1;
    frame.addEventListener('load', function () {
      remember(address);
      try { frame.contentWindow.print(); } catch (error) { /* the link stays */ }
      var sent = document.querySelector('[data-sent]');
      if (sent) sent.hidden = false;
      if (next) next.focus();
      window.setTimeout(print, 400);
    });
    frame.src = address + '?khung=1';
    document.body.appendChild(frame);
  }
  if (navigator.pdfViewerEnabled) print();

  /* The next card is scanned while this page still stands: the intake page takes it from here, at once and only there. */
  document.addEventListener('counter:card', function (event) {
    if (!next || !next.href) return;
    try { window.sessionStorage.setItem('counter.card', event.detail); } catch (error) { /* then it is scanned once more */ }
    window.location.assign(next.href);
  });
  document.addEventListener('counter:slip', function (event) {
    if (next && next.href) window.location.assign((document.documentElement.dataset.root || '') + '/tra-ket-qua?quet=1&q=' + encodeURIComponent(event.detail));
  });

  document.addEventListener('keydown', function (event) {
    if (event.key === 'F9') {
      var pay = document.querySelector('[data-pay]');
      event.preventDefault();
      /* A second press of the F9 that received the dossier takes no money. */
      if (pay && !event.repeat && performance.now() - opened > 1000) pay.form.requestSubmit(pay);
    }
    if (event.key === 'F2' && next) { event.preventDefault(); next.click(); }
  });
})();
