// Two functions htmx calls that Chrome 80 and Safari 13.1, the oldest browsers we serve scripts to, do not have.
if (!String.prototype.replaceAll) {
  String.prototype.replaceAll = function (search, replacement) {
    var pattern = search instanceof RegExp ? search : new RegExp(String(search).replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "g");
    return this.replace(pattern, replacement);
  };
}
[Element, Document, DocumentFragment].forEach(function (parent) {
  if (!parent.prototype.replaceChildren) {
    parent.prototype.replaceChildren = function () {
      while (this.lastChild) this.removeChild(this.lastChild);
      this.append.apply(this, arguments);
    };
  }
});
