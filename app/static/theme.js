/* Loaded before anything is drawn: “as the computer” becomes light or dark; without scripts it stays light. */
(function () {
  'use strict';
  var root = document.documentElement;
  root.classList.add('js');
  if (root.dataset.theme !== 'system') return;
  var dark = window.matchMedia('(prefers-color-scheme: dark)');
  function follow() { root.dataset.bsTheme = dark.matches ? 'dark' : 'light'; }
  dark.addEventListener('change', follow);
  follow();
})();
