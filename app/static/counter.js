/* The intake page. Everything here also works without a script, by the buttons of the same form. */
(function () {
  'use strict';

  var form = document.getElementById('counter');
  if (!form) return;
  /* The way back to a page that answered a sent form opens the page anew instead of asking to send again. */
  window.history.replaceState(null, '', window.location.href);
  var procedure = form.querySelector('[data-procedure]');
  var version = form.querySelector('[name="version_id"]');
  var turn = 0;
  var REQUEST = ['subject', 'channel', 'sets', 'return_method', 'return_address'];

  function all(scope, selector) { return Array.prototype.slice.call(scope.querySelectorAll(selector)); }

  function sent(action, more) {
    var data = new FormData(form);
    all(form, '[type=file]').forEach(function (field) { data.delete(field.name); });
    data.set('action', action);
    Object.keys(more || {}).forEach(function (name) { data.set(name, more[name]); });
    return data;
  }

  function tell(name, detail) { document.dispatchEvent(new CustomEvent(name, { detail: detail })); }

  /* Over a line that is down a page would only seem to sleep. */
  function unanswered(yes) { document.getElementById('no-answer').hidden = !yes || Boolean(form.dataset.sending); }

  /* ---- look something up: send the form as it is, put the changed parts of the answer in place ---- */
  function look(action, more, then) {
    var mine = ++turn;
    var asked = standing();
    tell('counter:before');
    fetch(form.getAttribute('action'), { method: 'POST', body: sent(action, more), credentials: 'same-origin', headers: { Accept: 'text/html' } })
      .then(function (answer) { return answer.text(); })
      .then(function (text) {
        if (mine !== turn) return;
        var page = new DOMParser().parseFromString(text, 'text/html');
        unanswered(!page.getElementById('counter'));
        if (!page.getElementById('counter')) return;
        fillIn(page, action);
        putIn(page, action, asked);
        document.dispatchEvent(new CustomEvent('htmx:afterSwap'));
        kind();
        tell('counter:filled', true);
        preview();
        if (then) then();
      })
      .catch(function () { unanswered(true); });
  }

  /* Fields that a look-up may fill: over the typed value only when a card was read or a procedure chosen. */
  function fillIn(page, action) {
    all(page, '[data-fill] [name]').forEach(function (fresh) {
      var field = form.elements[fresh.name];
      if (!field || field === document.activeElement && action !== 'card') return;
      if (/^(card|batch)$/.test(action) || fresh.name === 'version_id' || !field.value) field.value = fresh.value;
    });
    if (action === 'same') {
      REQUEST.forEach(function (name) { form.elements[name].value = page.querySelector('[name="' + name + '"]').value; });
      takeAgency(page.querySelector('[name="competent_id"]'));
    }
    var fresh = page.querySelector('[data-procedure]');
    if (fresh && page.querySelector('[name="version_id"]').value) procedure.value = chosen = fresh.value;
    ['card', 'owner_name', 'owner_address', 'owner_id_number', 'owner_birth_date', 'owner_tax_code', 'procedure'].forEach(function (name) { sayErrors(page, name); });
  }

  function takeAgency(fresh) {
    var option = fresh.selectedOptions[0];
    var picker = form.elements.competent_id.tomselect;
    if (!option) return;
    picker.addOption({ value: option.value, text: option.textContent.trim() });
    picker.setValue(option.value, true);
  }

  function sayErrors(page, name) {
    var field = form.elements[name];
    var fresh = page.getElementById(name);
    if (!field || !fresh) return;
    var box = field.closest('.field');
    var other = fresh.closest('.field').querySelector('.field-error');
    var old = box.querySelector('.field-error');
    if (old) old.remove();
    field.removeAttribute('aria-invalid');
    if (other) {
      box.appendChild(document.adoptNode(other));
      field.setAttribute('aria-invalid', 'true');
    }
  }

  /* The lines of a batch are typed on while the answer is under way: only what it says about them is put anew. */
  function sayOfLines(page) {
    var part = page.getElementById('part-batch');
    all(form, '#part-batch [data-says]').forEach(function (place) {
      var fresh = page.getElementById(place.id);
      var here = document.activeElement;
      var kept = place.contains(here) ? here.id : '';
      var ticked = place.querySelector('[type=checkbox]:checked');
      if (!fresh) return;
      place.hidden = fresh.hidden;
      place.replaceChildren.apply(place, Array.prototype.slice.call(document.adoptNode(fresh).childNodes));
      var box = place.querySelector('[type=checkbox]');
      if (box && ticked) box.checked = true;
      if (kept && document.getElementById(kept)) document.getElementById(kept).focus();
    });
    all(part, 'input').forEach(function (fresh) {
      var field = form.elements[fresh.name];
      if (field && !field.value && field !== document.activeElement) field.value = fresh.value;
    });
  }

  /* What stands in the inputs of the parts that are put anew: id → value. */
  function standing() {
    var found = {};
    all(form, '[data-part] [id]').forEach(function (field) {
      if (field.type === 'file' || field.value === undefined) return;
      found[field.id] = field.type === 'checkbox' ? field.checked : field.value;
    });
    return found;
  }

  /* What was typed or ticked while the answer was under way is newer than the answer. */
  function keepNewer(asked, now) {
    Object.keys(now).forEach(function (id) {
      var field = asked[id] !== undefined && now[id] !== asked[id] && document.getElementById(id);
      if (!field || field.tomselect) return;
      if (field.type === 'checkbox') field.checked = now[id]; else field.value = now[id];
    });
  }

  function putIn(page, action, asked) {
    if (action === 'line') { sayOfLines(page); return; }
    var now = standing();
    var scans = all(form, '[data-scans], [data-data-file]').filter(function (field) { return field.files.length; });
    all(form, '[data-part]').forEach(function (part) {
      var fresh = page.getElementById(part.id);
      if (!fresh) return;
      var here = document.activeElement;
      var focused = part.contains(here) ? here.id : '';
      if (focused && action === 'person') return;
      part.replaceChildren.apply(part, Array.prototype.slice.call(document.adoptNode(fresh).childNodes));
      var again = focused && document.getElementById(focused);
      if (again) again.focus();
    });
    keepNewer(asked, now);
    scans.forEach(function (field) {
      var fresh = form.elements[field.name];
      if (!fresh || fresh === field) return;
      fresh.replaceWith(field);
      field.dispatchEvent(new Event('change', { bubbles: true }));  /* the words beside it are new too */
    });
    countScans();
  }

  /* ---- due moment and total, reckoned by the server ---- */
  var waiting;
  function preview() {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(function () {
      if (!version.value) return;
      fetch(form.dataset.preview, { method: 'POST', body: sent('preview'), credentials: 'same-origin', headers: { Accept: 'application/json' } })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (found) {
          if (!found) return;
          show('due', found.due || '–');
          show('total', found.total);
          show('number', found.number || '–');
          var open = form.querySelector('[data-show="open"]');
          if (open) open.hidden = !found.open;
          var list = form.querySelector('[data-show="explanation"]');
          if (!list) return;
          list.replaceChildren.apply(list, found.explanation.map(function (line) {
            var item = document.createElement('li');
            item.textContent = line;
            return item;
          }));
          list.closest('details').hidden = !found.explanation.length;
        })
        .catch(function () {});
    }, 250);
  }

  function show(name, text) {
    var place = form.querySelector('[data-show="' + name + '"]');
    if (place) place.textContent = text;
  }

  /* ---- the procedure is typed: code, words without diacritics, initials ---- */
  var list = document.createElement('ul');
  list.className = 'picker-list';
  list.id = 'procedure-list';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  procedure.closest('.picker').appendChild(list);
  procedure.setAttribute('aria-controls', list.id);
  var at = -1;
  var offeredFor = '';
  var wanted = false;  /* Enter was pressed before the list for what is typed had come */
  var asking;
  var chosen = procedure.value;

  function close() {
    list.hidden = true;
    at = -1;
    procedure.setAttribute('aria-expanded', 'false');
    procedure.removeAttribute('aria-activedescendant');
  }

  function mark(number) {
    var items = list.children;
    at = items.length ? (number + items.length) % items.length : -1;
    all(list, 'li').forEach(function (item, i) { item.setAttribute('aria-selected', i === at ? 'true' : 'false'); });
    if (at >= 0) {
      items[at].scrollIntoView({ block: 'nearest' });
      procedure.setAttribute('aria-activedescendant', items[at].id);
    }
  }

  function offer(found, typed) {
    offeredFor = typed;
    list.replaceChildren.apply(list, found.map(function (one, i) {
      var item = document.createElement('li');
      item.id = 'procedure-' + i;
      item.setAttribute('role', 'option');
      item.dataset.value = one.value;
      item.textContent = one.text;
      var hint = document.createElement('small');
      hint.textContent = one.hint;
      item.appendChild(hint);
      return item;
    }));
    list.hidden = !found.length;
    procedure.setAttribute('aria-expanded', found.length ? 'true' : 'false');
    mark(0);
    if (wanted && at >= 0) choose(list.children[at]);
    wanted = false;
  }

  function ask() {
    window.clearTimeout(asking);
    asking = window.setTimeout(function () {
      var typed = procedure.value.trim();
      if (typed.indexOf('|') >= 0) return;  /* a card scanned into the wrong field is nobody's to look up */
      fetch(form.dataset.procedures + '?q=' + encodeURIComponent(typed), { credentials: 'same-origin', headers: { Accept: 'application/json' } })
        .then(function (answer) { if (!answer.ok) throw new Error(answer.status); return answer.json(); })
        .then(function (found) { unanswered(false); if (document.activeElement === procedure && procedure.value.trim() === typed) offer(found, typed); })
        .catch(function () { unanswered(true); });
    }, 80);
  }

  function choose(item) {
    close();
    chosen = procedure.value;
    look('choose', { pick: item.dataset.value }, function () {
      if (form.elements.owner_name.value) afterCard();
      else next(procedure);
    });
  }

  procedure.addEventListener('input', function () { wanted = false; ask(); });
  /* What was typed and not yet chosen from is offered again to whoever comes back to it. */
  function offerAgain() { if (list.hidden && procedure.value.trim() && !form.elements.version_id.value) ask(); }
  procedure.addEventListener('focus', function () { procedure.select(); offerAgain(); });
  procedure.addEventListener('click', offerAgain);
  procedure.addEventListener('blur', function () { window.setTimeout(function () { if (document.activeElement !== procedure) close(); }, 150); });
  procedure.addEventListener('change', function () {
    if (!list.hidden || procedure.value === chosen) return;
    look('choose');
  });
  list.addEventListener('mousedown', function (event) {
    var item = event.target.closest('li');
    if (!item) return;
    event.preventDefault();
    choose(item);
  });
  procedure.addEventListener('keydown', function (event) {
    if (event.key === 'ArrowDown' && list.hidden) { event.preventDefault(); ask(); return; }
    if (list.hidden) return;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') { event.preventDefault(); mark(at + (event.key === 'ArrowDown' ? 1 : -1)); }
    else if (event.key === 'Escape') { event.preventDefault(); close(); }
    else if ((event.key === 'Enter' || event.key === 'Tab') && at >= 0) { event.preventDefault(); event.stopPropagation(); if (offeredFor === procedure.value.trim()) choose(list.children[at]); else { wanted = true; ask(); } }
  });

  /* ---- keyboard: Enter goes on, F9 receives; nothing is ever sent by surprise ---- */
  function stops() {
    return all(form, 'input, select, textarea').filter(function (field) {
      return field.type !== 'hidden' && field.tabIndex >= 0 && !field.disabled && field.offsetParent !== null && (!field.checkVisibility || field.checkVisibility());
    });
  }

  function next(field, back) {
    var fields = stops();
    var place = fields.indexOf(field);
    var target = fields[place + (back ? -1 : 1)];
    if (place < 0 || !target) return;
    target.focus();
    if (target.select && target.type !== 'checkbox' && target.type !== 'number') target.select();
  }

  form.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    var field = event.target;
    if (field.tagName === 'BUTTON' || field.tagName === 'SUMMARY' || field.tagName === 'A') return;
    if (field.tagName === 'TEXTAREA' && !event.shiftKey) return;
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (field.dataset.look === 'card' && field.value.trim()) field.dispatchEvent(new Event('change', { bubbles: true }));
    next(field, event.shiftKey && field.tagName !== 'TEXTAREA');
  });

  /* A picker in which nothing was typed is passed by, also when its list is open. */
  form.addEventListener('keydown', function (event) {
    if (event.key !== 'Enter' || !/-ts-control$/.test(event.target.id) || event.target.value) return;
    event.preventDefault();
    event.stopPropagation();
    next(event.target, event.shiftKey);
  }, true);

  /* ---- the keys of the legend ---- */
  var says = document.getElementById('scan-says');
  function say(text) { says.textContent = text; }

  function openQuestion() { return form.querySelector('#part-batch [name$="-doubled"]:not(:checked), #doubled:not(:checked)'); }
  function askOf(box) {
    box.focus();
    say(box.closest('.warn').querySelector('b').textContent);
  }

  /* F9 ends the visit by the paper that is being prepared: guidance, refusal, a batch, else the receipt. */
  function finish() {
    var refusal = form.querySelector('.refusal');
    var other = form.querySelector('#part-guide [data-f9]') || form.querySelector('#part-batch [data-f9]');
    if (refusal.open && form.elements.refuse_reason.value.trim()) other = refusal.querySelector('[value=refuse]');
    var open = openQuestion();
    if (open && (other ? other.value === 'receive_all' : true)) { askOf(open); return; }
    form.requestSubmit(other || form.querySelector('button[data-key="F9"]'));
  }

  function lookOn(action) {
    look(action, null, function () {
      var part = document.getElementById(action === 'batch' ? 'part-batch' : 'part-guide');
      part.scrollIntoView({ block: 'nearest' });
      if (action === 'batch') return;
      var empty = all(part, 'input:not([type=hidden])').filter(function (input) { return !input.value; })[0];
      if (empty) empty.focus();
    });
  }

  /* The list of papers by keyboard: F6 leads to it, the arrows through it, space takes a tick away. */
  function ticks() { return all(form, '.checklist .pick input[type=checkbox]'); }
  function toPapers() { (ticks()[0] || procedure).focus(); }
  form.addEventListener('keydown', function (event) {
    var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    var boxes = step ? ticks() : [];
    var place = boxes.indexOf(event.target);
    if (place < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    (boxes[place + step] || boxes[place]).focus();
  });

  function refuseNow() {
    var refusal = form.querySelector('.refusal');
    refusal.open = !refusal.open || !form.elements.refuse_reason.value;
    (refusal.open ? form.elements.refuse_reason : refusal.querySelector('summary')).focus();
  }

  var KEYS = {
    F2: function () { procedure.focus(); procedure.select(); },
    F3: function () { look('same', null, function () { if (form.elements.owner_name.value) afterCard(); else form.elements.card.focus(); }); },
    F4: function () { lookOn('guidance'); },
    F6: toPapers,
    F7: refuseNow,
    F8: function () { lookOn('batch'); },
    F9: finish,
    Esc: function () { tell('counter:undo'); }
  };

  document.addEventListener('keydown', function (event) {
    if (!/^F\d$/.test(event.key) || !KEYS[event.key] || event.ctrlKey || event.altKey || event.shiftKey || event.metaKey) return;
    event.preventDefault();
    if (!event.repeat) KEYS[event.key]();
  });
  form.addEventListener('mousedown', function (event) { if (event.target.closest('[data-press]')) event.preventDefault(); });
  form.addEventListener('click', function (event) {
    var key = event.target.closest('[data-press]');
    var reason = event.target.closest('[data-reason]');
    if (key) KEYS[key.dataset.press]();
    if (reason) takeReason(reason);
  });

  function takeReason(button) {
    tell('counter:before');
    form.elements.refuse_reason.value = button.dataset.reason;
    tell('counter:before');
    form.elements.refuse_reason.focus();
  }

  /* A digit in the empty field of the reason takes the reason with that number. */
  form.elements.refuse_reason.addEventListener('keydown', function (event) {
    var button = all(form, '[data-reason]')[Number(event.key) - 1];
    if (this.value || !button || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    takeReason(button);
  });

  /* How many scans lie beside a paper; a look-up that puts the checklist anew keeps them. */
  function countScans() {
    all(form, '[data-scans]').forEach(function (field) {
      field.parentNode.querySelector('[data-scan-count]').textContent = field.files.length || '';
    });
  }
  /* More than the server takes would cost the whole page when it is sent: it is said here and left out. */
  form.addEventListener('change', function (event) {
    if (!event.target.matches('[data-scans], [data-data-file]')) return;
    var bytes = all(form, '[data-scans], [data-data-file]').reduce(function (sum, field) {
      return Array.prototype.reduce.call(field.files, function (more, file) { return more + file.size; }, sum);
    }, 0);
    if (bytes > Number(form.dataset.most)) {
      event.target.value = '';
      say(form.dataset.toomuch);
      event.target.focus();
    }
    countScans();
  });

  /* ---- what a scanner read, wherever the focus was ---- */
  document.addEventListener('counter:card', function (event) {
    look('card', { card: event.detail }, function () {
      say(form.elements.owner_name.value || says.dataset.ready);
      if (form.querySelector('#part-batch [data-f9]')) return;
      if (version.value) afterCard(); else { procedure.focus(); }
    });
  });
  document.addEventListener('counter:slip', function (event) {
    var address = form.dataset.slip + '?q=' + encodeURIComponent(event.detail);
    if (!version.value && !form.elements.owner_name.value) { window.location.assign(address); return; }
    var link = document.createElement('a');
    link.href = address;
    link.target = '_blank';
    link.rel = 'noopener';
    link.textContent = event.detail;
    say(says.dataset.slip + ' ');
    says.appendChild(link);
    link.focus();
  });
  /* A card that was scanned while the page before still stood. */
  (function () {
    var card = null;
    try {
      card = window.sessionStorage.getItem('counter.card');
      window.sessionStorage.removeItem('counter.card');
    } catch (error) { /* nothing waits */ }
    if (card) window.setTimeout(function () { tell('counter:card', card); }, 0);
  })();
  document.addEventListener('counter:restored', function () { look('refresh', null, kind); });

  /* A number or a name typed on a line of the batch: who that is, and what they have running. */
  form.addEventListener('change', function (event) {
    if (/^b-\d+-(id_number|name)$/.test(event.target.name)) look('line');
  });

  var scanned = '';
  form.addEventListener('change', function (event) {
    var field = event.target;
    if (field.name === 'owner_kind') kind();
    if (field.dataset.look === 'card' && (!field.value.trim() || field.value === scanned)) return;
    if (field.dataset.look === 'card') scanned = field.value;
    if (field.dataset.look) look(field.dataset.look, null, field.dataset.look === 'card' ? afterCard : null);
    if (field.name === 'competent_id') look('refresh');
    else if ('due' in field.dataset) preview();
    if (field.id && /-handed_in$/.test(field.id)) field.closest('tr').classList.toggle('lacking', !field.checked);
  });
  form.addEventListener('input', function (event) { if ('due' in event.target.dataset) preview(); });
  form.addEventListener('click', function (event) {
    var button = event.target.closest('[data-look-on]');
    if (!button) return;
    event.preventDefault();
    lookOn(button.dataset.lookOn);
  });

  function afterCard() {
    var phone = form.elements.owner_phone;
    if (!form.elements.owner_name.value) return;
    (phone.value ? form.elements.subject : phone).focus();
  }

  function kind() {
    var value = form.elements.owner_kind.value;
    form.dataset.owner = value === 'enterprise' || value === 'organisation' ? 'body' : 'person';
  }
  kind();
})();
