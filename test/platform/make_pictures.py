"""Makes small pictures of many kinds with Pillow, for goldens and for the live comparison."""

import io
import os
import struct

import numpy as np
from PIL import Image, ImageCms
from raw_pictures import write_bmp, write_png


def generate(folder, rgb):
    """Saves `rgb` as pictures of every kind that decoders are known to disagree on; returns their paths."""
    rng = np.random.default_rng(1)
    pixels = np.asarray(rgb)
    gray = rgb.convert("L")
    noise = rng.integers(0, 256, pixels.shape[:2]).astype(np.uint8)
    rgba = Image.fromarray(np.dstack([pixels, noise]), "RGBA")
    la = Image.merge("LA", (gray, Image.fromarray(noise)))
    wide = (rng.integers(0, 65536, pixels.shape[:2])).astype(np.uint16)
    dark = np.asarray(gray).astype(np.uint16) * 3
    cmyk = np.array(rgb.convert("CMYK"))
    cmyk[..., 3] = noise // 2
    cmyk = Image.fromarray(cmyk, "CMYK")
    palette = rgb.quantize(50)
    few = rgb.quantize(13)
    made_size = (min(37, rgb.width), min(23, rgb.height))
    paths = []

    def save(name, image, **options):
        path = os.path.join(folder, name)
        image.save(path, **options)
        paths.append(path)

    exif = Image.Exif()
    exif[0x0112] = 6
    save("baseline.jpg", rgb, quality=90)
    save("444.jpg", rgb, subsampling=0)
    save("422.jpg", rgb, subsampling=1)
    save("low.jpg", rgb, quality=5)
    save("progressive.jpg", rgb, progressive=True)
    save("rotated.jpg", rgb, exif=exif)
    save("gray.jpg", gray)
    save("gray-progressive.jpg", gray, progressive=True)
    save("odd.jpg", rgb.crop((0, 0, min(17, rgb.width), min(33, rgb.height))))
    save("one.jpg", rgb.crop((0, 0, 1, 1)))
    save("cmyk.jpg", cmyk, quality=90)
    save("cmyk-444.jpg", cmyk, subsampling=0)
    save("cmyk-progressive.jpg", cmyk, progressive=True)
    save("rgb.png", rgb)
    save("rotated.png", rgb, exif=exif)
    save("rgba.png", rgba)
    save("gray.png", gray)
    save("gray-alpha.png", la)
    save("one-bit.png", gray.convert("1"))
    save("palette.png", palette)
    save("palette-transparent.png", palette, transparency=3)
    save("palette-4bit.png", few)
    save("palette-2bit.png", rgb.quantize(4))
    save("palette-1bit.png", rgb.quantize(2))
    save("rgb-key.png", rgb, transparency=tuple(int(v) for v in pixels[3, 4]))
    save("gray-key.png", gray, transparency=90)
    save("gray16.png", Image.fromarray(wide))
    save("gray16-dark.png", Image.fromarray(dark))
    save("animated.png", rgb, save_all=True, append_images=[rgb.transpose(Image.FLIP_LEFT_RIGHT)])
    for depth, kind, name in ((16, 2, "rgb16"), (16, 6, "rgba16"), (16, 4, "gray-alpha16"), (8, 2, "rgb8"), (4, 0, "gray4"), (2, 0, "gray2"),
                              (1, 0, "gray1"), (16, 0, "gray16"), (8, 3, "palette8"), (8, 6, "rgba8"), (8, 0, "gray8")):
        for interlaced in (False, True):
            path = os.path.join(folder, f"made-{name}{'-interlaced' if interlaced else ''}.png")
            write_png(path, rng, *made_size, depth, kind, interlaced)
            paths.append(path)
    save("lossy.webp", rgb)
    save("lossless.webp", rgb, lossless=True)
    save("alpha.webp", rgba)
    save("alpha-lossless.webp", rgba, lossless=True, exact=True)
    save("animated.webp", rgb, save_all=True, append_images=[rgb.transpose(Image.FLIP_LEFT_RIGHT)], lossless=True)
    save("palette.gif", rgb)
    save("gray.gif", gray)
    save("interlaced.gif", palette, interlace=True)
    save("plain.gif", palette, interlace=False)
    save("transparent.gif", palette, transparency=3)
    save("animated.gif", palette, save_all=True, append_images=[rgb.rotate(90).quantize(50)])
    save("two-colors.gif", gray.convert("1"))
    save("rgb.bmp", rgb)
    save("rgba.bmp", rgba)
    save("gray.bmp", gray)
    save("one-bit.bmp", gray.convert("1"))
    save("palette.bmp", palette)
    save("plain.tif", rgb)
    save("rgba.tif", rgba)
    save("gray.tif", gray)
    save("gray16.tif", Image.fromarray(wide))
    save("gray16-dark.tif", Image.fromarray(dark))
    save("palette.tif", palette)
    save("one-bit.tif", gray.convert("1"))
    save("cmyk.tif", cmyk)
    save("lzw.tif", rgb, compression="tiff_lzw")
    save("deflate.tif", rgb, compression="tiff_adobe_deflate")
    save("jpeg.tif", rgb, compression="jpeg")
    for orientation in range(2, 9):
        save(f"orientation-{orientation}.tif", rgb, tiffinfo={274: orientation})
    save("orientation-gray16.tif", Image.fromarray(dark), tiffinfo={274: 6})
    profile = swapped_profile()
    save("profile.jpg", rgb, icc_profile=profile)
    save("profile-gray.jpg", gray, icc_profile=profile)
    save("cmyk-profile.jpg", cmyk, icc_profile=profile)
    save("profile.png", rgb, icc_profile=profile)
    save("profile.webp", rgb, icc_profile=profile, lossless=True)
    save("profile.tif", rgb, icc_profile=profile)
    for name, data in moved_gifs(palette).items():
        paths.append(os.path.join(folder, name))
        with open(paths[-1], "wb") as file:
            file.write(data)
    paths += write_bmp(folder, pixels)
    return paths


def swapped_profile():
    """An sRGB profile with red and blue exchanged: whoever obeys it shows wrong colours."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    entries = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * struct.unpack(">I", profile[128:132])[0], 12)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    profile[red : red + 4], profile[blue : blue + 4] = b"bXYZ", b"rXYZ"
    return bytes(profile)


def moved_gifs(palette):
    """First frames that do not fill the screen, or leave it; without a shared colour table; with a transparent background."""
    buffer = io.BytesIO()
    palette.save(buffer, "GIF", interlace=0)
    data = buffer.getvalue()
    colors = 3 * (2 << (data[10] & 7))
    frame = data.index(b"\x2c", 13 + colors)
    width, height = palette.size
    larger = data[:6] + struct.pack("<HH", width + 20, height + 9) + data[10:frame]
    moved = data[frame : frame + 1] + struct.pack("<HH", 7, 3) + data[frame + 5 :]
    background = larger[:11] + b"\x09" + larger[12:]
    return {
        "offset.gif": larger + moved,
        "offset-background.gif": background + moved,
        "offset-transparent.gif": larger + b"\x21\xf9\x04\x01\0\0\x05\0" + moved,
        "beyond.gif": data[:6] + struct.pack("<HH", width - 5, height - 4) + data[10:],
        "beyond-moved.gif": data[:frame] + moved,
        "no-colors.gif": data[:10] + bytes([data[10] & 0x7F]) + data[11:13] + data[13 + colors :],
    }
