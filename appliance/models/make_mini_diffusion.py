#!/usr/bin/python3
"""Writes a small, real diffusion pipeline in the diffusers ONNX layout: make_mini_diffusion.py FOLDER

It exists so that the whole path (tokenizer, text encoder, U-Net, scheduler, guidance, VAE decoder) runs everywhere, from
a fresh clone, with no download and no GPU. The weights are not trained but written down, so that pictures are pleasant:
a smooth field of the prompt's colours. What each part computes:

text_encoder  token embeddings of 16 numbers: colour (3), attention key (4), weight in attention (1), brightness that the
              token lends to all others (1). The last one is mixed over the prompt; the rest is per token.
unet          predicts epsilon. Channel 3 of the latent is structure: its low frequencies, kept at a constant strength,
              become a query per place; cross-attention over the tokens decides whose colour shows there; channels 0-2
              of x0 are that colour. epsilon = (x - sqrt(abar) x0) / sqrt(1 - abar) with the schedule's own abar.
vae_decoder   smooths, scales up by 8 and maps 4 channels to RGB.

The output depends on this file alone. Needs python3-onnx and python3-numpy.
"""
import colorsys
import hashlib
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 15
TOKENS = 77
WIDTH = 16
STRUCTURE = 0.5     # standard deviation of the structure channel in x0
SIGMA = 5.0         # of the low pass, in latents
BEGIN, END = "<|startoftext|>", "<|endoftext|>"

COLOURS = {
    "red": "d62839", "crimson": "b3122d", "orange": "f77f00", "yellow": "ffd23f", "gold": "c9a227", "green": "2d9d5a",
    "lime": "9bd770", "teal": "0f8b8d", "cyan": "22d3ee", "blue": "1d5fd0", "navy": "0f254d", "indigo": "3a3f8f",
    "violet": "8a4fd3", "purple": "6f2dbd", "magenta": "d6338a", "pink": "f49ac2", "brown": "6f4e37", "white": "f6f5f2",
    "black": "14161b", "grey": "8d8f94", "gray": "8d8f94", "silver": "c3c7cf", "coral": "ff7a59", "mint": "a8e6cf",
    "peach": "ffc9a3", "beige": "e8dcc4",
}
# Words of several tokens, each with its own colour: one word paints several colours.
MOODS = {
    "sunset": [("sun", "ffb347"), ("set</w>", "b23a6f")], "ocean": [("oc", "0b3c6f"), ("ean</w>", "4cc9c0")],
    "forest": [("for", "12402f"), ("est</w>", "7fb069")], "night": [("ni", "0d1026"), ("ght</w>", "4a3f9f")],
    "winter": [("win", "5b8db8"), ("ter</w>", "eaf3fa")], "summer": [("sum", "ffce54"), ("mer</w>", "2bb3c0")],
    "autumn": [("aut", "b5532a"), ("umn</w>", "e0a83f")], "spring": [("spr", "f49ac2"), ("ing</w>", "a9d86e")],
    "galaxy": [("gal", "2a1055"), ("axy</w>", "e05fb0")], "fire": [("fi", "d7260f"), ("re</w>", "ffb703")],
    "candy": [("can", "ff8fc7"), ("dy</w>", "8fd8ff")], "coffee": [("cof", "4b2e1e"), ("fee</w>", "d9b38c")],
    "jazz": [("ja", "1b1b3f"), ("zz</w>", "e4703a")], "lava": [("la", "3b0d11"), ("va</w>", "ff5a1f")],
}
TONES = {"dark": -0.45, "deep": -0.3, "bright": 0.3, "light": 0.4, "soft": 0.2, "pale": 0.5, "pastel": 0.45, "moody": -0.35}
PLAIN = ["a", "the", "of", "with", "and", "in", "on", "for", "background", "poster", "abstract", "gradient", "smooth"]


def byte_characters():
    """The 256 printable stand-ins for bytes, in CLIP's order."""
    kept = list(range(33, 127)) + list(range(161, 173)) + list(range(174, 256))
    table = {b: chr(b) for b in kept}
    for n, b in enumerate(b for b in range(256) if b not in table):
        table[b] = chr(256 + n)
    return [table[b] for b in kept] + [table[b] for b in range(256) if b not in kept]


def split_token(token):
    """A token's characters as BPE starts from them."""
    if token.endswith("</w>"):
        stem = token[:-4]
        return list(stem[:-1]) + [stem[-1] + "</w>"]
    return list(token)


def make_vocabulary():
    """Base characters, then what merging each wanted token left to right yields."""
    merges, vocabulary = [], []
    characters = byte_characters()
    vocabulary += characters + [c + "</w>" for c in characters]
    known = set(vocabulary)
    wanted = [piece for pieces in MOODS.values() for piece, _ in pieces]
    wanted += [word + "</w>" for word in list(COLOURS) + list(TONES) + PLAIN]
    for token in wanted:
        parts = bpe(split_token(token), merges)
        while len(parts) > 1:
            merges.append((parts[0], parts[1]))
            if parts[0] + parts[1] not in known:
                known.add(parts[0] + parts[1])
                vocabulary.append(parts[0] + parts[1])
            parts = bpe(split_token(token), merges)
    for word, pieces in MOODS.items():
        got = bpe(split_token(word + "</w>"), merges)
        if got != [piece for piece, _ in pieces]:
            sys.exit(f"{word} is cut into {got}")
    for word in list(COLOURS) + list(TONES):
        if len(bpe(split_token(word + "</w>"), merges)) != 1:
            sys.exit(f"{word} is cut into {bpe(split_token(word + '</w>'), merges)}")
    return vocabulary + [BEGIN, END], merges


def bpe(parts, merges):
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    while len(parts) > 1:
        rank, at = min((ranks.get((parts[i], parts[i + 1]), 1 << 30), i) for i in range(len(parts) - 1))
        if rank == 1 << 30:
            break
        first, second = merges[rank]
        out, i = [], 0
        while i < len(parts):
            if i + 1 < len(parts) and parts[i] == first and parts[i + 1] == second:
                out.append(first + second)
                i += 2
            else:
                out.append(parts[i])
                i += 1
        parts = out
    return parts


def rgb(hexadecimal):
    return [int(hexadecimal[i:i + 2], 16) / 127.5 - 1 for i in (0, 2, 4)]


def key_of(token):
    numbers = np.frombuffer(hashlib.sha256(token.encode()).digest()[:16], dtype="<u4").astype(np.float64)
    key = numbers / 2**31 - 1
    return key / np.linalg.norm(key)


def embeddings(vocabulary):
    table = np.zeros((len(vocabulary), WIDTH), np.float32)
    colours = {word + "</w>": value for word, value in COLOURS.items()}
    colours.update({piece: value for pieces in MOODS.values() for piece, value in pieces})
    for i, token in enumerate(vocabulary):
        table[i, 3:7] = key_of(token)
        stem = token.removesuffix("</w>")
        if token in colours:
            table[i, 0:3], weight = rgb(colours[token]), 0
        elif token == END:
            weight = -40
        elif token == BEGIN:
            table[i, 0:3], table[i, 3:7], weight = [0.05, 0.08, 0.16], 0, -5
        elif stem in TONES:
            table[i, 8], weight = TONES[stem], -30
        elif stem in PLAIN:
            weight = -30
        else:
            # Words it does not know still have a colour, from their spelling.
            hue = hashlib.sha256(token.encode()).digest()[20] / 256
            table[i, 0:3] = [2 * c - 1 for c in colorsys.hsv_to_rgb(hue, 0.55, 0.8)]
            weight = -3
        table[i, 7] = weight
    return table


class Graph:
    """Collects nodes and weights of one model."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, value, dtype=np.float32):
        self.count += 1
        name = f"w{self.count}"
        self.weights.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def integers(self, *values):
        return self.weight(values, np.int64)

    def op(self, kind, *inputs, output=None, **attributes):
        self.count += 1
        output = output or f"v{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def save(self, folder, inputs, outputs, config):
        graph = helper.make_graph(self.nodes, os.path.basename(folder), inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="tessera")
        model.ir_version = 8
        onnx.checker.check_model(model, full_check=True)
        os.makedirs(folder, exist_ok=True)
        onnx.save(model, os.path.join(folder, "model.onnx"))
        write_json(os.path.join(folder, "config.json"), config)


def floats(name, *shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def write_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, ensure_ascii=False, indent=1)
        file.write("\n")


def text_encoder(folder, table):
    g = Graph()
    rows = g.op("Gather", g.weight(table), "input_ids", axis=0)
    tone = g.op("MatMul", rows, g.weight(np.eye(WIDTH)[:, 8:9]))
    tone = g.op("ReduceSum", tone, g.integers(1), keepdims=1)
    shift = np.zeros((1, WIDTH), np.float32)
    shift[0, 0:3] = 1
    g.op("Add", rows, g.op("MatMul", tone, g.weight(shift)), output="last_hidden_state")
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", TOKENS])
    g.save(folder, [ids], [floats("last_hidden_state", "batch", TOKENS, WIDTH)], {"hidden_size": WIDTH})


def alphas():
    betas = np.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=np.float64) ** 2
    return np.cumprod(1 - betas)


def low_pass(g, value, sigma):
    """Two passes of a Gaussian with edges repeated, on one channel."""
    radius = int(3 * sigma)
    kernel = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * sigma * sigma))
    kernel = (kernel / kernel.sum()).astype(np.float32)
    padded = g.op("Pad", value, g.integers(0, 0, radius, radius, 0, 0, radius, radius), mode="edge")
    rows = g.op("Conv", padded, g.weight(kernel.reshape(1, 1, 1, -1)))
    return g.op("Conv", rows, g.weight(kernel.reshape(1, 1, -1, 1)))


def coordinates(g, size, shape):
    """0..1 minus one half along one side, in the given broadcast shape."""
    whole = g.op("Squeeze", size, g.integers(0))
    steps = g.op("Range", g.weight(0, np.int64), whole, g.weight(1, np.int64))
    share = g.op("Div", g.op("Cast", steps, to=TensorProto.FLOAT), g.op("Cast", whole, to=TensorProto.FLOAT))
    return g.op("Reshape", g.op("Sub", share, g.weight(0.5)), g.integers(*shape))


def unet(folder):
    g = Graph()
    abar = alphas()
    root = g.op("Reshape", g.op("Gather", g.weight(np.sqrt(abar)), "timestep", axis=0), g.integers(-1, 1, 1, 1))
    rest = g.op("Reshape", g.op("Gather", g.weight(np.sqrt(1 - abar)), "timestep", axis=0), g.integers(-1, 1, 1, 1))

    # Structure: low frequencies of channel 3, brought to unit strength whatever the noise level.
    channel = g.op("Slice", "sample", g.integers(3), g.integers(4), g.integers(1))
    noise_share = 1 / (2 * SIGMA * np.pi**0.5)
    strength = g.op("Add", g.op("Mul", root, g.weight(STRUCTURE)), g.op("Mul", rest, g.weight(noise_share)))
    structure = g.op("Div", low_pass(g, channel, SIGMA), strength)

    shape = g.op("Shape", "sample")
    height = g.op("Slice", shape, g.integers(2), g.integers(3), g.integers(0))
    width = g.op("Slice", shape, g.integers(3), g.integers(4), g.integers(0))
    y, x = coordinates(g, height, (1, 1, -1, 1)), coordinates(g, width, (1, 1, 1, -1))

    def phase(kind, factor, *places):
        value = g.op("Mul", structure, g.weight(factor))
        for place, scale in places:
            value = g.op("Add", value, g.op("Mul", place, g.weight(scale)))
        return g.op(kind, value)

    query = g.op("Concat", structure, phase("Sin", 2.0, (x, 4.0)), phase("Cos", 2.0, (y, 4.0)),
                 phase("Sin", 1.5, (x, 3.0), (y, 3.0)), axis=1)
    query = g.op("Reshape", query, g.integers(0, 4, -1))

    select = np.eye(WIDTH, dtype=np.float32)
    keys = g.op("MatMul", "encoder_hidden_states", g.weight(select[:, 3:7] * 2.2))
    weights = g.op("MatMul", "encoder_hidden_states", g.weight(select[:, 7:8]))
    values = g.op("MatMul", "encoder_hidden_states", g.weight(select[:, 0:3]))
    scores = g.op("Add", g.op("MatMul", keys, query), weights)
    attention = g.op("Softmax", scores, axis=1)
    colour = g.op("MatMul", g.op("Transpose", values, perm=[0, 2, 1]), attention)
    plane = g.op("Concat", g.integers(0, 3), height, width, axis=0)
    colour = g.op("Reshape", colour, plane)
    shaded = g.op("Add", colour, g.op("Mul", g.op("Tanh", structure), g.weight(0.06)))
    kept = g.op("Clip", g.op("Mul", structure, g.weight(STRUCTURE)), g.weight(-1.5), g.weight(1.5))
    clean = g.op("Concat", shaded, kept, axis=1)
    g.op("Div", g.op("Sub", "sample", g.op("Mul", root, clean)), rest, output="out_sample")

    step = helper.make_tensor_value_info("timestep", TensorProto.INT64, ["steps"])
    sample = ("batch", 4, "height", "width")
    g.save(folder, [floats("sample", *sample), step, floats("encoder_hidden_states", "batch", TOKENS, WIDTH)],
           [floats("out_sample", *sample)],
           {"in_channels": 4, "out_channels": 4, "cross_attention_dim": WIDTH, "sample_size": 64})


def vae_decoder(folder, scaling):
    g = Graph()
    radius, sigma = 2, 0.9
    kernel = np.exp(-np.arange(-radius, radius + 1) ** 2 / (2 * sigma * sigma))
    kernel = np.outer(kernel, kernel) / kernel.sum() ** 2
    to_rgb = np.zeros((3, 4), np.float32)
    to_rgb[:, :3] = np.eye(3) * scaling
    to_rgb[:, 3] = 0.03 * scaling
    padded = g.op("Pad", "latent_sample", g.integers(0, 0, radius, radius, 0, 0, radius, radius), mode="edge")
    smooth = g.op("Conv", padded, g.weight(to_rgb[:, :, None, None] * kernel[None, None]))
    large = g.op("Resize", smooth, "", g.weight([1, 1, 8, 8]), mode="cubic",
                 coordinate_transformation_mode="half_pixel")
    g.op("Clip", large, g.weight(-1), g.weight(1), output="sample")
    g.save(folder, [floats("latent_sample", "batch", 4, "height", "width")],
           [floats("sample", "batch", 3, "image_height", "image_width")],
           {"scaling_factor": scaling, "latent_channels": 4})


def tokenizer(folder, vocabulary, merges):
    write_json(os.path.join(folder, "vocab.json"), {token: i for i, token in enumerate(vocabulary)})
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8", newline="\n") as file:
        file.write("#version: 0.2\n")
        file.writelines(f"{first} {second}\n" for first, second in merges)
    write_json(os.path.join(folder, "tokenizer_config.json"), {"model_max_length": TOKENS})
    write_json(os.path.join(folder, "special_tokens_map.json"),
               {"bos_token": BEGIN, "eos_token": END, "unk_token": END, "pad_token": END})


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.splitlines()[0])
    folder = sys.argv[1]
    vocabulary, merges = make_vocabulary()
    tokenizer(os.path.join(folder, "tokenizer"), vocabulary, merges)
    text_encoder(os.path.join(folder, "text_encoder"), embeddings(vocabulary))
    unet(os.path.join(folder, "unet"))
    vae_decoder(os.path.join(folder, "vae_decoder"), 0.5)
    write_json(os.path.join(folder, "scheduler", "scheduler_config.json"), {
        "_class_name": "DDIMScheduler", "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
        "num_train_timesteps": 1000, "set_alpha_to_one": False, "steps_offset": 1, "clip_sample": False,
        "prediction_type": "epsilon", "timestep_spacing": "leading"})
    write_json(os.path.join(folder, "model_index.json"), {
        "_class_name": "StableDiffusionPipeline", "scheduler": ["diffusers", "DDIMScheduler"],
        "text_encoder": ["diffusers", "OnnxRuntimeModel"], "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "OnnxRuntimeModel"], "vae_decoder": ["diffusers", "OnnxRuntimeModel"],
        "_tessera": {"name": "Colour fields (mini diffusion)", "steps": 12, "guidance": 1.4, "max_size": 1536,
                     "latent_rgb": [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.03, 0.03, 0.03]]}})


if __name__ == "__main__":
    main()
