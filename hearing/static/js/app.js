// Comfort on top of pages that work without it: no double sending, focus where a person must look, Chinese input left alone.
(function () {
  'use strict';

  function each(selector, act, root) {
    Array.prototype.forEach.call((root || document).querySelectorAll(selector), act);
  }

  // --- Sending once. The server refuses a second sending too; this spares people the wait and the doubt.
  document.addEventListener('submit', function (event) {
    const form = event.target;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sending = 'yes';
    // Only the look changes: a disabled button would not be sent, and its name may carry the answer.
    if (event.submitter) event.submitter.setAttribute('aria-disabled', 'true');
    // A page that answers with a download stays; after a while the button must live again.
    setTimeout(release, 15000, form);
  }, true);

  function release(form) {
    delete form.dataset.sending;
    each('[aria-disabled=true]', function (button) { button.removeAttribute('aria-disabled'); }, form);
    if (form.id) each('[form="' + form.id + '"]', function (button) { button.removeAttribute('aria-disabled'); });
  }

  // Back brings a page as it was left: let its forms be sent again (the key in them still allows one act only).
  window.addEventListener('pageshow', function () { each('form[data-sending]', release); });

  // --- Errors: the summary takes the focus, its links go to the control itself.
  function focusProblems(root) {
    const summary = root.querySelector('.problems[data-focus]');
    if (!summary) return;
    summary.removeAttribute('data-focus');
    summary.focus();
  }

  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('.problems a[href^="#"]');
    const place = link && document.getElementById(link.getAttribute('href').slice(1));
    if (!place) return;
    const typed = 'input:not([type=hidden]), select, textarea';
    const control = place.matches(typed) ? place : place.querySelector(typed);
    if (!control) return;
    event.preventDefault();
    (control.closest('.field') || control).scrollIntoView();
    control.focus({ preventScroll: true });
  });

  // --- Chinese input: the Enter that picks a word must not send the form, half-written pinyin must not start a search.
  document.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && (event.isComposing || event.keyCode === 229) && event.target.tagName === 'INPUT') {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, true);
  document.addEventListener('input', function (event) {
    if (event.isComposing && event.target.type === 'search') event.stopImmediatePropagation();
    if (event.target.hasAttribute('data-grow')) grow(event.target);
  }, true);
  document.addEventListener('compositionend', function (event) {
    if (event.target.type === 'search') event.target.dispatchEvent(new Event('input', { bubbles: true }));
  });

  function grow(area) {
    area.style.height = 'auto';
    area.style.height = area.scrollHeight + area.offsetHeight - area.clientHeight + 'px';
  }

  // --- What changed without a new page is said aloud: the text of [data-announce] in what htmx has swapped in.
  function announce(text) {
    const place = document.getElementById('announce');
    if (!place) return;
    place.textContent = '';
    setTimeout(function () { place.textContent = text; }, 100);
  }

  // --- Copying a code, printing a page: buttons that exist only where they work.
  document.addEventListener('click', function (event) {
    const button = event.target.closest && event.target.closest('[data-copy], [data-print]');
    if (!button) return;
    if (button.hasAttribute('data-print')) {
      window.print();
      return;
    }
    const source = document.getElementById(button.dataset.copy);
    copy(source, function () {
      button.lastElementChild.textContent = button.dataset.copied;
      announce(button.dataset.copied);
    });
  });

  function copy(source, done) {
    function bySelection() {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = window.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      // Without https the newer way is missing; the text stays selected either way.
      if (document.execCommand('copy')) done();
    }
    if (navigator.clipboard) navigator.clipboard.writeText(source.textContent.trim()).then(done, bySelection);
    else bySelection();
  }

  function enliven(root) {
    focusProblems(root);
    each('[data-copy], [data-print]', function (button) { button.hidden = false; }, root);
    each('textarea[data-grow]', grow, root);
  }

  const said = new WeakSet();
  each('[data-announce]', function (element) { said.add(element); });
  enliven(document);
  document.addEventListener('htmx:after:swap', function () {
    enliven(document);
    each('[data-announce]', function (element) {
      if (said.has(element)) return;
      said.add(element);
      announce(element.textContent.trim());
    });
  });
  document.addEventListener('htmx:finally:request', function () { each('form[data-sending]', release); });
})();
