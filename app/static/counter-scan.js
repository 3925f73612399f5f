/* Scanners at the counter. A keyboard-wedge scanner types faster than a person: its characters are caught anywhere on
   the page, kept out of the field that has the focus, and told as an event: "counter:card" or "counter:slip".
   The text of a card is passed on and forgotten. */
(function () {
  'use strict';
  /* Milliseconds: between two keys of a scanner; until a burst is over; at most between two keys of one code. */
  var FAST = 35, QUIET = 80, SURE = 400, LEAST = 6;
  var burst = null, last = 0, pressed = 0, timer;
  var says;

  function say(text) { if (says) says.textContent = text; }
  /* The page may still be loading when the first card is scanned: it is told as soon as somebody listens. */
  function ready(then) {
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', then);
    else then();
  }
  function tell(name, text) { ready(function () { document.dispatchEvent(new CustomEvent(name, { detail: text })); }); }
  function editable(field) { return field && (field.tagName === 'TEXTAREA' || field.tagName === 'INPUT' && !/^(checkbox|radio|button|submit|file)$/.test(field.type)); }

  function begin() {
    var field = document.activeElement;
    burst = { field: field, text: '', caught: false, quick: 0, value: field && 'value' in field ? field.value : null, start: null, end: null };
    try { burst.start = field.selectionStart; burst.end = field.selectionEnd; } catch (error) { /* numbers and dates have no selection */ }
  }

  /* A scanner may pause within a code; twelve digits and a bar, or an address, are no person's typing. */
  function sure() { return /\d{12}\||^https?:/.test(burst.text); }

  /* Words are never held back, however fast they come: only what may be a number of a card or the address of a slip. */
  function likely() { return /^\d{6}|^https?:|^[a-z]\d\d\.[\d.]*-?\d|\|/i.test(burst.text); }

  /* One character came; true when it must not reach the page. What came slowly just before belongs to it: the first
     keys of a scanner are slow on a busy machine. `now` is when the key was struck, however late the page hears of it. */
  function take(text, now) {
    var limit = burst && burst.caught && !sure() ? QUIET : SURE;
    if (!burst || now - last > limit || document.activeElement !== burst.field) { flush(); begin(); }
    burst.quick = now - last <= FAST ? burst.quick + 1 : 1;
    last = now;
    burst.text += text;
    if (!burst.caught && (sure() || burst.quick >= LEAST && likely())) caught();
    window.clearTimeout(timer);
    timer = window.setTimeout(flush, !burst.caught || sure() ? SURE : QUIET);
    return burst.caught;
  }

  function caught() {
    burst.caught = true;
    if (burst.value !== null && burst.field.value !== burst.value) {
      burst.field.value = burst.value;
      burst.field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }

  var CODE = /[A-Z0-9]{1,6}(?:\.[A-Z0-9]{1,6}){0,5}-\d{6}-\d{4,7}/i;

  function kindOf(text) {
    if (text.split('|').length >= 3 && /\d{9}/.test(text)) return 'card';
    if (CODE.test(text) && (/^https?:/i.test(text) || text.length < 60)) return 'slip';
    return '';
  }

  /* The burst is over: tell what it was, or give the characters back to the field. Returns whether it was a scan. */
  function flush() {
    window.clearTimeout(timer);
    var done = burst;
    burst = null;
    if (!done || !done.caught) return false;
    var kind = kindOf(done.text);
    if (kind === 'slip' && done.field && done.field.hasAttribute('data-takes-slip')) kind = '';
    if (kind === 'slip') tell('counter:slip', CODE.exec(done.text)[0].toUpperCase());
    else if (kind === 'card') cardOf(done);
    else giveBack(done);
    return kind !== '';
  }

  /* A machine that stood still within the number left its beginning in the field: it is taken from there. */
  function complete(done) {
    var rest = /^(\d{1,11})\|/.exec(done.text);
    var before = rest && editable(done.field) && done.start !== null ? done.value.slice(0, done.start) : '';
    var lost = rest && new RegExp('\\d{' + (12 - rest[1].length) + '}$').exec(before);
    if (!lost) return;
    done.text = lost[0] + done.text;
    done.field.value = before.slice(0, lost.index) + done.value.slice(done.end);
    done.field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  /* What a person typed just before the card goes back to its field. */
  function cardOf(done) {
    complete(done);
    var number = /\d{12}\|/.exec(done.text);
    var at = number ? done.text.indexOf('|') - 12 : 0;
    var text = done.text.slice(Math.max(0, at));
    if (at > 0) { done.text = done.text.slice(0, at); giveBack(done); }
    tell('counter:card', text);
  }

  function giveBack(done) {
    if (!editable(done.field)) return;
    var before = done.value.slice(0, done.start === null ? done.value.length : done.start);
    var after = done.start === null ? '' : done.value.slice(done.end);
    done.field.value = before + done.text + after;
    try { done.field.setSelectionRange(before.length + done.text.length, before.length + done.text.length); } catch (error) { /* no selection there */ }
    done.field.dispatchEvent(new Event('input', { bubbles: true }));
  }

  document.addEventListener('keydown', function (event) {
    pressed = event.timeStamp;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Backspace' && burst && burst.caught && event.timeStamp - last < FAST) {
      burst.text = burst.text.slice(0, -1);  /* an input method takes letters back to write them anew */
      event.preventDefault();
      return;
    }
    if (event.key.length === 1) {
      if (editable(event.target)) return;  /* told by beforeinput */
      if (take(event.key, event.timeStamp)) event.preventDefault();
      return;
    }
    if (/^(Shift|Process|Unidentified|CapsLock|Dead)$/.test(event.key)) return;
    if (flush() && (event.key === 'Enter' || event.key === 'Tab')) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  document.addEventListener('beforeinput', function (event) {
    if (!event.data || !/^insert(Text|CompositionText|FromComposition)$/.test(event.inputType)) return;
    var now = pressed || event.timeStamp;
    pressed = 0;
    if (take(event.data, now)) event.preventDefault();
  }, true);

  /* A paste or a picture of the camera is judged by the same rule. */
  function read(text) {
    var kind = kindOf(text);
    if (kind) tell('counter:' + kind, kind === 'slip' ? CODE.exec(text)[0].toUpperCase() : text);
    return kind;
  }

  /* ---- serial scanners, where the browser has them; the choice is remembered by the browser ---- */
  function serial() {
    var button = document.querySelector('[data-serial]');
    if (!button || !navigator.serial) return;
    button.hidden = false;
    function listen(port) {
      return port.open({ baudRate: 9600 }).then(function () {
        button.setAttribute('aria-pressed', 'true');
        var reader = port.readable.pipeThrough(new window.TextDecoderStream()).getReader();
        var text = '';
        function more() {
          return reader.read().then(function (part) {
            if (part.done) return null;
            text += part.value;
            var lines = text.split(/[\r\n]+/);
            text = lines.pop();
            lines.forEach(read);
            return more();
          });
        }
        return more();
      }).catch(function () { say(says.dataset.noserial); button.removeAttribute('aria-pressed'); });
    }
    button.addEventListener('click', function () { navigator.serial.requestPort().then(listen).catch(function () { say(says.dataset.noserial); }); });
    navigator.serial.getPorts().then(function (ports) { if (ports.length) listen(ports[0]); }).catch(function () {});
  }

  /* ---- the camera: single pictures are read by the server, which keeps none ---- */
  function camera() {
    var button = document.querySelector('[data-camera]');
    var video = document.getElementById('scan-video');
    if (!button || !navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) return;
    button.hidden = false;
    var stream = null, tries = 0;
    function stop() {
      if (stream) stream.getTracks().forEach(function (track) { track.stop(); });
      stream = null;
      video.hidden = true;
      button.removeAttribute('aria-pressed');
    }
    function look() {
      if (!stream) return;
      if (tries++ > 60) { say(says.dataset.none); stop(); return; }
      var canvas = document.createElement('canvas');
      canvas.width = Math.min(1280, video.videoWidth);
      canvas.height = Math.round(video.videoHeight * canvas.width / (video.videoWidth || 1));
      if (!canvas.width || !canvas.height) { window.setTimeout(look, 200); return; }
      canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(function (picture) {
        var token = document.querySelector('[name=csrf_token]');
        fetch(button.dataset.camera, { method: 'POST', body: picture, credentials: 'same-origin', headers: { 'Content-Type': 'image/jpeg', 'X-CSRFToken': token ? token.value : '' } })
          .then(function (answer) { return answer.ok ? answer.json() : { text: '' }; })
          .then(function (found) { if (found.text && read(found.text)) stop(); else window.setTimeout(look, 300); })
          .catch(function () { say(says.dataset.nocamera); stop(); });
      }, 'image/jpeg', 0.8);
    }
    button.addEventListener('click', function () {
      if (stream) { stop(); return; }
      navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: 1280 } }).then(function (given) {
        stream = given; tries = 0;
        video.srcObject = given; video.hidden = false;
        button.setAttribute('aria-pressed', 'true');
        say(says.dataset.looking);
        video.play();
        look();
      }).catch(function () { say(says.dataset.nocamera); });
    });
    window.addEventListener('pagehide', stop);
  }
  ready(function () {
    says = document.getElementById('scan-says');
    serial();
    camera();
  });
})();
