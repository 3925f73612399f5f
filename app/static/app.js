/* Behaviour of the pages, told by data-attributes (docs/design.md lists them). No inline script, no jQuery.
   Every form works without this file; it confirms, picks, formats and guards. */
(function () {
  'use strict';

  var root = document.documentElement;
  var texts = JSON.parse(document.body.dataset.texts || '{}');
  root.classList.add('js');

  function all(scope, selector) {
    return Array.prototype.slice.call(scope.querySelectorAll(selector));
  }

  function once(element, name) {
    var key = 'did' + name;
    if (element.dataset[key]) return false;
    element.dataset[key] = '1';
    return true;
  }

  /* ---- confirm: data-confirm on a form or on the button that sends it ---- */
  var agreed = new WeakSet();

  /* `ready`: what is asked takes nothing away, so Enter agrees. */
  function ask(sentence, yes, ready) {
    var dialog = document.getElementById('confirm-dialog');
    if (!dialog || !dialog.showModal) {
      if (window.confirm(sentence)) yes();
      return;
    }
    document.getElementById('confirm-text').textContent = sentence;
    dialog.returnValue = '';
    dialog.onclose = function () { if (dialog.returnValue === 'yes') yes(); };
    dialog.showModal();
    if (ready) dialog.querySelector('[value=yes]').focus();
  }

  function tell(sentence) {
    var dialog = document.getElementById('alert-dialog');
    document.getElementById('alert-text').textContent = sentence;
    dialog.showModal();
  }

  /* Where letters are keys, what is typed after a refusal must go into the field that was wrong, not to the summary. */
  function begin(element) {
    var keyed = element.matches('.error-summary') && document.querySelector('[data-desk], [data-dossier]');
    var wrong = keyed && all(element.parentNode, '[aria-invalid=true]').find(function (one) { return one.offsetParent; });
    (wrong || element).focus();
  }

  function onSubmitConfirm(event) {
    var form = event.target;
    var button = event.submitter;
    var sentence = (button && button.dataset.confirm) || form.dataset.confirm;
    if (!sentence || agreed.has(form)) {
      agreed.delete(form);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(sentence, function () {
      agreed.add(form);
      form.requestSubmit(button || undefined);
    }, form.hasAttribute('data-ready'));
  }

  /* ---- a form is sent once; its idempotency key stays, so a second try is the same act ---- */
  function onSubmitLock(event) {
    var form = event.target;
    if (event.defaultPrevented || (form.getAttribute('method') || '').toLowerCase() !== 'post' || form.target === '_blank') return;
    if (form.hasAttribute('data-download')) return;
    if (form.dataset.sending) {
      event.preventDefault();
      return;
    }
    form.dataset.sending = '1';
    var button = event.submitter;
    if (button) button.setAttribute('aria-disabled', 'true');
    window.addEventListener('pageshow', function () { unlock(form, button); }, { once: true });
    window.setTimeout(function () { unlock(form, button); }, 20000);
  }

  function unlock(form, button) {
    delete form.dataset.sending;
    if (button) button.removeAttribute('aria-disabled');
  }

  /* ---- a form with typed values warns before it is left ---- */
  var dirty = new Set();

  function watchDirty(form) {
    if (form.dataset.dirty === 'now') dirty.add(form);
    form.addEventListener('input', function () { dirty.add(form); });
    form.addEventListener('submit', function (event) { if (!event.defaultPrevented) dirty.delete(form); });
  }

  window.addEventListener('beforeunload', function (event) {
    if (dirty.size === 0) return;
    event.preventDefault();
    event.returnValue = texts.leave || '';
  });

  /* ---- pickers ---- */
  function pickerOptions(select) {
    return {
      maxOptions: 200,
      plugins: select.multiple ? { remove_button: { title: texts.remove } } : {},
      allowEmptyOption: false,
      placeholder: select.dataset.placeholder || '',
      render: {
        no_results: function () { return '<div class="ts-none">' + escapeHtml(texts.none || '') + '</div>'; },
        loading: function () { return '<div class="ts-none">' + escapeHtml(texts.loading || '') + '</div>'; }
      },
      onInitialize: function () { carryAria(select, this); },
      onType: function (typed) { this.wrapper.classList.toggle('typing', typed !== ''); },
      onBlur: function () { this.wrapper.classList.remove('typing'); },
      onItemAdd: function () { this.wrapper.classList.remove('typing'); }
    };
  }

  function escapeHtml(text) {
    var box = document.createElement('div');
    box.textContent = text;
    return box.innerHTML;
  }

  function carryAria(select, picker) {
    ['aria-describedby', 'aria-invalid'].forEach(function (name) {
      if (select.hasAttribute(name)) picker.control_input.setAttribute(name, select.getAttribute(name));
    });
    select.setAttribute('aria-hidden', 'true');
  }

  /* data-remote="/pick/x": asks ?q=…; answers [{value, text, hint}]. data-remote-with="#unit" sends that field's value too. */
  function remotePicker(select) {
    var options = pickerOptions(select);
    var other = select.dataset.remoteWith ? document.querySelector(select.dataset.remoteWith) : null;
    options.valueField = 'value';
    options.labelField = 'text';
    options.searchField = [];
    options.preload = 'focus';
    options.loadThrottle = 250;
    options.load = function (query, done) {
      var url = new URL(select.dataset.remote, window.location.href);
      url.searchParams.set('q', query);
      if (other) url.searchParams.set(other.name, other.value);
      this.clearOptions(function (option) { return this.items.indexOf(String(option.value)) !== -1; }.bind(this));
      fetch(url, { headers: { Accept: 'application/json' }, credentials: 'same-origin' })
        .then(function (answer) {
          if (!answer.ok) throw new Error(String(answer.status));
          return answer.json();
        })
        .then(function (data) { done(data.results || data); })
        .catch(function () { tell(texts.failed || ''); done(); });
    };
    options.render.option = function (option, escape) {
      var hint = option.hint ? '<div class="hint">' + escape(option.hint) + '</div>' : '';
      return '<div>' + escape(option.text) + hint + '</div>';
    };
    var picker = new window.TomSelect(select, options);
    if (other) other.addEventListener('change', function () { picker.clear(); picker.clearOptions(); picker.load(''); });
  }

  function startPickers(scope) {
    if (!window.TomSelect) return;
    all(scope, 'select[data-remote]').forEach(function (select) { if (once(select, 'Pick')) remotePicker(select); });
    all(scope, 'select.my_select2, select[data-pick]').forEach(function (select) {
      if (!once(select, 'Pick')) return;
      select.classList.remove('form-control');
      select.classList.add('form-select');
      if (select.multiple || select.options.length > 8) new window.TomSelect(select, pickerOptions(select));
    });
  }

  /* ---- dates: typed as dd/mm/yyyy (or ddmmyy, d-m-yyyy…); the calendar is only a help ---- */
  /* Only what is surely a date is rewritten; anything else stays as typed, for the server to answer. */
  function tidyDate(text, past) {
    var match = /^\s*(\d{1,2})([\/.\- ])(\d{1,2})\2(\d{4}|\d{2})(?:\s+(\S.*?))?\s*$/.exec(text);
    var bare = /^\s*(\d\d)()(\d\d)(\d{4}|\d{2})(?:\s+(\S.*?))?\s*$/.exec(text);
    var parts = match || bare;
    var time = parts && parts[5] ? /^(\d{1,2})(?:[:h.](\d{2})?)?$/i.exec(parts[5]) : null;
    if (!parts || (parts[5] && !time)) return text;
    if (Number(parts[3]) > 12) return text;
    var year = parts[4].length === 2 ? (parts[4] < '50' ? '20' : '19') + parts[4] : parts[4];
    if (past && parts[4].length === 2 && new Date(year, parts[3] - 1, parts[1]) > new Date()) year = String(year - 100);
    var day = pad(parts[1]) + '/' + pad(parts[3]) + '/' + year;
    return time ? day + ' ' + pad(time[1]) + ':' + (time[2] || '00') : day;
  }

  function pad(number) { return ('0' + number).slice(-2); }

  function dateField(input) {
    var withTime = input.hasAttribute('data-datetime');
    input.autocomplete = 'off';
    input.addEventListener('change', function () { input.value = tidyDate(input.value, input.hasAttribute('data-past')); });
    if (!window.flatpickr) return;
    var box = document.createElement('div');
    box.className = 'with-button';
    input.parentNode.insertBefore(box, input);
    box.appendChild(input);
    var anchor = document.createElement('input');
    anchor.className = 'flatpickr-anchor';
    anchor.tabIndex = -1;
    anchor.setAttribute('aria-hidden', 'true');
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-plain';
    button.title = texts.calendar || '';
    button.innerHTML = '<i class="bi bi-calendar3" aria-hidden="true"></i>';
    button.setAttribute('aria-label', texts.calendar || '');
    box.appendChild(anchor);
    box.appendChild(button);
    var calendar = window.flatpickr(anchor, {
      locale: root.lang === 'vi' && window.flatpickr.l10ns.vn ? 'vn' : 'default',
      enableTime: withTime, time_24hr: true, disableMobile: true, clickOpens: false, positionElement: input,
      dateFormat: withTime ? 'd/m/Y H:i' : 'd/m/Y',
      minDate: input.dataset.min || null, maxDate: input.dataset.max || null,
      onChange: function (dates, text) {
        input.value = text;
        input.dispatchEvent(new Event('input', { bubbles: true }));
        input.dispatchEvent(new Event('change', { bubbles: true }));
      }
    });
    calendar.set('locale', Object.assign({}, calendar.l10n, { firstDayOfWeek: 1 }));
    button.addEventListener('click', function () {
      var typed = tidyDate(input.value);
      if (/^\d\d\/\d\d\/\d{4}/.test(typed)) calendar.setDate(typed, false);
      calendar.toggle();
    });
  }

  /* The framework's own date widgets expect ISO text: keep that, show it as they are. */
  function frameworkDate(input, format) {
    var shown = window.flatpickr(input, {
      locale: root.lang === 'vi' && window.flatpickr.l10ns.vn ? 'vn' : 'default', allowInput: true, disableMobile: true,
      enableTime: format.length > 5, time_24hr: true, dateFormat: format, altInput: true,
      altFormat: format.length > 5 ? 'd/m/Y H:i' : 'd/m/Y'
    }).altInput;
    ['id', 'aria-describedby', 'aria-invalid'].forEach(function (name) {
      if (input.hasAttribute(name)) shown.setAttribute(name, input.getAttribute(name));
      input.removeAttribute(name);
    });
  }

  function startDates(scope) {
    all(scope, 'input[data-date], input[data-datetime]').forEach(function (input) { if (once(input, 'Date')) dateField(input); });
    if (!window.flatpickr) return;
    all(scope, '.appbuilder_date input').forEach(function (input) { if (once(input, 'Date')) frameworkDate(input, 'Y-m-d'); });
    all(scope, '.appbuilder_datetime input').forEach(function (input) { if (once(input, 'Date')) frameworkDate(input, 'Y-m-d H:i:S'); });
  }

  /* ---- money: 1234567 becomes 1.234.567 while typing; anything that is no number is left for the server to refuse ---- */
  function groupDigits(text) {
    var bare = text.replace(/[.,\s]/g, '');
    if (!/^\d+$/.test(bare)) return text;
    return bare.replace(/^0+(?=\d)/, '').replace(/\B(?=(\d{3})+$)/g, '.');
  }

  function moneyField(input) {
    input.inputMode = 'numeric';
    input.value = groupDigits(input.value);
    input.addEventListener('input', function () {
      var fromEnd = input.value.length - input.selectionStart;
      input.value = groupDigits(input.value);
      var caret = Math.max(0, input.value.length - fromEnd);
      input.setSelectionRange(caret, caret);
    });
  }

  /* ---- passwords can be looked at ---- */
  function passwordField(input) {
    var box = document.createElement('div');
    box.className = 'with-button';
    input.parentNode.insertBefore(box, input);
    box.appendChild(input);
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-plain';
    box.appendChild(button);
    function draw() {
      var hidden = input.type === 'password';
      button.innerHTML = '<i class="bi ' + (hidden ? 'bi-eye' : 'bi-eye-slash') + '" aria-hidden="true"></i>';
      button.setAttribute('aria-label', (hidden ? texts.show : texts.hide) || '');
    }
    button.addEventListener('click', function () {
      input.type = input.type === 'password' ? 'text' : 'password';
      draw();
    });
    draw();
  }

  /* ---- lists: rows picked for a bulk action ---- */
  function countPicked(formId) {
    var boxes = all(document, 'input[name=rowid][form="' + formId + '"]');
    var picked = boxes.filter(function (box) { return box.checked; }).length;
    all(document, '[data-bulk="' + formId + '"]').forEach(function (bar) {
      var every = bar.querySelector('[data-bulk-all]');
      var number = every && every.checked ? every.dataset.bulkAll : picked;
      bar.classList.toggle('on', picked > 0 || number !== picked);
      bar.querySelector('[data-bulk-count]').textContent = number + ' ' + (texts.selected || '');
    });
    all(document, '[data-pick-all="' + formId + '"]').forEach(function (box) {
      box.checked = picked > 0 && picked === boxes.length;
      box.indeterminate = picked > 0 && picked < boxes.length;
    });
  }

  document.addEventListener('change', function (event) {
    var box = event.target;
    if (box.dataset && box.dataset.pickAll) {
      all(document, 'input[name=rowid][form="' + box.dataset.pickAll + '"]').forEach(function (one) { one.checked = box.checked; });
      countPicked(box.dataset.pickAll);
    } else if (box.name === 'rowid' && box.getAttribute('form')) {
      countPicked(box.getAttribute('form'));
    } else if (box.dataset && box.dataset.bulkAll) {
      countPicked(box.getAttribute('form'));
    }
  });

  /* ---- several rows: what is typed is meant to change ---- */
  document.addEventListener('input', function (event) {
    var part = event.target.closest && event.target.closest('.several-field');
    var pick = part && part.querySelector('[data-several-pick]');
    if (pick && event.target !== pick) pick.checked = true;
  });

  /* ---- the framework's filters: each value is named _flt_<operator>_<column>, empty ones are not sent ---- */
  function filterForm(form) {
    var active = JSON.parse(form.dataset.active || '[]');
    all(form, '[data-column]').forEach(function (row) {
      var given = active.filter(function (item) { return item[0] === row.dataset.column; })[0];
      var field = row.querySelector('[data-value] input, [data-value] select, [data-value] textarea');
      if (given) row.querySelector('[data-operator]').value = given[1];
      if (!field) return;
      /* The framework fills in defaults, such as the present moment, as attributes. */
      if (!given && field.type !== 'checkbox') field.removeAttribute('value');
      if (field.type === 'checkbox') field.checked = Boolean(given);
      else field.value = given ? given[2] : '';
    });
    form.addEventListener('submit', function () {
      all(form, '[data-column]').forEach(function (row) {
        var operator = row.querySelector('[data-operator]');
        operator.disabled = true;
        all(row, '[data-value] input[name], [data-value] select[name], [data-value] textarea[name]').forEach(function (field) {
          if (field.type === 'checkbox' ? !field.checked : !field.value) field.disabled = true;
          field.name = '_flt_' + operator.value + '_' + row.dataset.column;
        });
      });
      window.setTimeout(function () { all(form, ':disabled').forEach(function (field) { field.disabled = false; }); }, 0);
    });
  }

  /* Empty values do not belong in the address of a list. */
  function tidyGet(form) {
    form.addEventListener('submit', function () {
      var blank = all(form, 'input[name], select[name]').filter(function (field) { return !field.value; });
      blank.forEach(function (field) { field.disabled = true; });
      window.setTimeout(function () { blank.forEach(function (field) { field.disabled = false; }); }, 0);
    });
  }

  /* ---- start ---- */
  function start(scope) {
    all(scope, 'form[data-filter]').forEach(function (form) { if (once(form, 'Filter')) filterForm(form); });
    all(scope, 'form[data-live]').forEach(function (form) { if (once(form, 'Live')) tidyGet(form); });
    startPickers(scope);
    startDates(scope);
    all(scope, 'input[data-money]').forEach(function (input) { if (once(input, 'Money')) moneyField(input); });
    all(scope, 'input[data-password]').forEach(function (input) { if (once(input, 'Password')) passwordField(input); });
    all(scope, 'form[data-dirty]').forEach(function (form) { if (once(form, 'Watch')) watchDirty(form); });
    if (listening) startFocus(scope);
  }

  /* A page gives its focus when all its scripts listen: the first key pressed there is not lost. */
  var listening = false;
  function startFocus(scope) {
    all(scope, '[data-focus]').forEach(function (element) { if (once(element, 'Focus')) begin(element); });
  }
  document.addEventListener('DOMContentLoaded', function () {
    var here = document.activeElement;
    listening = true;
    if (!here || here === document.body) startFocus(document);
  });

  document.addEventListener('submit', onSubmitConfirm, true);
  document.addEventListener('submit', onSubmitLock);
  document.addEventListener('click', function (event) {
    all(document, 'details[data-menu][open]').forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
    var button = event.target.closest('[aria-disabled="true"]');
    if (button) event.preventDefault();
    var link = event.target.closest('.error-summary a[href^="#"]');
    if (link) {
      var field = document.getElementById(link.getAttribute('href').slice(1));
      if (field) {
        event.preventDefault();
        (field.tomselect || field).focus();
        field.scrollIntoView({ block: 'center' });
      }
    }
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') return;
    all(document, 'details[data-menu][open]').forEach(function (menu) { menu.open = false; menu.querySelector('summary').focus(); });
  });
  ['htmx:afterSwap', 'htmx:after:swap'].forEach(function (name) {
    document.addEventListener(name, function () { start(document); });
  });
  start(document);
})();
