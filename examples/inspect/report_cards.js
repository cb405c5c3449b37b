function cards(id, rows, total, file, card, otherwise) {
  place(id).append(...(rows.length > 0 ? rows.map(card) : [none(otherwise)]));
  shorter(id, rows.length, total, `all in ${file}.`);
}

function shorter(id, here, total, elsewhere) {
  if (here < total) place(id).after(none(`The first ${count(here)} of ${count(total)} are here, ${elsewhere}`));
}

function pair([a, b, cosine]) {
  return make("div", {className: "card pair"},
              make("div", {className: "row"}, figure(a, name(found.labels[a])), figure(b, name(found.labels[b]))),
              make("p", {textContent: `cosine ${cosine.toFixed(3)}`}));
}

function duplicates() {
  cards("duplicate-sets", found.duplicates, facts.duplicate_sets, "duplicates.csv", set => make("div", {className: "card"},
    make("div", {className: "row"}, figure(set.keep, "keep", "keep"), ...set.others.map(i => figure(i))),
    make("p", {textContent: `${name(found.labels[set.keep])}, ${many(set.size, "sample")}`})),
    "None were found.");
}

function contradictions() {
  cards("conflicts", found.conflicts, facts.conflicts, "pairs.csv", pair, "None were found.");
  cards("contradictory", found.contradictory, facts.contradictory, "pairs.csv", pair, "None were found.");
}

function notable() {
  found.notable.forEach((own, c) => {
    if (own.typical.length === 0) return;
    const group = (title, samples) => make("div", {}, make("p", {className: "label", textContent: title}),
      make("div", {className: "row"}, ...samples.map(i => figure(i))));
    place("notable").append(make("div", {className: "portrait"}, make("b", {textContent: name(c)}),
                                 group("typical", own.typical), group("unusual", own.unusual)));
  });
  shorter("notable", found.notable.length, facts.classes, "the others without pictures.");
}

function redundant() {
  const cost = facts.foretold;
  place("redundant-text").textContent = `${many(facts.redundant, "sample")} in large clusters of look-alikes. What ` +
    `dropping costs is told by the labels of ${many(cost.labels, "clean sample")}, each foretold by other samples: by ` +
    `all there are, by the ${count(cost.kept)} worth keeping, and by as many drawn at random. The network has learned ` +
    `from all of them.`;
  const rows = [["all samples, as they are labelled", cost.by_all], ["those worth keeping", cost.by_kept],
                ["as many at random", cost.by_random]];
  place("price").append(make("div", {className: "scroll"}, make("table", {}, make("thead", {}, make("tr", {},
    make("th", {className: "text", textContent: "Foretold by"}), make("th", {textContent: "Labels foretold"}))),
    make("tbody", {}, ...rows.map(([text, share]) => make("tr", {}, make("td", {className: "text", textContent: text}),
      make("td", {}, bar(share, percent(share, 2), true))))))));
  cards("redundant-pairs", found.redundant, facts.redundant, "redundant.csv", pair, "Nothing is redundant.");
}

function about() {
  const told = [found.understood, `${facts.network}, ${count(facts.parameters)} weights, ` +
    (facts.epochs > 0 ? many(facts.epochs, "epoch") : "loaded") +
    `, right on ${percent(facts.accuracy)} of the labels it has learned`,
    facts.parts > 1 ? `labels foretold within ${facts.parts} parts of the set` : "labels foretold from the whole set",
    `peak ${count(Math.round(facts.peak_mib))} MiB`];
  place("facts").append(make("p", {textContent: told.join(" · ")}));
}

for (const write of [summary, classes, suspects, duplicates, contradictions, notable, redundant, about]) write();
