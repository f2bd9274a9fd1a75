// The signature: drawn with finger, mouse or pen; strokes and picture go into the form's hidden fields. It never stops the form from being sent.
(function () {
  'use strict';
  if (!window.SignaturePad) return;

  Array.prototype.forEach.call(document.querySelectorAll('[data-sign]'), function (field) {
    const part = function (name) { return field.querySelector('[data-sign-' + name + ']'); };
    const canvas = field.querySelector('canvas');
    const hint = field.querySelector('.sign-hint');
    const strokes = part('strokes');
    const image = part('image');
    const state = part('state');
    const other = part('other');

    part('pad').hidden = false;
    const pad = new window.SignaturePad(canvas, { penColor: '#1a1a1a', minWidth: 1, maxWidth: 3.2 });

    function keep() {
      const signed = !pad.isEmpty();
      strokes.value = signed ? JSON.stringify(pad.toData()) : '';
      image.value = signed ? pad.toDataURL('image/png') : '';
      hint.hidden = signed;
      const words = signed ? state.dataset.signed : state.dataset.empty;
      if (state.textContent !== words) state.textContent = words;
    }

    // Turning the phone changes the paper: strokes keep their size and shrink only when they would be cut off.
    function fit(data) {
      const ratio = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
      const width = canvas.offsetWidth;
      const height = canvas.offsetHeight;
      if (!width || !height) return;
      canvas.width = width * ratio;
      canvas.height = height * ratio;
      canvas.getContext('2d').scale(ratio, ratio);
      pad.clear();
      if (data.length) pad.fromData(within(data, width, height));
      keep();
    }

    function within(data, width, height) {
      let right = 0;
      let bottom = 0;
      data.forEach(function (stroke) {
        stroke.points.forEach(function (point) {
          right = Math.max(right, point.x);
          bottom = Math.max(bottom, point.y);
        });
      });
      const scale = Math.min(1, width / (right + 8), height / (bottom + 8));
      if (scale === 1) return data;
      return data.map(function (stroke) {
        const points = stroke.points.map(function (point) {
          return Object.assign({}, point, { x: Math.round(point.x * scale * 10) / 10, y: Math.round(point.y * scale * 10) / 10 });
        });
        return Object.assign({}, stroke, { points: points });
      });
    }

    // A form that came back with an error brings the signature with it.
    function drawnBefore() {
      try {
        const data = JSON.parse(strokes.value);
        return Array.isArray(data) ? data : [];
      } catch (_error) {
        return [];
      }
    }

    fit(drawnBefore());
    pad.addEventListener('beginStroke', function () { hint.hidden = true; });
    pad.addEventListener('endStroke', keep);
    part('clear').addEventListener('click', function () {
      pad.clear();
      keep();
    });
    let width = canvas.offsetWidth;
    window.addEventListener('resize', function () {
      // Phones also report a resize when their address bar slides away.
      if (canvas.offsetWidth === width) return;
      width = canvas.offsetWidth;
      fit(pad.toData());
    });

    // The other way is folded away unless it is in use or something there must be put right.
    const used = other && other.querySelector('.error, input:not([type=file]):not([value=""])[value]');
    if (other && !used) other.open = false;
  });
})();
