"use strict";
const found = JSON.parse(document.getElementById("findings").textContent);
const facts = found.facts;
const place = id => document.getElementById(id);
const count = n => n.toLocaleString("en");
const percent = (x, digits = 1) => (100 * x).toFixed(digits) + " %";
const many = (n, one, more = one + "s") => `${count(n)} ${n === 1 ? one : more}`;
const name = c => found.names[c];

// All text enters the page through here, as text.
function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(options))
    if (key in element) element[key] = value; else element.setAttribute(key, value);
  element.append(...children.filter(child => child != null));
  return element;
}

function picture(sample) {
  return make("img", {className: "picture", src: found.pictures[sample], loading: "lazy",
                      alt: `sample ${found.numbers[sample]}, labelled ${name(found.labels[sample])}`});
}

function figure(sample, note, className = "") {
  const caption = make("figcaption", {}, note == null ? null : make("b", {textContent: note}),
                       `#${found.numbers[sample]}`);
  return make("figure", {className}, picture(sample), caption);
}

// A bar, and the number that it stands for.
function bar(share, text, calm) {
  const inside = make("i");
  inside.style.width = 100 * Math.min(1, share) + "%";
  return make("span", {}, make("span", {className: calm ? "bar calm" : "bar"}, inside),
              make("span", {className: "number", textContent: text}));
}

// A table that a click on a heading sorts. A column: {title, value(row), show(row), text, narrow}; show gives a node or
// text.
function sortable(columns, rows, start, step = Infinity) {
  const head = make("tr"), body = make("tbody"), more = make("button", {className: "more", type: "button"});
  let order = {...start}, wanted = rows, shown = step;
  function draw() {
    const by = columns[order.column].value;
    const sorted = [...wanted].sort((a, b) => {
      const x = by(a), y = by(b);
      return (order.up ? 1 : -1) * (typeof x === "string" ? x.localeCompare(y) : x - y);
    });
    columns.forEach((column, c) => {
      if (c === order.column) head.children[c].setAttribute("aria-sort", order.up ? "ascending" : "descending");
      else head.children[c].removeAttribute("aria-sort");
    });
    body.replaceChildren(...sorted.slice(0, shown).map(row => make("tr", {}, ...columns.map(column =>
      make("td", {className: (column.text ? "text" : "") + (column.narrow ? " narrow" : "")}, column.show(row))))));
    more.hidden = sorted.length <= shown;
    more.textContent = `Show more (${count(Math.max(0, sorted.length - shown))} left)`;
  }
  columns.forEach((column, c) => {
    const cell = make("th", {className: column.text ? "text" : "", scope: "col"});
    if (column.value) {
      const button = make("button", {type: "button", textContent: column.title});
      button.onclick = () => {
        order = {column: c, up: order.column === c ? !order.up : Boolean(column.text)};
        draw();
      };
      cell.append(button);
    } else cell.textContent = column.title;
    head.append(cell);
  });
  more.onclick = () => { shown += step; draw(); };
  draw();
  const table = make("table", {}, make("thead", {}, head), body);
  return {element: make("div", {}, make("div", {className: "scroll"}, table), more),
          filter(keep) { wanted = rows.filter(keep); shown = step; draw(); return wanted.length; }};
}

function summary() {
  const rest = [[facts.kept, "kept", "worth keeping"], [facts.redundant, "spare", "redundant"],
                [facts.copies, "copy", "copies"], [facts.suspects, "wrong", "suspected labels"]];
  place("lead").textContent = `Of ${many(facts.samples, "sample")} in ${many(facts.classes, "class", "classes")}, ` +
    `${many(facts.suspects, "label looks wrong", "labels look wrong")}` +
    ` (${percent(facts.suspects / facts.samples)}), ${many(facts.copies, "is a copy", "are copies")} of another, and ` +
    `${count(facts.redundant)} could be dropped as redundant.`;
  place("unsure").hidden = !facts.foretold.unsure;
  place("unsure").textContent = `Only ${percent(facts.foretold.share)} of all labels are foretold by other samples. ` +
    `If more than that are right, the network knows too little of these images, and most suspects are hard samples ` +
    `rather than wrong labels: trust the order, not the number, and let the network learn longer.`;
  const tiles = [[count(facts.samples), "samples"], [count(facts.suspects), "suspected labels"],
                 [count(facts.duplicate_sets), "sets of near duplicates"],
                 [count(facts.conflicts + facts.contradictory), "contradictory pairs"], [count(facts.kept), "worth keeping"]];
  place("tiles").append(...tiles.map(([n, text]) =>
    make("div", {className: "tile"}, make("b", {textContent: n}), make("span", {textContent: text}))));
  const stack = make("div", {className: "stack"}), legend = make("div", {className: "legend"});
  for (const [n, className, text] of rest) {
    const part = make("i", {className});
    part.style.flexGrow = n;
    if (n > 0) stack.append(part);
    legend.append(make("span", {}, make("i", {className}), `${text} ${count(n)}`));
  }
  place("partition").append(stack, legend);
}

function classes() {
  const rows = found.health.map((row, c) => ({...row, c})).filter(row => row.given > 0);
  const worst = Math.max(...rows.map(row => row.wrong / row.given), 1e-9);
  const columns = [
    {title: "Class", text: true, value: row => row.c, show: row => name(row.c)},
    {title: "Samples", value: row => row.given, show: row => count(row.given)},
    {title: "Suspected", value: row => row.flagged, show: row => count(row.flagged)},
    {title: "Expected wrong", value: row => row.wrong / row.given, show: row =>
      bar(row.wrong / row.given / worst, percent(row.wrong / row.given))},
    {title: "Labelled otherwise", value: row => row.missing, show: row => row.missing.toFixed(0)},
    {title: "Alike pairs", value: row => row.alike, show: row => percent(row.alike)},
    {title: "Kept", value: row => row.kept, show: row => count(row.kept)}];
  place("health").append(sortable(columns, rows, {column: 3, up: false}).element);
  if (found.expected.length === 0) return;
  const title = make("h3", {textContent: "Which classes are taken for which"});
  place("confusions").append(title, facts.classes <= 20 ? matrix() : listed());
}

function matrix() {
  const most = Math.max(...found.expected.map(cell => cell[2]));
  const cells = new Map(found.expected.map(([given, likely, n]) => [given + "," + likely, n]));
  const top = make("tr", {}, make("th", {className: "side", textContent: "given ↓  likely →"}),
                   ...found.names.map(text => make("th", {className: "top", textContent: text, title: text})));
  const rows = found.names.map((text, given) => make("tr", {},
    make("th", {className: "side", textContent: text, title: text, scope: "row"}),
    ...found.names.map((other, likely) => {
      const n = cells.get(given + "," + likely) || 0;
      const cell = make("td", {className: given === likely ? "same" : "", textContent: n >= .5 ? n.toFixed(0) : "",
                               title: `${text}, likely ${other}: ${n.toFixed(1)}`});
      if (n > 0) cell.style.background = `rgba(var(--heat), ${(.08 + .8 * n / most).toFixed(3)})`;
      return cell;
    })));
  return make("div", {className: "scroll"}, make("table", {className: "matrix"}, top, ...rows));
}

function listed() {
  return sortable([
    {title: "Given", text: true, value: row => name(row[0]), show: row => name(row[0])},
    {title: "Likely", text: true, value: row => name(row[1]), show: row => name(row[1])},
    {title: "Expected", value: row => row[2], show: row => row[2].toFixed(1)}],
    found.expected, {column: 2, up: false}, 15).element;
}

function suspects() {
  const given = row => found.labels[row[0]];
  const table = sortable([
    {title: "Image", text: true, show: row => picture(row[0])},
    {title: "Number", text: true, narrow: true, value: row => found.numbers[row[0]], show: row => String(found.numbers[row[0]])},
    {title: "Given", text: true, value: row => name(given(row)), show: row => name(given(row))},
    {title: "Suggested", text: true, value: row => name(row[1]), show: row => name(row[1])},
    {title: "Score", value: row => row[2], show: row => bar(row[2], row[2].toFixed(3))}],
    found.suspects, {column: 4, up: false}, 25);
  const selects = [["given", given], ["suggested", row => row[1]]].map(([id, of]) => {
    const present = [...new Set(found.suspects.map(of))].sort((a, b) => a - b);
    place(id).append(make("option", {value: "", textContent: "any class"}),
                     ...present.map(c => make("option", {value: String(c), textContent: name(c)})));
    place(id).onchange = apply;
    return row => place(id).value === "" || Number(place(id).value) === of(row);
  });
  function apply() {
    const n = table.filter(row => selects.every(fits => fits(row)));
    const all = found.suspects.length < facts.suspects ? `; the ${count(found.suspects.length)} most suspect of ` +
      `${count(facts.suspects)} are here` : "";
    place("matching").textContent = many(n, "label") + all;
  }
  place("suspect-table").append(table.element);
  apply();
}

const none = text => make("p", {className: "muted", textContent: text});
