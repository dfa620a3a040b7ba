/** The page of `ocelli similar`: a picture and the ones most like it, in one HTML file that needs nothing else. */
import type { Picture } from '../../platform/image.ts';
import { escapeHtml } from '../../train/report/escape.ts';
import { pngDataUrl } from '../../train/report/png.ts';
import { smallPicture } from '../../train/report/small-picture.ts';
import { style } from '../../train/report/style.ts';

export interface SimilarPage {
  readonly model: string;
  /** Among how many pictures was looked. */
  readonly count: number;
  readonly query: { readonly file: string; readonly picture: Picture };
  /** Best first. */
  readonly nearest: readonly { readonly file: string; readonly cosine: number; readonly picture: Picture }[];
}

/** The longer side of a picture in the page. */
const LONGEST = 256;

const own = `
.asked { display: flex; align-items: flex-start; gap: 20px; margin-bottom: 12px; }
.asked figure { width: 260px; } .asked .frame { aspect-ratio: auto; }
.nearest { display: grid; grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)); gap: 14px; }
.frame { aspect-ratio: 1; display: flex; align-items: center; justify-content: center; margin-bottom: 8px; }
figure .frame img { max-width: 100%; max-height: 100%; width: auto; margin: 0; image-rendering: auto; }
figure .frame img.tiny { width: 100%; image-rendering: pixelated; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; }
figcaption b { color: var(--ink); font-size: 15px; font-variant-numeric: tabular-nums; } figcaption i { flex-basis: 100%; }
figcaption .bar { flex: 1; align-self: center; min-width: 40px; }
`;

/** The page as HTML text. */
export function similarPage({ model, count, query, nearest }: SimilarPage): string {
  const title = `Pictures like ${query.file.split(/[\\/]/).at(-1)}`;
  const found = nearest.map(
    ({ file, cosine, picture }) =>
      `<figure>${framed(picture, file)}<figcaption><b>${cosine.toFixed(3)}</b>` +
      `<div class="bar" style="--share:${Math.max(0, cosine).toFixed(3)}"></div><i>${escapeHtml(file)}</i></figcaption></figure>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}${own}</style>
</head>
<body><main>
<h1>${escapeHtml(title)}</h1>
<p class="sub">The ${nearest.length} nearest of ${count} pictures by the cosine of their embeddings; model ${escapeHtml(model)}.</p>
<div class="asked"><figure>${framed(query.picture, query.file)}<figcaption><i>${escapeHtml(query.file)}</i></figcaption></figure></div>
<h2>Nearest</h2>
<div class="nearest">${found.join('')}</div>
</main></body>
</html>
`;
}

/** In a square, so that captions stand in line; tiny pictures are shown with the pixels they have. */
function framed(picture: Picture, file: string): string {
  const small = smallPicture(picture, LONGEST);
  const tiny = Math.max(small.width, small.height) <= 64 ? ' class="tiny"' : '';
  return `<div class="frame"><img${tiny} src="${pngDataUrl(small)}" alt="${escapeHtml(file)}"></div>`;
}
