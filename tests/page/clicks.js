// Appended to a report: clicks through it as a reader would, and leaves what went wrong in the element "told".
(async () => {
  const wrong = [];
  const check = (holds, what) => { if (!holds) wrong.push(what); };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const {names, facts} = JSON.parse(document.getElementById("findings").textContent);
  const table = document.getElementById("suspect-table");
  const column = n => all("tbody tr", table).map(row => row.children[n].textContent);
  const ordered = (values, compare) => values.every((value, i) => i === 0 || compare(values[i - 1], value) <= 0);
  const heading = n => all("th", table)[n];
  try {
    check(column(0).length > 5, "there are suspects");
    check(ordered(column(4).map(Number), (a, b) => b - a), "the most suspect are first");
    heading(1).querySelector("button").click();
    check(heading(1).getAttribute("aria-sort") === "ascending", "a heading says how it sorts");
    check(heading(4).getAttribute("aria-sort") === null, "the heading before says nothing any more");
    check(ordered(column(1).map(Number), (a, b) => a - b), "numbers rise after a click");
    heading(1).querySelector("button").click();
    check(ordered(column(1).map(Number), (a, b) => b - a), "numbers fall after another");
    heading(2).querySelector("button").click();
    check(ordered(column(2), (a, b) => a.localeCompare(b)), "names are sorted");

    const given = document.getElementById("given"), suggested = document.getElementById("suggested");
    const choose = (select, value) => { select.value = value; select.dispatchEvent(new Event("change")); };
    const total = Number.parseInt(document.getElementById("matching").textContent);
    let sum = 0;
    for (const option of all("option", given).slice(1)) {
      choose(given, option.value);
      check(column(2).every(text => text === names[option.value]), "a class alone is left: " + option.value);
      check(column(2).length > 0, "a class that can be chosen has suspects");
      sum += Number.parseInt(document.getElementById("matching").textContent);
    }
    check(sum === total, "the classes together are all suspects");
    choose(given, all("option", given)[1].value);
    for (const option of all("option", suggested).slice(1)) {
      choose(suggested, option.value);
      check(column(3).every(text => text === names[option.value]), "both filters hold");
    }
    choose(given, ""), choose(suggested, "");
    const rows = column(0).length, more = table.querySelector(".more");
    check(more.hidden === (rows === total), "more is offered where there is more");
    if (!more.hidden) more.click();
    check(column(0).length > rows || rows === total, "more is shown");

    const classes = all("#health tbody tr").map(row => row.children[0].textContent);
    check(names.every(name => classes.includes(name)), "every name of a class is shown as it is");
    check(window.hostile === undefined, "no name of a class is run");
    check(all("img:not(.picture)").length === 0, "no name of a class is an element");
    check(all("script").length === 3, "no name of a class is a script");
    check(document.title.includes("<b>hostile"), "the name of the set is a title, as it is");
    const shown = all("img.picture");
    check(shown.length > 20 && shown.every(img => img.src.startsWith("data:image/png;base64,")), "pictures are inline");
    await Promise.all(shown.slice(0, 40).map(async shownHere => {
      const img = new Image();
      img.src = shownHere.src;
      await img.decode();
      check(img.naturalWidth === 28 && img.naturalHeight === 28, "pictures can be decoded");
    }));
    check(all("#notable .portrait").length > 5 && all("#redundant-pairs .card").length > 0, "all sections are filled");
    for (const [id, total] of [["duplicate-sets", facts.duplicate_sets], ["conflicts", facts.conflicts],
                               ["contradictory", facts.contradictory], ["redundant-pairs", facts.redundant]]) {
      const list = document.getElementById(id), here = all(".card", list).length, next = list.nextElementSibling;
      const told = next !== null && next.textContent.startsWith(`The first ${here} of ${total.toLocaleString("en")}`);
      check(told === here < total, "a list that is shorter than the file says so: " + id);
    }
    check(document.documentElement.scrollWidth <= window.innerWidth, "nothing is wider than the window");
  } catch (error) {
    wrong.push(String(error));
  }
  const told = document.createElement("pre");
  told.id = "told";
  told.textContent = wrong.length === 0 ? "clicked through" : "wrong: " + wrong.join("; ");
  document.body.append(told);
})();
