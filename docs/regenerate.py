"""Draws a tensor from a recipe with NumPy alone, bit for bit:  python docs/regenerate.py RECIPE TENSOR [CKPT]

RECIPE is what `plan --json` wrote, or a manifest. Knows float32 tensors whose elements are independent: normal, uniform and
their relatives by variance, and constants. With CKPT it holds the result against the digest in the checkpoint's manifest.
"""

import base64, ctypes, ctypes.util, hashlib, json, math, pathlib, struct, sys, zlib

import numpy as np

f32, f64 = np.float32, np.float64
libm = ctypes.CDLL(ctypes.util.find_library("m"))
libm.fma.restype, libm.fma.argtypes = ctypes.c_double, [ctypes.c_double] * 3
fma64 = np.vectorize(libm.fma, otypes=[f64])  # for the few draws in the tails


def fma(a, b, c):
    """Of float32: the product is exact in float64, and a sum that was rounded to odd rounds once more without harm."""
    product, c = np.asarray(a, f64) * np.asarray(b, f64), np.asarray(c, f64)
    total = product + c
    part = total - product
    error = (product - (total - part)) + (c - part)
    even = (total.view(np.int64) & 1) == 0
    odd = np.nextafter(total, np.where(error > 0, np.inf, -np.inf))
    return np.where((error != 0) & even, odd, total).astype(f32)


def words(seed, name, start, count, purpose=0):
    """The words [start, start + count) of a purpose; start is a multiple of 64, 16 blocks of Philox4x32-10 are a tile."""
    key = struct.unpack(">Q", hashlib.sha256(struct.pack(">q", seed) + name.encode()).digest()[:8])[0]
    block = np.arange(start // 4, (start + count + 63) // 64 * 16, dtype=np.uint64)
    low, k0, k1 = np.uint64(0xFFFFFFFF), key & 0xFFFFFFFF, key >> 32
    c0, c1, c2, c3 = block & low, block >> np.uint64(32), np.full_like(block, purpose), np.zeros_like(block)
    for _ in range(10):
        p0, p1 = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1 = (p1 >> np.uint64(32)) ^ c1 ^ np.uint64(k0), p1 & low
        c2, c3 = (p0 >> np.uint64(32)) ^ c3 ^ np.uint64(k1), p0 & low
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    halves = [np.stack(pair, axis=-1).reshape(-1, 32) for pair in ((c0, c1), (c2, c3))]
    return np.concatenate(halves, axis=1).reshape(-1)[:count].astype(np.uint32).view(np.int32)


LOG = [f32(c) for c in (-0.11861254, 0.189679, -0.20616935, 0.24870463, -0.3330125, 0.5000254, -1.0000039, -2.5)]
CENTRAL = [f32(c) for c in (-1.0241402e-08, 3.384098e-08, 6.276432e-07, -4.911298e-06, -6.8685968e-06, 0.00030884935,
                            -0.0017719055, -0.0059078056, 0.34880215, 2.1233134)]
TAIL_ABOVE = [0.40988261350140254, 4.498982462605961, 4.210590837194162, -2.745423719791867, 0.9032880686239853]
TAIL_BELOW = [0.2898062610584308, 3.184961689200705, 3.5861159108871963, 1.0]


def horner(fused, coefficients, at):
    value = np.full(at.shape, coefficients[0], at.dtype)
    for coefficient in coefficients[1:]:
        value = fused(value, at, coefficient)
    return value


def normal(word):
    distance = word ^ (word >> 31)
    from_one = np.int32(0x7FFFFFFF) - distance
    x, s = (fma(n.astype(f32), f32(2**-31), f32(2**-32)) for n in (distance, from_one))
    bits = (s * (f32(2) - s)).view(np.int32)
    exponent = (bits - np.int32(0x3F3504F3)) & np.int32(-0x800000)
    v = (bits - exponent).view(f32) - f32(1)
    w = fma((exponent >> 23).astype(f32), f32(-0.6931472), horner(fma, LOG, v))
    z = horner(fma, CENTRAL, w) * x
    far = np.flatnonzero(s < f32(2**-9))
    if far.size:
        z[far] = tail((from_one[far] + 0.5) * 2.0**-31)
    return np.where(word < 0, -z, z)


def tail(s):
    bits = s.view(np.int64)
    exponent = (bits - np.float64(0.7071067811865476).view(np.int64)) >> 52
    v = (bits - (exponent << 52)).view(f64) - 1
    log = horner(fma64, [float(c) for c in LOG[:-1]], v) * v
    r = np.sqrt(fma64(-0.6931471805599453, exponent.astype(f64), log))
    return (horner(fma64, TAIL_ABOVE, r) / horner(fma64, TAIL_BELOW, r)).astype(f32)


def uniform(word):
    return ((word >> 7) | 1).astype(f32) * f32(2**-24)


def fan(mode, fans):
    return {"fan_in": fans[0], "fan_out": fans[1], "fan_avg": (fans[0] + fans[1]) / 2,
            "fan_geo_avg": math.sqrt(fans[0] * fans[1])}[mode]


def law(scheme, fans):
    """What is drawn, its factor and its centre."""
    (name, p), = scheme.items()
    if name in ("zeros", "ones", "constant"):
        return None, {"zeros": 0.0, "ones": 1.0}.get(name, p.get("value")), 0.0
    if name == "normal":
        return normal, p["std"], p["mean"]
    if name == "uniform":
        return uniform, (p["high"] - p["low"]) / 2, (p["low"] + p["high"]) / 2
    gain, variance = {
        "he": lambda: (1, 2 / (1 + p["slope"] * p["slope"]) / fan(p["mode"], fans)),
        "lecun": lambda: (p.get("gain", 1), 1 / fans[0]),
        "glorot": lambda: (p["gain"], 1 / fan("fan_avg", fans)),
        "variance": lambda: (1, p["scale"] / fan(p["mode"], fans)),
    }[name.split("_")[0]]()
    kind = p.get("distribution", name.split("_", 1)[1])
    if kind not in ("normal", "uniform"):
        raise SystemExit(f"{name} is not known here")
    return (normal, gain * math.sqrt(variance), 0.0) if kind == "normal" else (uniform, gain * math.sqrt(3 * variance), 0.0)


def tensor(recipe, entry):
    if "external" in entry:
        return np.frombuffer(base64.b64decode(entry["external"]["base64"]), "<f4").reshape(entry["shape"])
    count = math.prod(entry["shape"])
    word = words(recipe["seed"], entry["name"], 0, count)
    matrix = np.zeros(count, f32).reshape(entry["shape"][0] if entry["shape"] else 1, -1)
    for block in entry["blocks"]:
        part = np.s_[slice(*block["rows"]), :] if "rows" in block else np.s_[:, slice(*block["columns"])]
        assert not isinstance(block["scale"], list) and not isinstance(block["shift"], list), "scales per channel are not known here"
        draw, factor, centre = law(block["scheme"], block.get("fans"))
        factor, summand = factor * block["scale"], centre * block["scale"] + block["shift"]
        values = word.reshape(matrix.shape)[part]
        matrix[part] = f32(factor + summand) if draw is None else fma(draw(values.ravel()), f32(factor), f32(summand)).reshape(values.shape)
    return matrix.reshape(entry["shape"])


if __name__ == "__main__":
    recipe = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
    recipe = recipe.get("recipe", recipe)
    assert recipe["format-version"] == 1, "unknown format version"
    values = tensor(recipe, next(entry for entry in recipe["tensors"] if entry["name"] == sys.argv[2]))
    print(sys.argv[2], values.shape, f"mean {values.mean():.4g} std {values.std():.4g} crc32 {zlib.crc32(values.tobytes()):08x}")
    if len(sys.argv) > 3:
        manifest = json.loads((pathlib.Path(sys.argv[3]) / "manifest.json").read_text(encoding="utf-8"))
        found = next(t["crc32"] for t in manifest["tensors"] if t["name"] == sys.argv[2])
        assert found == f"{zlib.crc32(values.tobytes()):08x}", f"the checkpoint has {found}"
        print("equals the checkpoint bit for bit")
