// A pile of photos: sent one after the other with progress; what did not get through stays on the page and can be sent again.
// Without this script the form takes ten photos at once and does the same.
(function () {
  'use strict';

  const place = document.querySelector('[data-stack]');
  if (!place || !window.fetch || !window.FormData || !window.DOMParser) return;
  const form = place.closest('form');
  const input = place.querySelector('input[type=file]');
  const state = place.querySelector('[data-stack-state]');
  const left = place.querySelector('[data-stack-left]');
  place.querySelector('[data-stack-plain]').hidden = true;
  let waiting = [];

  form.addEventListener('submit', function (event) {
    if (input.files.length) waiting = waiting.concat(Array.from(input.files));
    if (!waiting.length) return;
    event.preventDefault();
    input.value = '';
    send();
  });

  function send() {
    const all = waiting.length;
    const failed = [];
    let sent = 0;
    left.replaceChildren();
    form.dataset.sending = 'yes';
    waiting.reduce(function (before, file, place) {
      return before.then(function () {
        tell('sending', place + 1, all);
        return one(file).then(function (trouble) {
          if (trouble) failed.push([file, trouble]);
          else sent += 1;
        });
      });
    }, Promise.resolve()).then(function () {
      waiting = failed.map(function (pair) { return pair[0]; });
      tell('done', sent, all);
      if (failed.length) list(failed);
      delete form.dataset.sending;
      const button = document.querySelector('[form="' + form.id + '"]');
      if (button) button.removeAttribute('aria-disabled');
    });
  }

  // The answer is the page itself: it brings the key for the next photo, and what became of this one.
  function one(file) {
    const body = new FormData();
    form.querySelectorAll('input[type=hidden]').forEach(function (hidden) { body.append(hidden.name, hidden.value); });
    body.append(input.name, file, file.name);
    return fetch(location.pathname, { method: 'POST', body: body, credentials: 'same-origin' })
      .then(function (answer) { return answer.text().then(function (text) { return [answer, text]; }); })
      .then(function (pair) {
        const page = new DOMParser().parseFromString(pair[1], 'text/html');
        const key = page.querySelector('#desk-form input[name=once]');
        const lines = page.getElementById('stack-lines');
        if (!key) return pair[0].status === 413 ? place.dataset.failed : title(page);
        form.querySelector('input[name=once]').value = key.value;
        if (lines) document.getElementById('stack-lines').replaceChildren.apply(document.getElementById('stack-lines'), Array.from(lines.childNodes));
        const problems = page.querySelector('.problems ul');
        return problems ? problems.textContent.trim() : '';
      })
      .catch(function () { return place.dataset.failed; });
  }

  function title(page) {
    const heading = page.querySelector('h1');
    return heading ? heading.textContent : place.dataset.failed;
  }

  function list(failed) {
    const words = document.createElement('p');
    words.textContent = place.dataset.failed;
    const names = document.createElement('ul');
    failed.forEach(function (pair) {
      const line = document.createElement('li');
      line.textContent = pair[1] === place.dataset.failed ? pair[0].name : pair[0].name + ' ' + pair[1];
      names.appendChild(line);
    });
    const again = document.createElement('button');
    again.type = 'submit';
    again.className = 'button button-second';
    again.textContent = place.dataset.again;
    left.replaceChildren(words, names, again);
  }

  function tell(word, number, all) {
    state.textContent = place.dataset[word].replace('%(n)s', number).replace('%(all)s', all);
  }
})();
