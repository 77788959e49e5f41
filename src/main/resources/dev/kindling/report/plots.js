
"use strict";
// Draws the page that stands in the element "page". Text from there only ever becomes text nodes and attributes.
(() => {
  const root = d3.select(document.documentElement);
  window.addEventListener("error", event => {
    root.attr("data-error", event.message);
    d3.select("#main").append("p").attr("id", "error").text("This page could not be drawn: " + event.message);
  });

  const ROWS_AT_MOST = 60;
  const TABLE_ROWS = 40;
  const MESSAGES = 20;
  const SYMBOLS = [d3.symbolCircle, d3.symbolSquare, d3.symbolTriangle, d3.symbolDiamond, d3.symbolCross, d3.symbolStar];
  const short = d3.format(".5~g");
  const colour = index => "s" + index % 6;
  const symbol = (index, size) => d3.symbol(SYMBOLS[index % SYMBOLS.length], size)();
  const number = value => typeof value === "number";

  // Scales ------------------------------------------------------------------------------------------------------------

  function scale(kind, values, range) {
    const log = kind === "LOG";
    const usable = values.filter(value => number(value) && (!log || value > 0));
    let [low, high] = usable.length ? d3.extent(usable) : [1, 1];
    if (log) {
      if (high / low < 1.5) { low /= 1.5; high *= 1.5; }
      const pad = Math.pow(high / low, 0.04);
      return d3.scaleLog([low / pad, high * pad], range);
    }
    low = kind === "ZERO" ? Math.min(0, low) : low;
    if (low === high && kind === "ZERO") high = 1;
    else if (low === high) { low -= Math.abs(low) / 2 || 0.5; high += Math.abs(high) / 2 || 0.5; }
    const pad = (high - low) * 0.04;
    return d3.scaleLinear([kind === "ZERO" ? low : low - pad, high + pad], range);
  }

  const shows = (kind, value) => number(value) && (kind !== "LOG" || value > 0);

  function axis(make, by, length, every) {
    const count = Math.max(2, Math.floor(length / every));
    const decades = by.base ? Math.log10(by.domain()[1] / by.domain()[0]) : 0;
    const ticks = decades > 1 ? by.ticks(count).filter(value => decades < 2 || isPower(value)) : by.ticks(count);
    const step = Math.ceil(ticks.length / (count + 1));
    return make(by).tickValues(ticks.filter((value, i) => i % step === 0)).tickFormat(tick).tickSizeOuter(0);
  }

  const isPower = value => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9;
  const tick = value => value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? d3.format(".3~g")(value).includes("e")
      ? d3.format(".3~g")(value) : d3.format(".0e")(value) : d3.format(".4~g")(value);

  function shortened(text, characters) {
    if (text.length <= characters) return text;
    const tail = Math.ceil(characters * 0.6);
    return text.slice(0, Math.max(1, characters - tail - 1)) + "…" + text.slice(text.length - tail);
  }

  // Plots -------------------------------------------------------------------------------------------------------------

  function canvas(figure, width, height, title) {
    figure.select("svg.plot").remove();
    const svg = figure.append("svg").attr("class", "plot").attr("viewBox", `0 0 ${width} ${height}`)
        .attr("role", "img").attr("aria-label", title);
    return svg;
  }

  function legend(figure, names, dashed) {
    const box = figure.append("div").attr("class", "legend");
    names.forEach((name, index) => {
      const entry = box.append("span");
      const icon = entry.append("svg").attr("viewBox", "-9 -6 18 12").attr("class", colour(index));
      if (dashed) {
        icon.append("path").attr("class", "curve" + (dashed[index] ? " dashed" : "")).attr("d", "M-9,0H9");
      } else {
        icon.append("path").attr("class", "mark").attr("d", symbol(index, 70));
      }
      entry.append("span").text(name);
    });
    return box;
  }

  function everything(plot) {
    return plot.series.flatMap(series => [...series.values, ...series.low, ...series.high])
        .concat(plot.references.map(reference => reference.value));
  }

  function mark(group, series, layer, value, index, x, y) {
    group.append("path").attr("class", "mark " + colour(index)).attr("d", symbol(index, Math.max(28, 105 / (index + 1))))
        .attr("transform", `translate(${x},${y})`)
        .attr("data-series", series.name).attr("data-layer", layer).attr("data-value", value)
        .append("title").text(`${layer}, ${series.name}: ${short(value)}`);
  }

  // One row per layer: names can be read, also on a phone.
  function rows(figure, plot, width) {
    const characters = d3.max(plot.layers, name => name.length) || 1;
    const left = Math.min(characters * 7 + 12, width * 0.38);
    const rowHeight = plot.style === "BARS" ? 8 + 12 * plot.series.length : 22;
    const top = 22, height = top + rowHeight * plot.layers.length + 40;
    const svg = canvas(figure, width, height, plot.title);
    const x = scale(plot.axis, everything(plot), [left, width - 12]);
    const y = index => top + rowHeight * (index + 0.5);
    const bottom = top + rowHeight * plot.layers.length;
    svg.append("g").attr("class", "grid").attr("transform", `translate(0,${bottom})`)
        .call(axis(d3.axisBottom, x, width - left, 90).tickSize(-(bottom - top))).selectAll("text").remove();
    svg.append("g").attr("transform", `translate(0,${bottom})`).call(axis(d3.axisBottom, x, width - left, 90));
    svg.append("text").attr("x", (left + width) / 2).attr("y", height - 4).attr("text-anchor", "middle").text(plot.unit);
    plot.references.forEach(reference => {
      svg.append("line").attr("class", "reference").attr("x1", x(reference.value)).attr("x2", x(reference.value))
          .attr("y1", top).attr("y2", bottom);
      svg.append("text").attr("x", x(reference.value)).attr("y", top - 7).attr("text-anchor", "middle").text(reference.name);
    });
    plot.layers.forEach((layer, row) => {
      svg.append("text").attr("class", "name").attr("x", left - 8).attr("y", y(row)).attr("dy", "0.35em")
          .attr("text-anchor", "end").text(shortened(layer, Math.floor((left - 8) / 7))).append("title").text(layer);
      plot.series.forEach((series, index) => {
        const value = series.values[row];
        const low = series.low[row], high = series.high[row];
        if (plot.style === "BARS") {
          if (number(value)) {
            svg.append("rect").attr("class", "mark " + colour(index)).attr("x", x(0)).attr("width", x(value) - x(0))
                .attr("y", y(row) + 12 * (index - plot.series.length / 2) + 1).attr("height", 10)
                .attr("data-series", series.name).attr("data-layer", layer).attr("data-value", value)
                .append("title").text(`${layer}, ${series.name}: ${short(value)}`);
          }
          return;
        }
        if (shows(plot.axis, low) && shows(plot.axis, high)) {
          svg.append("line").attr("class", "interval " + colour(index)).attr("x1", x(low)).attr("x2", x(high))
              .attr("y1", y(row)).attr("y2", y(row));
        }
        if (shows(plot.axis, value)) mark(svg, series, layer, value, index, x(value), y(row));
      });
    });
  }

  // Too many layers for names: depth goes to the right, names are in the tooltips.
  function depth(figure, plot, width) {
    const left = 56, top = 16, height = 320, bottom = height - 40;
    const svg = canvas(figure, width, height, plot.title);
    const x = d3.scaleLinear([0, plot.layers.length - 1], [left + 6, width - 12]);
    const y = scale(plot.axis, everything(plot), [bottom, top]);
    svg.append("g").attr("class", "grid").attr("transform", `translate(${left},0)`)
        .call(axis(d3.axisLeft, y, bottom - top, 45).tickSize(-(width - left))).selectAll("text").remove();
    svg.append("g").attr("transform", `translate(${left},0)`).call(axis(d3.axisLeft, y, bottom - top, 45));
    svg.append("g").attr("transform", `translate(0,${bottom})`).call(axis(d3.axisBottom, x, width - left, 90));
    svg.append("text").attr("x", (left + width) / 2).attr("y", height - 4).attr("text-anchor", "middle").text("layer, in order; up: " + plot.unit);
    plot.references.forEach(reference => {
      svg.append("line").attr("class", "reference").attr("x1", left).attr("x2", width).attr("y1", y(reference.value)).attr("y2", y(reference.value));
    });
    plot.series.forEach((series, index) => {
      const line = d3.line((value, i) => x(i), value => y(value)).defined(value => shows(plot.axis, value));
      svg.append("path").attr("class", "curve " + colour(index)).attr("d", line(series.values) || "M0,0");
      series.values.forEach((value, i) => {
        if (shows(plot.axis, value)) {
          svg.append("circle").attr("class", "mark " + colour(index)).attr("r", 2.5).attr("cx", x(i)).attr("cy", y(value))
              .attr("data-series", series.name).attr("data-layer", plot.layers[i]).attr("data-value", value)
              .append("title").text(`${plot.layers[i]}, ${series.name}: ${short(value)}`);
        }
      });
    });
  }

  function histogram(figure, plot, width) {
    const left = 8, right = 8, top = 6, height = 130, bottom = height - 22;
    const svg = canvas(figure, width, height, plot.title);
    const bins = plot.series[0].values.length;
    const x = d3.scaleLinear([plot.low, plot.high], [left, width - right]);
    const most = d3.max(plot.series.flatMap(series => series.values).concat(plot.expected));
    const y = d3.scaleLinear([0, most * 1.05 || 1], [bottom, top]);
    const edge = i => x(plot.low + (plot.high - plot.low) * i / bins);
    plot.series.forEach((series, index) => {
      const path = d3.path();
      path.moveTo(edge(0), bottom);
      series.values.forEach((value, i) => { path.lineTo(edge(i), y(value)); path.lineTo(edge(i + 1), y(value)); });
      path.lineTo(edge(bins), bottom);
      svg.append("path").attr("class", "bars mark " + colour(index)).attr("d", path.toString()).attr("data-series", series.name);
    });
    if (plot.expected.length) {
      const line = d3.line((value, i) => edge(i + 0.5), value => y(value)).defined(number);
      svg.append("path").attr("class", "expected").attr("d", line(plot.expected));
    }
    svg.append("g").attr("transform", `translate(0,${bottom})`).call(axis(d3.axisBottom, x, width, 75));
  }

  function curves(figure, plot, width) {
    const small = width < 420;
    const left = 56, top = 10, height = small ? 190 : 320, bottom = height - 40;
    const svg = canvas(figure, width, height, plot.title);
    const x = scale(plot.xAxis, plot.curves.flatMap(curve => curve.x), [left, width - 10]);
    const y = scale(plot.yAxis, plot.curves.flatMap(curve => [...curve.y, ...curve.low, ...curve.high]), [bottom, top]);
    svg.append("g").attr("class", "grid").attr("transform", `translate(${left},0)`)
        .call(axis(d3.axisLeft, y, bottom - top, 45).tickSize(-(width - left - 10))).selectAll("text").remove();
    svg.append("g").attr("transform", `translate(${left},0)`).call(axis(d3.axisLeft, y, bottom - top, 45));
    svg.append("g").attr("transform", `translate(0,${bottom})`).call(axis(d3.axisBottom, x, width - left, 70));
    svg.append("text").attr("x", (left + width) / 2).attr("y", height - 4).attr("text-anchor", "middle").text(plot.xLabel + "; up: " + plot.yLabel);
    plot.curves.forEach((curve, index) => {
      const shown = i => shows(plot.xAxis, curve.x[i]) && shows(plot.yAxis, curve.y[i]);
      if (curve.low.length) {
        const area = d3.area((value, i) => x(curve.x[i]), (value, i) => y(curve.low[i]), (value, i) => y(curve.high[i]))
            .defined((value, i) => shown(i) && shows(plot.yAxis, curve.low[i]));
        svg.append("path").attr("class", "band " + colour(index)).attr("d", area(curve.y));
      }
      const line = d3.line((value, i) => x(curve.x[i]), value => y(value)).defined((value, i) => shown(i));
      svg.append("path").attr("class", "curve mark-line " + colour(index) + (curve.line === "EXPECTED" ? " dashed" : "")).attr("d", line(curve.y))
          .attr("data-series", curve.name).attr("data-points", curve.y.filter((value, i) => shown(i)).length)
          .append("title").text(curve.name);
    });
  }

  const drawers = {
    layers: (figure, plot, width) => plot.layers.length <= ROWS_AT_MOST || plot.style === "BARS" ? rows(figure, plot, width) : depth(figure, plot, width),
    histogram, curves
  };

  function figure(parent, plot) {
    const box = parent.append("figure").attr("data-plot", plot.id);
    const caption = box.append("figcaption").text(plot.title);
    if (plot.text) caption.append("small").text(plot.text);
    if (plot.type === "curves" && plot.curves.length > 1) legend(box, plot.curves.map(curve => curve.name), plot.curves.map(curve => curve.line === "EXPECTED"));
    if (plot.type !== "curves" && plot.series.length > 1) legend(box, plot.series.map(series => series.name));
    let drawn = 0;
    const draw = () => {
      const width = Math.floor(box.node().clientWidth);
      if (width > 0 && width !== drawn) {
        drawn = width;
        drawers[plot.type](box, plot, width);
        box.attr("data-drawn", box.selectAll("svg.plot .mark, svg.plot .mark-line").size());
      }
    };
    draw();
    // Drawing changes heights, which must not happen while sizes are being told.
    new ResizeObserver(() => requestAnimationFrame(() => { if (!matchMedia("print").matches) draw(); })).observe(box.node());
  }

  // Text --------------------------------------------------------------------------------------------------------------

  function messages(parent, content) {
    const list = parent.append("ul").attr("class", "messages " + content.kind.toLowerCase());
    content.lines.slice(0, MESSAGES).forEach(line => list.append("li").text(line));
    if (content.lines.length > MESSAGES) {
      const rest = parent.append("details");
      rest.append("summary").text(`${content.lines.length - MESSAGES} more`);
      const more = rest.append("ul").attr("class", "messages " + content.kind.toLowerCase());
      content.lines.slice(MESSAGES).forEach(line => more.append("li").text(line));
    }
  }

  function table(parent, content) {
    grid(parent, content, content.rows.slice(0, TABLE_ROWS));
    if (content.rows.length > TABLE_ROWS) {
      const rest = parent.append("details");
      rest.append("summary").text(`${content.rows.length - TABLE_ROWS} more rows`);
      grid(rest, content, content.rows.slice(TABLE_ROWS));
    }
  }

  function grid(parent, content, rows) {
    const element = parent.append("div").attr("class", "scroll").append("table");
    const side = i => content.columns[i].side === "RIGHT" ? "right" : null;
    if (content.columns.some(column => column.title)) {
      const head = element.append("thead").append("tr");
      content.columns.forEach((column, i) => head.append("th").attr("class", side(i)).text(column.title));
    }
    element.classed("facts", content.columns[0].title === "");
    const body = element.append("tbody");
    rows.forEach(cells => {
      const row = body.append("tr");
      cells.forEach((cell, i) => row.append("td").attr("class", side(i)).text(cell));
    });
  }

  const writers = {
    messages, table,
    commands: (parent, content) => content.lines.forEach(line => parent.append("pre").text(line)),
    gallery: (parent, content) => {
      const box = parent.append("div").attr("class", "gallery");
      content.plots.forEach(plot => figure(box, plot));
    },
    layers: figure, histogram: figure, curves: figure
  };

  const page = JSON.parse(document.getElementById("page").textContent);
  const main = d3.select("#main");
  main.selectAll("*").remove();
  main.append("h1").text(page.title);
  main.append("p").attr("class", "soft").text(page.subtitle);
  const nav = main.append("nav");
  page.sections.forEach((section, index) => nav.append("a").attr("href", "#s" + index).text(section.title));
  page.sections.forEach((section, index) => {
    const box = main.append("section").attr("id", "s" + index);
    box.append("h2").text(section.title);
    if (section.text) box.append("p").attr("class", "soft").text(section.text);
    section.contents.forEach(content => writers[content.type](box, content));
  });
  root.attr("data-plots", document.querySelectorAll("figure[data-plot]").length);
  root.attr("data-overflow", document.documentElement.scrollWidth - document.documentElement.clientWidth);
})();
