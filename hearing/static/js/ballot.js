// The ballot's totals as one goes; the same figures come from the server without this. Nothing leaves the page.
(function () {
  'use strict';

  const form = document.querySelector('form[data-ballot]');
  if (!form) return;
  const kind = form.dataset.ballot;
  const budget = Number(form.dataset.budget);
  const points = Number(form.dataset.points);
  const rows = Array.prototype.slice.call(form.querySelectorAll('.choice'));

  function yuan(fen) {
    const sign = fen < 0 ? '-' : '';
    const whole = Math.abs(fen);
    const cents = String(whole % 100).padStart(2, '0');
    return sign + '¥' + String(Math.floor(whole / 100)).replace(/\B(?=(\d{3})+$)/g, ',') + '.' + cents;
  }

  function show(name, text) {
    const place = document.querySelector('[data-total="' + name + '"]');
    if (place && place.textContent !== String(text)) place.textContent = text;
  }

  function number(input) {
    const found = /^\s*(\d{1,6})\s*$/.exec(input.value.normalize('NFKC'));
    return found ? Number(found[1]) : 0;
  }

  function update() {
    let chosen = 0, cost = 0, given = 0;
    rows.forEach(function (row) {
      const input = row.querySelector('input');
      if (!input) return;
      const counts = input.name === 'choice' ? input.checked : number(input) > 0;
      if (!counts) return;
      chosen += 1;
      cost += Number(row.dataset.cost);
      if (input.name !== 'choice') given += number(input);
    });
    show('chosen', chosen);
    show('cost', yuan(cost));
    show('left', yuan(budget - cost));
    show('points', given);
    show('rest', points - given);
    if (kind === 'knapsack') rows.forEach(function (row) { missing(row, budget - cost); });
  }

  // What does not fit any more stays visible and says how much is missing; it can still be ticked.
  function missing(row, left) {
    const input = row.querySelector('input');
    const place = row.querySelector('[data-short]');
    if (!input || !place) return;
    const over = Number(row.dataset.cost) - left;
    const short = !input.checked && over > 0;
    place.hidden = !short;
    place.textContent = short ? place.dataset.short.replace('¥#', yuan(over)) : '';
  }

  form.addEventListener('input', update);
  form.addEventListener('change', update);
  window.addEventListener('pageshow', update);
  const plain = document.querySelector('[data-plain]');
  if (plain) plain.hidden = true;

  // Looking for a project hides rows and unticks nothing.
  const find = document.querySelector('[data-find]');
  if (find && rows.length > 6) {
    find.hidden = false;
    find.querySelector('input').addEventListener('input', function (event) {
      const wanted = event.target.value.trim().toLowerCase();
      rows.forEach(function (row) { row.hidden = wanted !== '' && row.dataset.words.toLowerCase().indexOf(wanted) < 0; });
    });
  }
  update();
})();
