// Draws what pages/charts.py worked out. No texts and no number formats here; colours come from the style sheet.
(() => {
  "use strict";
  const drawn = new Map();

  function palette(element) {
    const style = getComputedStyle(element);
    const get = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
      get,
      font: style.fontFamily,
      text: get("text"), text2: get("text-2"), text3: get("text-3"), line: get("line"), strong: get("line-strong"),
      surface: get("surface"), raised: get("raised"), accent: get("accent"), quiet: get("quiet"), quietLine: get("quiet-line"),
    };
  }

  const base = (colour) => ({
    animation: false,
    textStyle: { fontFamily: colour.font, fontSize: 12, color: colour.text2 },
  });

  const tooltip = (colour, extra) => ({
    renderMode: "richText",
    confine: true,
    backgroundColor: colour.raised,
    borderColor: colour.line,
    borderWidth: 1,
    padding: [8, 12],
    textStyle: { color: colour.text, fontSize: 12, lineHeight: 18, fontFamily: colour.font },
    ...extra,
  });

  const valueAxis = (data, colour) => ({
    type: "value",
    min: data.ticks[0],
    max: data.ticks[data.ticks.length - 1],
    interval: data.ticks[1] - data.ticks[0],
    axisLabel: {
      color: colour.text3,
      formatter: (value) => data.tick_texts[data.ticks.findIndex((tick) => Math.abs(tick - value) < 1e-6 * Math.max(1, Math.abs(value)))] ?? "",
    },
    splitLine: { lineStyle: { color: colour.line } },
    axisLine: { show: false },
    axisTick: { show: false },
  });

  const categoryAxis = (data, colour, gap) => ({
    type: "category",
    data: data.categories,
    boundaryGap: gap,
    axisLabel: { color: colour.text3, hideOverlap: true },
    axisLine: { lineStyle: { color: colour.strong }, onZero: true },
    axisTick: { show: false },
  });

  // About how wide a name is at 12px, so that what stands at a line's end has room.
  const width = (text) => [...text].reduce((sum, char) => sum + (char.codePointAt(0) > 0x2e80 ? 12.5 : 7), 0);

  const told = (data) => (points) => {
    const place = points[0].dataIndex;
    return [data.categories[place], ...data.series.map((one) => `${one.name}  ${one.texts[place]}`)].join("\n");
  };

  function lastKnown(values) {
    for (let place = values.length - 1; place >= 0; place -= 1) if (values[place] !== null) return place;
    return -1;
  }

  function lines(data, colour) {
    return {
      ...base(colour),
      grid: { left: 8, right: data.series.length > 1 ? 16 + Math.max(...data.series.map((one) => width(one.name))) : 16, top: 12, bottom: 8, containLabel: true },
      tooltip: tooltip(colour, { trigger: "axis", axisPointer: { lineStyle: { color: colour.strong } }, formatter: told(data) }),
      xAxis: categoryAxis(data, colour, false),
      yAxis: valueAxis(data, colour),
      series: data.series.map((one) => {
        const now = one.role === "now";
        return {
          type: "line",
          name: one.name,
          data: one.values,
          z: now ? 3 : 2,
          symbol: "circle",
          symbolSize: 7,
          showSymbol: one.values.filter((value) => value !== null).length === 1,
          emphasis: { disabled: false, lineStyle: { width: now ? 2.25 : 1.5 } },
          itemStyle: { color: now ? colour.accent : colour.quietLine },
          lineStyle: { color: now ? colour.accent : colour.quietLine, width: now ? 2.25 : 1.5, type: now ? "solid" : [5, 4] },
          areaStyle: now ? { color: colour.accent, opacity: 0.07, origin: "start" } : undefined,
          endLabel: {
            show: data.series.length > 1 && lastKnown(one.values) === one.values.length - 1,
            formatter: one.name,
            color: now ? colour.accent : colour.text3,
            fontWeight: now ? 600 : 400,
            fontFamily: colour.font,
            distance: 8,
          },
          labelLayout: { moveOverlap: "shiftY" },
        };
      }),
    };
  }

  function bars(data, colour) {
    const places = data.series.map((one) => lastKnown(one.values));
    const room = data.series.length > 1 ? width(data.series[0].name) - 14 : 4;  // the name of this year stands out to the right
    return {
      ...base(colour),
      grid: { left: 8, right: room, top: 24, bottom: 8, containLabel: true },
      tooltip: tooltip(colour, { trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: colour.quiet, opacity: 0.18 } }, formatter: told(data) }),
      xAxis: categoryAxis(data, colour, true),
      yAxis: valueAxis(data, colour),
      series: data.series.map((one, index) => ({ one, index })).reverse().map(({ one, index }) => {
        const now = one.role === "now";
        return {
          type: "bar",
          name: one.name,
          barMaxWidth: 30,
          barGap: "12%",
          barCategoryGap: "34%",
          itemStyle: { color: now ? colour.accent : colour.quiet, borderRadius: [2, 2, 0, 0] },
          emphasis: { disabled: true },
          data: one.values.map((value, place) => ({
            value,
            label: {
              show: data.series.length > 1 && place === places[index],
              position: value < 0 ? "bottom" : "top",
              align: now ? "left" : "right",
              offset: [now ? -8 : 7, 0],
              formatter: one.name,
              color: now ? colour.accent : colour.text3,
              fontWeight: now ? 600 : 400,
              fontFamily: colour.font,
              fontSize: 11,
            },
          })),
          labelLayout: { moveOverlap: "shiftY" },
        };
      }),
    };
  }

  function ranked(data, colour) {
    const fill = (name) => colour.get(name);
    return {
      ...base(colour),
      grid: { left: 0, right: 64, top: 0, bottom: 0, containLabel: true },
      xAxis: { type: "value", show: false, min: (range) => Math.min(0, range.min) },
      yAxis: {
        type: "category",
        inverse: true,
        data: data.bars.map((bar) => bar.label),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: { color: colour.text, width: 120, overflow: "truncate", align: "left", margin: 110 },
      },
      series: [{
        type: "bar",
        barMaxWidth: 18,
        barMinHeight: 2,
        emphasis: { disabled: true },
        data: data.bars.map((bar) => ({ value: bar.value, itemStyle: { color: fill(bar.colour), borderRadius: 2 } })),
        label: {
          show: true,
          position: "right",
          color: colour.text2,
          fontFamily: colour.font,
          formatter: (point) => data.bars[point.dataIndex].text,
        },
      }],
    };
  }

  function flow(data, colour) {
    const node = Object.fromEntries(data.nodes.map((one) => [one.id, one]));
    return {
      ...base(colour),
      tooltip: tooltip(colour, {
        formatter: (point) => point.dataType === "edge"
          ? `${node[point.data.source].label} → ${node[point.data.target].label}\n${data.links[point.dataIndex].text}`
          : `${node[point.name].label}\n${node[point.name].text}`,
      }),
      series: [{
        type: "sankey",
        left: 0, right: 12 + Math.max(...data.nodes.map((one) => width(`${one.label}  ${one.text}`))), top: 4, bottom: 4,
        nodeWidth: 9,
        nodeGap: 12,
        layoutIterations: 0,
        draggable: false,
        emphasis: { focus: "adjacency" },
        data: data.nodes.map((one) => ({
          name: one.id,
          depth: one.side,
          itemStyle: { color: colour.get(one.colour), borderWidth: 0 },
          label: { show: one.side === 1, formatter: `${one.label}  ${one.text}`, color: colour.text2, fontFamily: colour.font, fontSize: 12, textBorderWidth: 0 },
        })),
        links: data.links.map(({ source, target, value }) => ({ source, target, value })),
        lineStyle: { color: "source", opacity: 0.24, curveness: 0.5 },
      }],
    };
  }

  // Longitude and latitude on axes of one scale, so that the land keeps its shape.
  function places(data, colour, canvas) {
    const tones = {
      fine: { colour: colour.accent, symbol: "circle" },
      white: { colour: colour.get("worse"), symbol: "emptyCircle" },
      thin: { colour: colour.get("warn"), symbol: "diamond" },
      crowded: { colour: colour.text2, symbol: "roundRect" },
    };
    const spots = data.spots.map((spot) => spot.at);
    const span = (known, place) => [Math.min(...known.map((at) => at[place])), Math.max(...known.map((at) => at[place]))];
    const size = (known) => Math.max(...[0, 1].map((place) => span(known, place)[1] - span(known, place)[0]));
    // Spots of one country are not shrunk into a corner because some of the dots around them lie on other continents.
    const known = size(spots) > size([...spots, ...data.dots]) / 4 ? [...spots, ...data.dots] : spots;
    const [[west, east], [south, north]] = [span(known, 0), span(known, 1)];
    const squeeze = Math.max(0.2, Math.cos(((south + north) / 2) * Math.PI / 180));
    const shape = canvas.clientWidth / Math.max(1, canvas.clientHeight);
    const height = Math.max((north - south) * 1.14, ((east - west) * 1.3 * squeeze) / shape, 0.5);
    const wide = (height * shape) / squeeze;
    const axis = (low, high, size) => ({ type: "value", show: false, min: (low + high - size) / 2, max: (low + high + size) / 2 });
    return {
      ...base(colour),
      grid: { left: 0, right: 0, top: 0, bottom: 0 },
      xAxis: axis(west, east, wide),
      yAxis: axis(south, north, height),
      tooltip: tooltip(colour, { trigger: "item", formatter: (point) => data.spots[point.dataIndex].text }),
      series: [
        { type: "scatter", data: data.dots, clip: true, symbolSize: 4, silent: true, tooltip: { show: false }, itemStyle: { color: colour.quiet, opacity: 0.7 }, z: 1 },
        {
          type: "scatter",
          z: 3,
          data: data.spots.map((spot) => {
            const tone = tones[spot.tone];
            return {
              value: spot.at,
              symbol: tone.symbol,
              label: { position: (spot.at[0] - (west + east - wide) / 2) / wide > 0.7 ? "left" : "right" },
              symbolSize: data.spots.length > 15 ? 8 + 16 * Math.sqrt(Math.max(0, spot.share)) : 10 + 26 * Math.sqrt(Math.max(0, spot.share)),
              itemStyle: { color: tone.colour, opacity: spot.tone === "fine" ? 0.55 : 0.85, borderColor: tone.colour, borderWidth: spot.tone === "white" ? 3 : 1 },
            };
          }),
          label: {
            show: true,
            position: "right",
            distance: 4,
            opacity: 1,
            color: colour.text,
            fontFamily: colour.font,
            fontSize: data.spots.length > 15 ? 11 : 12,
            width: 150,
            overflow: "truncate",
            textBorderColor: colour.surface,
            textBorderWidth: 3,
            formatter: (point) => data.spots[point.dataIndex].label,
          },
          labelLayout: { hideOverlap: true },
        },
      ],
    };
  }

  const kinds = { lines, bars, ranked, flow, places };

  function draw(figure) {
    const canvas = figure.querySelector(".chart-canvas");
    const data = JSON.parse(figure.dataset.chart);
    if (data.kind === "ranked") canvas.classList.add(`chart-rows-${Math.min(data.bars.length, 12)}`);
    const chart = window.echarts.init(canvas, null, { renderer: "canvas" });
    const paint = () => chart.setOption(kinds[data.kind](data, palette(figure), canvas), true);
    paint();
    if (data.kind === "ranked" || data.kind === "places") {
      chart.on("click", (point) => { const url = (data.bars ?? data.spots)[point.dataIndex]?.url; if (url) window.location.assign(url); });
    }
    const resize = new ResizeObserver(() => { chart.resize(); if (data.kind === "places") paint(); });
    resize.observe(canvas);
    drawn.set(figure, { chart, paint, resize });
  }

  function drawAll() {
    drawn.forEach(({ chart, resize }, figure) => {
      if (!figure.isConnected) { resize.disconnect(); chart.dispose(); drawn.delete(figure); }
    });
    document.querySelectorAll("[data-chart]").forEach((figure) => { if (!drawn.has(figure)) draw(figure); });
  }

  const repaint = () => drawn.forEach(({ paint }) => paint());
  new MutationObserver(repaint).observe(document.documentElement, { attributes: true, attributeFilter: ["data-bs-theme"] });
  document.addEventListener("htmx:afterSettle", drawAll);
  document.fonts?.ready.then(repaint);
  drawAll();
})();
