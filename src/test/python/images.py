"""Images by Pillow, and what Pillow and PyTorch make of them: the answers of ImageDecoderTest.

    python -m pip install torch pillow numpy
    python src/test/python/images.py src/test/resources/golden/images
"""
import io
import sys
from pathlib import Path

import numpy as np
import PIL
import torch
from PIL import Image

folder = Path(sys.argv[1])
random = np.random.default_rng(7)
smooth = np.add.outer(np.linspace(0, 90, 11), np.linspace(0, 120, 13))[..., None] + [0, 20, 40]
noise = random.integers(0, 256, (11, 13, 3)).astype(np.uint8)
files = {
    "rgb.png": Image.fromarray(noise),
    "grey.png": Image.fromarray(noise[..., 0]),
    "deep.png": Image.fromarray(noise[..., 1].astype(np.uint16) * 257),
    "alpha.png": Image.fromarray(np.dstack([noise, noise[..., 0]])),
    "palette.png": Image.fromarray(noise).quantize(16),
    "bits.png": Image.fromarray(noise[..., 0] > 128),
    "rgb.bmp": Image.fromarray(noise),
    "palette.gif": Image.fromarray(noise).quantize(16),
    "smooth.jpg": Image.fromarray(smooth.astype(np.uint8)),
    "grey.jpg": Image.fromarray(smooth[..., 0].astype(np.uint8)),
}
lines = [f"# images.py, Pillow {PIL.__version__}, torch {torch.__version__}: file, channels, height, width, then [channels, height, width]"]
for name, image in files.items():
    encoded = io.BytesIO()
    image.save(encoded, {"jpg": "jpeg"}.get(name[-3:], name[-3:]), **({"quality": 95, "subsampling": 0} if name.endswith("jpg") else {}))
    (folder / name).write_bytes(encoded.getvalue())
    opened = Image.open(io.BytesIO(encoded.getvalue()))
    for channels, mode in [(3, "RGB"), (1, "L")]:
        pixels = np.asarray(opened.convert(mode)) if name != "deep.png" else np.asarray(opened) / 257
        pixels = np.broadcast_to(pixels.reshape(11, 13, -1), (11, 13, channels)).astype(np.float64)
        tensor = torch.tensor(pixels.transpose(2, 0, 1)[None].copy())
        for height, width in [(11, 13), (4, 17)]:
            resized = torch.nn.functional.interpolate(tensor, (height, width), mode="bilinear", antialias=True)
            lines.append(f"{name} {channels} {height} {width} " + " ".join(f"{x:.8g}" for x in resized.flatten().tolist()))
(folder / "expected.txt").write_text("\n".join(lines) + "\n")
