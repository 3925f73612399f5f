/* The form of an entry: what depends on an answer follows it. Without this file a button does the same. */
(function () {
  'use strict';

  var turn = 0;

  function part(scope) { return scope.querySelector('[data-look-part]'); }

  function look(form) {
    var mine = ++turn, data = new FormData(form);
    data.append('look', '1');
    fetch(form.action, { method: 'POST', body: data, credentials: 'same-origin', headers: { Accept: 'text/html' } })
      .then(function (answer) { if (!answer.ok || answer.redirected) throw new Error(String(answer.status)); return answer.text(); })
      .then(function (text) {
        var fresh = part(new DOMParser().parseFromString(text, 'text/html')), now = part(form);
        if (mine !== turn || !fresh || !now) return;
        var here = now.contains(document.activeElement) ? document.activeElement : null;
        now.replaceWith(document.adoptNode(fresh));
        document.dispatchEvent(new Event('htmx:afterSwap'));
        var again = here && here.id && document.getElementById(here.id);
        if (again) {
          if (again.value !== here.value) again.value = here.value;  /* typed while the answer was on its way */
          again.focus();
        }
      }).catch(function () { /* the form is complete without it */ });
  }

  document.addEventListener('change', function (event) {
    var form = event.target.closest('[data-look-form]');
    if (form && event.target.dataset.look === 'refresh') look(form);
  });
})();
