// A letter's QR code carries the household code behind the #, so that no server or proxy ever logs it: move it into the field.
(function () {
  'use strict';

  const field = document.querySelector('[data-from-fragment]');
  const carried = decodeURIComponent(location.hash.slice(1).replace(/%(?![0-9a-f]{2})/gi, '%25'));
  // #code is a link to the field itself (from the list of errors), not a code.
  if (!field || carried.length < 8 || document.getElementById(carried)) return;
  field.value = carried;
  history.replaceState(null, '', location.pathname + location.search);
})();
