/** Hue turned as torchvision does it: through Pillow's 8-bit HSV and back, rounding where its C code rounds. */
import type { Picture } from '../../platform/image.ts';

/** For every hue byte: which sixth of the circle it lies in, and how far, in float32. */
const sector = new Uint8Array(256);
const within = new Float32Array(256);
for (let hue = 0; hue < 256; hue++) {
  const position = (hue * 6) / 255;
  sector[hue] = Math.floor(position);
  within[hue] = position - Math.floor(position);
}

/** Saturation bytes over 255, in float32. */
const share = Float32Array.from({ length: 256 }, (_, saturation) => saturation / 255);

/** The hue byte of a colour whose largest and smallest channels differ. */
function hueOf(red: number, green: number, blue: number, largest: number, smallest: number): number {
  const spread = largest - smallest;
  const r = Math.fround((largest - red) / spread);
  const g = Math.fround((largest - green) / spread);
  const b = Math.fround((largest - blue) / spread);
  const sixths = red === largest ? Math.fround(b - g) : green === largest ? Math.fround(2 + r - b) : Math.fround(4 + g - r);
  const turns = sixths / 6 + 1;
  return (Math.fround(turns >= 1 ? turns - 1 : turns) * 255) | 0;
}

/** Turns every hue by `factor` of the circle, -0.5 to 0.5, in steps of 1/255. Gray pictures stay. */
export function adjustHue(picture: Picture, factor: number): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 1) return picture;
  const turn = Math.trunc(factor * 255);
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i] as number;
    const green = data[i + 1] as number;
    const blue = data[i + 2] as number;
    const value = Math.max(red, green, blue);
    const smallest = Math.min(red, green, blue);
    const saturation = value === smallest ? 0 : (Math.fround(Math.fround((value - smallest) / value)) * 255) | 0;
    if (saturation === 0) {
      out[i] = out[i + 1] = out[i + 2] = value;
      continue;
    }
    const hue = (hueOf(red, green, blue, value, smallest) + turn) & 255;
    const f = within[hue] as number;
    const s = share[saturation] as number;
    const p = Math.round(value * (1 - s));
    const q = Math.round(value * (1 - Math.fround(s * f)));
    const t = Math.round(value * (1 - s * (1 - f)));
    const sixth = (sector[hue] as number) % 6;
    out[i] = sixth === 0 || sixth === 5 ? value : sixth === 1 ? q : sixth === 4 ? t : p;
    out[i + 1] = sixth === 1 || sixth === 2 ? value : sixth === 0 ? t : sixth === 3 ? q : p;
    out[i + 2] = sixth === 3 || sixth === 4 ? value : sixth === 2 ? t : sixth === 5 ? q : p;
  }
  return { width, height, channels, data: out };
}
