// The small QR code of a receipt carries its nonce behind the #, which browsers send to nobody. With it this page asks for
// what was recorded — by a word made from the nonce — and works out by itself whether that is what the log commits to.
(function () {
  'use strict';

  const place = document.querySelector('[data-opening]');
  const nonce = location.hash.slice(1);
  if (!place || !/^[A-Za-z0-9_-]{43}$/.test(nonce)) return;
  // Whoever is shown this page or sent its address gets no key with it.
  history.replaceState(null, '', location.pathname + location.search);
  const said = place.querySelector('[data-said]');
  if (!window.crypto || !crypto.subtle || !window.TextEncoder) {
    tell('cannot', 'amber');
    return;
  }
  const salt = Uint8Array.from(atob(nonce.replace(/-/g, '+').replace(/_/g, '/') + '='), function (sign) { return sign.charCodeAt(0); });

  digest('hearing/opening/v1\0', salt, '')
    .then(function (word) { return fetch(place.dataset.opening, { headers: { 'X-Receipt': hex(word) }, cache: 'no-store' }); })
    .then(function (answer) { return answer.ok ? answer.text().then(open) : tell('erased', 'amber'); })
    .catch(function () { tell('offline', 'amber'); });

  // The bytes between these two names are the canonical form that the log commits to.
  function open(text) {
    const from = text.indexOf('"payload":') + 10;
    const payload = text.slice(from, text.lastIndexOf(',"salt":"'));
    return digest('hearing/cm/v1\0', salt, payload).then(function (commitment) {
      const same = base64url(commitment) === place.dataset.commitment;
      tell(same ? 'match' : 'differs', same ? 'jade' : 'red');
      const content = place.querySelector('[data-content]');
      content.textContent = Object.entries(JSON.parse(payload)).map(function (pair) {
        return pair[0] + ': ' + (typeof pair[1] === 'string' ? pair[1] : JSON.stringify(pair[1]));
      }).join('\n');
      content.hidden = false;
    });
  }

  function tell(word, tone) {
    const notice = document.createElement('div');
    notice.className = 'notice notice-' + tone;
    notice.textContent = place.dataset[word];
    said.replaceChildren(notice);
    place.querySelector('[data-plain]').hidden = true;
  }

  function digest(domain, bytes, text) {
    const encoder = new TextEncoder();
    const parts = [encoder.encode(domain), bytes, encoder.encode(text)];
    const whole = new Uint8Array(parts.reduce(function (sum, part) { return sum + part.length; }, 0));
    parts.reduce(function (at, part) { whole.set(part, at); return at + part.length; }, 0);
    return crypto.subtle.digest('SHA-256', whole).then(function (found) { return new Uint8Array(found); });
  }

  function hex(bytes) {
    return Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, '0'); }).join('');
  }

  function base64url(bytes) {
    return btoa(String.fromCharCode.apply(null, bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  }
})();
