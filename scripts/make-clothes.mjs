/**
 * Draws pieces of clothing in samples/clothes as Fashion-MNIST shows them, gray on black: `node scripts/make-clothes.mjs`. They are
 * ours, under the project's licence.
 */
import { mkdir } from 'node:fs/promises';
import sharp from 'sharp';

const SIDE = 140;

/** Shoes point to the left in Fashion-MNIST. */
const leftward = (body) => `<g transform="translate(140 0) scale(-1 1)">${body}</g>`;

/** Cloth: lighter in the middle than at the edges, with a weave. */
function svg(light, dark, body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 140 140">
    <defs>
      <linearGradient id="cloth" x1="0" x2="1" y1="0" y2="0.25">
        <stop offset="0" stop-color="${dark}"/><stop offset="0.3" stop-color="${light}"/>
        <stop offset="0.7" stop-color="${light}"/><stop offset="1" stop-color="${dark}"/>
      </linearGradient>
      <pattern id="weave" width="5" height="5" patternUnits="userSpaceOnUse">
        <path d="M0 0 H5 M0 2.5 H5" stroke="#000" stroke-opacity="0.10" stroke-width="1"/>
      </pattern>
    </defs>
    <rect width="140" height="140" fill="#000"/>
    <g fill="url(#cloth)" stroke="${dark}" stroke-width="1">${body}</g>
    <g fill="url(#weave)">${body.replaceAll(/ fill="[^"]*"| stroke="[^"]*"/g, '')}</g>
  </svg>`;
}

const clothes = {
  't-shirt': svg(
    '#d9d9d9',
    '#8d8d8d',
    '<path d="M48 10 Q70 24 92 10 L114 18 L136 52 L116 64 L108 52 L109 132 L31 132 L32 52 L24 64 L4 52 L26 18 Z"/>',
  ),
  trousers: svg('#b9b9b9', '#6e6e6e', '<path d="M44 4 H96 L99 30 L103 136 H79 L71 52 H69 L61 136 H37 L41 30 Z"/>'),
  dress: svg(
    '#cfcfcf',
    '#7d7d7d',
    '<path d="M54 4 L60 20 Q70 28 80 20 L86 4 L92 6 L93 40 L88 62 Q100 96 106 136 H34 Q40 96 52 62 L47 40 L48 6 Z"/>',
  ),
  bag: svg(
    '#c4c4c4',
    '#777777',
    '<path d="M14 56 H126 L132 128 Q70 136 8 128 Z"/><path fill="none" stroke="#9a9a9a" stroke-width="7" d="M42 58 C42 6, 98 6, 98 58"/><rect x="60" y="52" width="20" height="12"/>',
  ),
  sneaker: svg(
    '#d2d2d2',
    '#8a8a8a',
    leftward(
      '<path d="M4 62 Q12 58 20 62 Q30 72 44 66 L62 56 Q72 62 80 74 Q104 84 130 88 Q138 92 137 100 L4 102 Z"/><path fill="#f2f2f2" d="M2 100 H138 Q138 110 130 111 H6 Q2 108 2 100 Z"/>',
    ),
  ),
  boot: svg(
    '#a9a9a9',
    '#5c5c5c',
    leftward('<path d="M26 8 H82 L84 62 Q94 78 122 86 Q138 92 137 118 H70 L66 112 L60 128 H24 L22 110 Q18 50 26 8 Z"/>'),
  ),
};

await mkdir('samples/clothes', { recursive: true });
for (const [name, drawing] of Object.entries(clothes)) {
  await sharp(Buffer.from(drawing)).greyscale().png({ compressionLevel: 9 }).toFile(`samples/clothes/${name}.png`);
}
