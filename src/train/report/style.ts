/** The look of a report: one style sheet, light and dark. */
export const style = `
:root { color-scheme: light dark; --ink: #1d2733; --soft: #5b6877; --paper: #fbfbf9; --card: #fff; --edge: #e3e6e8;
  --c0: #2563c9; --c1: #d9711c; --c2: #2f9e5b; --good: 37, 99, 201; --bad: 217, 78, 28; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa7b4; --paper: #14181d; --card: #1c2229; --edge: #313a44;
  --c0: #7aa7f5; --c1: #f0a35e; --c2: #6fcf97; --good: 122, 167, 245; --bad: 240, 130, 90; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; } h2 { font-size: 18px; margin: 40px 0 12px; }
p.sub { color: var(--soft); margin: 0 0 20px; }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; }
.tile { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 12px 18px; min-width: 130px; }
.tile b { display: block; font-size: 24px; font-variant-numeric: tabular-nums; } .tile span { color: var(--soft); font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(340px, 1fr)); gap: 16px; }
.charts svg { background: var(--card); border: 1px solid var(--edge); border-radius: 10px; width: 100%; height: auto; }
svg text { font-family: inherit; fill: var(--ink); } svg .tick { font-size: 11px; fill: var(--soft); }
svg .title { font-size: 14px; font-weight: 600; } svg .legend { font-size: 12px; fill: var(--soft); }
svg .grid { stroke: var(--edge); } svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .faint { stroke-width: 1; opacity: .3; }
svg .line.c0 { stroke: var(--c0); } svg .line.c1 { stroke: var(--c1); } svg .line.c2 { stroke: var(--c2); }
svg .dot.c0, svg tspan.c0 { fill: var(--c0); } svg .dot.c1, svg tspan.c1 { fill: var(--c1); } svg .dot.c2, svg tspan.c2 { fill: var(--c2); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; } th { font-weight: 500; text-align: left; }
th, td { padding: 4px 10px; } .number { text-align: right; font-variant-numeric: tabular-nums; }
.plain td:first-child { color: var(--soft); white-space: nowrap; } .plain td { vertical-align: top; overflow-wrap: anywhere; }
.confusion thead td { border: 0; }
.confusion th[scope=col] { vertical-align: bottom; height: 110px; padding: 0; }
.confusion th[scope=col] span { writing-mode: vertical-rl; transform: rotate(180deg); padding: 6px 0; }
.confusion th[scope=row] { text-align: right; }
.confusion td { min-width: 34px; text-align: center; font-variant-numeric: tabular-nums; border: 1px solid var(--edge); padding: 4px 2px; }
.confusion td.right { background: rgba(var(--good), calc(var(--share) * .75)); }
.confusion td.wrong { background: rgba(var(--bad), calc(min(1, var(--share) * 4))); }
.classes td:nth-child(2) { width: 220px; }
.bar { height: 8px; border-radius: 4px; background: linear-gradient(90deg, var(--c0) calc(var(--share) * 100%), var(--edge) 0); }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 12px; }
figure { margin: 0; background: var(--card); border: 1px solid var(--edge); border-radius: 10px; padding: 10px; font-size: 12px; }
figure img { width: 100%; image-rendering: pixelated; border-radius: 6px; display: block; margin-bottom: 6px; }
figcaption b { color: rgb(var(--bad)); } figcaption i { color: var(--soft); display: block; overflow-wrap: anywhere; }
`;
