(function () {
  var words = JSON.parse(document.getElementById("words").textContent);
  var box = document.getElementById("search");
  var count = document.getElementById("count");
  var rows = Array.prototype.slice.call(document.querySelectorAll("tr[data-id]"));
  function search() {
    var wanted = box.value.toLowerCase().split(/\s+/).filter(Boolean);
    var shown = 0;
    rows.forEach(function (row) {
      var text = words[row.getAttribute("data-id")];
      row.hidden = !wanted.every(function (word) { return text.indexOf(word) >= 0; });
      shown += row.hidden ? 0 : 1;
    });
    count.textContent = shown + " of " + rows.length;
  }
  box.addEventListener("input", search);
  document.getElementById("finder").hidden = false;
  search();
})();
