/** Draws the sample pictures in samples/: `node scripts/make-samples.mjs`. They are ours, under the project's licence. */
import { mkdir, writeFile } from 'node:fs/promises';
import sharp from 'sharp';

const WIDTH = 480;
const HEIGHT = 400;

/** Numbers in [0, 1) that are the same at every run. */
function randomStream(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const range = (count) => Array.from({ length: count }, (_, i) => i);
const polar = (cx, cy, radius, turns) => [
  cx + radius * Math.sin(2 * Math.PI * turns),
  cy - radius * Math.cos(2 * Math.PI * turns),
];

/** A linear gradient from top to bottom, `stops` as [offset, colour]. */
function vertical(id, stops) {
  return `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1">${stopsOf(stops)}</linearGradient>`;
}

function radial(id, stops, cx = 0.38, cy = 0.32) {
  return `<radialGradient id="${id}" cx="${cx}" cy="${cy}" r="0.75">${stopsOf(stops)}</radialGradient>`;
}

function stopsOf(stops) {
  return stops.map(([offset, color]) => `<stop offset="${offset}" stop-color="${color}"/>`).join('');
}

function svg(defs, body) {
  const soft = '<filter id="soft" x="-50%" y="-50%" width="200%" height="200%"><feGaussianBlur stdDeviation="9"/></filter>';
  const size = `width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}><defs>${soft}${defs}</defs>${body}</svg>`;
}

/** A hot-air balloon over hills. */
function balloon() {
  const random = randomStream(5);
  const gores = range(8).map((i) => {
    const left = -128 + i * 32;
    const bulge = (x) => `C ${x * 1.28} 70, ${x * 1.1} 170, ${x * 0.16} 268`;
    const colors = ['#d8352f', '#f5b82e', '#2463ac', '#f6f1e4'];
    const right = left + 32;
    return `<path fill="${colors[i % 4]}" d="M0 -4 ${bulge(left)} L ${right * 0.16} 268 C ${right * 1.1} 170, ${right * 1.28} 70, 0 -4 Z"/>`;
  });
  const clouds = range(9).map(() => {
    const [x, y, r] = [random() * WIDTH, 40 + random() * 210, 22 + random() * 34];
    return `<ellipse cx="${x}" cy="${y}" rx="${r * 1.9}" ry="${r * 0.5}" fill="#fff" opacity="0.5" filter="url(#soft)"/>`;
  });
  return svg(
    vertical('sky', [
      [0, '#2f7fcf'],
      [0.65, '#a5d2ef'],
      [1, '#f7e4c4'],
    ]) +
      vertical('hill', [
        [0, '#6a9a4c'],
        [1, '#2d5a2e'],
      ]) +
      radial('light', [
        [0, 'rgba(255,255,255,0.5)'],
        [0.5, 'rgba(255,255,255,0)'],
        [1, 'rgba(10,10,50,0.55)'],
      ]),
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#sky)"/>${clouds.join('')}
    <path d="M0 352 C 90 306, 170 336, 250 322 S 410 300, 480 330 V 400 H 0 Z" fill="#86a9a0"/>
    <path d="M0 372 C 110 340, 230 376, 330 352 S 440 348, 480 366 V 400 H 0 Z" fill="url(#hill)"/>
    <g transform="translate(240 26)">${gores.join('')}
      <path d="M0 -4 C -164 70, -141 170, -20 268 L 20 268 C 141 170, 164 70, 0 -4 Z" fill="url(#light)"/>
      <path d="M-18 270 L -14 304 M18 270 L 14 304 M-6 270 L -5 304 M6 270 L 5 304" stroke="#3d2c1c" stroke-width="1.6"/>
      <rect x="-17" y="303" width="34" height="26" rx="4" fill="#8a5a2b"/>
      <path d="M-17 311 H17 M-17 319 H17 M-8 303 V329 M0 303 V329 M8 303 V329" stroke="#5f3b18" stroke-width="1.4"/>
      <rect x="-19" y="300" width="38" height="6" rx="3" fill="#4c2f14"/>
    </g>`,
  );
}

/** A wall clock at ten past ten. */
function clock() {
  const [cx, cy] = [240, 200];
  const ticks = range(60).map((i) => {
    const major = i % 5 === 0;
    const [x1, y1] = polar(cx, cy, 146, i / 60);
    const [x2, y2] = polar(cx, cy, major ? 130 : 139, i / 60);
    return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#222" stroke-width="${major ? 5 : 1.8}"/>`;
  });
  const numbers = range(12).map((i) => {
    const [x, y] = polar(cx, cy, 109, (i + 1) / 12);
    return `<text x="${x}" y="${y + 11}" font-family="DejaVu Sans, Arial, sans-serif" font-size="30" font-weight="bold" text-anchor="middle" fill="#1d1d1f">${i + 1}</text>`;
  });
  const hand = (turns, length, width, color) => {
    const [x, y] = polar(cx, cy, length, turns);
    const [tx, ty] = polar(cx, cy, -24, turns);
    return `<line x1="${tx}" y1="${ty}" x2="${x}" y2="${y}" stroke="${color}" stroke-width="${width}" stroke-linecap="round"/>`;
  };
  return svg(
    vertical('wall', [
      [0, '#cdbb9b'],
      [1, '#a88f6a'],
    ]) +
      radial('rim', [
        [0, '#9a9fa6'],
        [0.6, '#4b4f57'],
        [1, '#1f2126'],
      ]) +
      radial('face', [
        [0, '#ffffff'],
        [0.8, '#f1eee6'],
        [1, '#d5d0c2'],
      ]),
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#wall)"/>
    <circle cx="${cx + 12}" cy="${cy + 18}" r="172" fill="#3b2c17" opacity="0.5" filter="url(#soft)"/>
    <circle cx="${cx}" cy="${cy}" r="174" fill="url(#rim)"/><circle cx="${cx}" cy="${cy}" r="155" fill="url(#face)"/>
    ${ticks.join('')}${numbers.join('')}
    ${hand(10 / 12 + 10 / 720, 78, 10, '#1d1d1f')}${hand(10 / 60, 118, 7, '#1d1d1f')}${hand(36 / 60, 124, 2.5, '#c62828')}
    <circle cx="${cx}" cy="${cy}" r="9" fill="#c62828"/><circle cx="${cx}" cy="${cy}" r="3" fill="#fff"/>`,
  );
}

/** A strawberry on a table. */
function strawberry() {
  const random = randomStream(11);
  const seeds = [];
  for (let row = 0; row < 9; row++) {
    const y = 122 + row * 25;
    const half = 112 * Math.sqrt(Math.max(0, 1 - ((y - 150) / 200) ** 2)) - 16;
    for (let x = -half + (row % 2) * 14; x <= half; x += 29) {
      const [px, py] = [240 + x + random() * 4, y + random() * 5];
      seeds.push(
        `<g transform="translate(${px} ${py})"><ellipse rx="5.4" ry="7.2" fill="#8c0d12" opacity="0.55"/>` +
          '<ellipse rx="2.8" ry="4.6" cy="1" fill="#f2cf63"/><ellipse rx="1" ry="2" cx="-0.8" fill="#fff5c8"/></g>',
      );
    }
  }
  const leaves = range(9).map((i) => {
    const angle = -100 + i * 25;
    return `<path transform="translate(240 96) rotate(${angle})" d="M-9 0 C -26 -20, -14 -52, 3 -74 C 16 -50, 24 -20, 9 0 Z" fill="${i % 2 ? '#3f8d33' : '#57a83f'}" stroke="#2d6b25" stroke-width="1.4"/>`;
  });
  return svg(
    vertical('table', [
      [0, '#dfe8ea'],
      [1, '#b9c9cc'],
    ]) +
      radial('berry', [
        [0, '#ff6a5c'],
        [0.4, '#e0222b'],
        [1, '#8d0a16'],
      ]),
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#table)"/>
    <ellipse cx="256" cy="352" rx="140" ry="26" fill="#55646a" opacity="0.6" filter="url(#soft)"/>
    <path d="M240 92 C 330 74, 382 134, 358 212 C 340 280, 292 362, 240 366 C 188 362, 140 280, 122 212 C 98 134, 150 74, 240 92 Z" fill="url(#berry)"/>
    ${seeds.join('')}
    <ellipse cx="186" cy="150" rx="26" ry="44" fill="#fff" opacity="0.28" filter="url(#soft)"/>
    ${leaves.join('')}
    <path d="M236 96 C 234 60, 246 40, 268 26 L 278 34 C 256 48, 248 66, 248 96 Z" fill="#4c9639"/>`,
  );
}

/** A traffic light showing green. */
function trafficLight() {
  const random = randomStream(3);
  const lamps = [
    ['#4a1212', '#2a0808', '#4a1212'],
    ['#4d3a0c', '#2c2006', '#4d3a0c'],
    ['#d9ffdf', '#27e05a', '#0a8d31'],
  ].map(([a, b, c], i) => {
    const y = 92 + i * 102;
    return (
      radial(`lamp${i}`, [
        [0, a],
        [0.5, b],
        [1, c],
      ]) +
      `<g id="light${i}"><circle cx="240" cy="${y}" r="41" fill="#0b0d0e"/><circle cx="240" cy="${y}" r="36" fill="url(#lamp${i})"/>` +
      `<path d="M196 ${y + 2} C 196 ${y - 62}, 284 ${y - 62}, 284 ${y + 2} L 276 ${y + 2} C 270 ${y - 44}, 210 ${y - 44}, 204 ${y + 2} Z" fill="#14181a"/></g>`
    );
  });
  const clouds = range(10).map(() => {
    const [x, y, r] = [random() * WIDTH, random() * 260, 30 + random() * 40];
    return `<ellipse cx="${x}" cy="${y}" rx="${r * 2}" ry="${r * 0.6}" fill="#fff" opacity="0.45" filter="url(#soft)"/>`;
  });
  return svg(
    vertical('sky', [
      [0, '#6ea3d8'],
      [1, '#dfeaf2'],
    ]) +
      `<linearGradient id="box" x1="0" x2="1"><stop offset="0" stop-color="#3a4347"/><stop offset="0.5" stop-color="#1e2426"/><stop offset="1" stop-color="#0f1213"/></linearGradient>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#sky)"/>${clouds.join('')}
    <rect x="231" y="350" width="18" height="60" fill="#2c3335"/>
    <rect x="184" y="30" width="112" height="326" rx="22" fill="url(#box)" stroke="#0a0c0d" stroke-width="3"/>
    ${lamps.join('')}
    <circle cx="240" cy="296" r="58" fill="#4dff86" opacity="0.25" filter="url(#soft)"/>`,
  );
}

const pictures = { balloon, clock, strawberry, 'traffic-light': trafficLight };
await mkdir(new URL('../samples/', import.meta.url), { recursive: true });
for (const [name, draw] of Object.entries(pictures)) {
  const jpeg = await sharp(Buffer.from(draw())).removeAlpha().jpeg({ quality: 88, chromaSubsampling: '4:2:0' }).toBuffer();
  await writeFile(new URL(`../samples/${name}.jpg`, import.meta.url), jpeg);
  console.log(`samples/${name}.jpg  ${jpeg.length} bytes`);
}
