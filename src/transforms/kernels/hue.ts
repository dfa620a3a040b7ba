/** Hue turned as torchvision does it: through Pillow's 8-bit HSV and back, rounding where its C code rounds. */
import type { Picture } from '../../platform/image.ts';

/** The hue byte of a colour whose largest and smallest channels differ by `spread`. */
function hueOf(red: number, green: number, blue: number, largest: number, spread: number): number {
  let sixths: number;
  if (red === largest) sixths = Math.fround(Math.fround((red - blue) / spread) - Math.fround((red - green) / spread));
  else if (green === largest) {
    sixths = Math.fround(2 + Math.fround((green - red) / spread) - Math.fround((green - blue) / spread));
  } else sixths = Math.fround(4 + Math.fround((blue - green) / spread) - Math.fround((blue - red) / spread));
  const turns = sixths / 6 + 1;
  return (Math.fround(turns >= 1 ? turns - 1 : turns) * 255) | 0;
}

/** For every hue byte, the sixth of the circle it lies in and how far, in float32, once it is turned by `turn` bytes. */
function turned(turn: number): { readonly sixth: Uint8Array; readonly within: Float32Array } {
  const sixth = new Uint8Array(256);
  const within = new Float32Array(256);
  for (let hue = 0; hue < 256; hue++) {
    const position = (((hue + turn) & 255) * 6) / 255;
    sixth[hue] = Math.floor(position) % 6;
    within[hue] = position - Math.floor(position);
  }
  return { sixth, within };
}

/** Turns every hue by `factor` of the circle, -0.5 to 0.5, in steps of 1/255. Gray pictures stay. */
export function adjustHue(picture: Picture, factor: number): Picture {
  const { width, height, channels, data } = picture;
  if (channels === 1) return picture;
  const { sixth, within } = turned(Math.trunc(factor * 255));
  const out = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i] as number;
    const green = data[i + 1] as number;
    const blue = data[i + 2] as number;
    const value = Math.max(red, green, blue);
    const spread = value - Math.min(red, green, blue);
    const saturation = spread === 0 ? 0 : (Math.fround(spread / value) * 255) | 0;
    if (saturation === 0) {
      out[i] = value;
      out[i + 1] = value;
      out[i + 2] = value;
      continue;
    }
    const hue = hueOf(red, green, blue, value, spread);
    const s = Math.fround(saturation / 255);
    const f = within[hue] as number;
    const low = (value * (1 - s) + 0.5) | 0;
    const falling = (value * (1 - Math.fround(s * f)) + 0.5) | 0;
    const rising = (value * (1 - s * (1 - f)) + 0.5) | 0;
    switch (sixth[hue]) {
      case 0:
        out[i] = value;
        out[i + 1] = rising;
        out[i + 2] = low;
        break;
      case 1:
        out[i] = falling;
        out[i + 1] = value;
        out[i + 2] = low;
        break;
      case 2:
        out[i] = low;
        out[i + 1] = value;
        out[i + 2] = rising;
        break;
      case 3:
        out[i] = low;
        out[i + 1] = falling;
        out[i + 2] = value;
        break;
      case 4:
        out[i] = rising;
        out[i + 1] = low;
        out[i + 2] = value;
        break;
      default:
        out[i] = value;
        out[i + 1] = low;
        out[i + 2] = falling;
    }
  }
  return { width, height, channels, data: out };
}
