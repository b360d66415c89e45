"""The files that the recipe shares with Sancho: token files and one-file models."""

import json
import lzma
import struct
from pathlib import Path

import numpy as np
import torch

PACKED, WHOLE = b"SANCHOTX", b"SANCHOTK"


def read_tokens(path):
    """A token file (engine/train/dataset.h), or the same packed by `pack`:
    (ids i32 [tokens], lengths [samples], loss_from [samples], vocab_size)."""
    data = Path(path).read_bytes()
    if str(path).endswith(".xz"):
        data = lzma.decompress(data)
    magic, version, vocab, samples, tokens = struct.unpack_from("<8sIIQQ", data)
    if magic not in (PACKED, WHOLE) or version != 1:
        raise SystemExit(f"{path} is not a token file; make it with sancho-cli model corpus.")
    kind = np.dtype("<u2") if magic == PACKED else np.dtype("<u4")
    heads = np.frombuffer(data, kind, 2 * samples, 32).reshape(samples, 2).astype(np.int64)
    ids = np.frombuffer(data, kind, tokens, 32 + 2 * samples * kind.itemsize)
    return ids.astype(np.int32), heads[:, 0], heads[:, 1], vocab


def pack(source, target):
    """Writes a token file with 16-bit numbers, compressed: a quarter of the size."""
    ids, lengths, loss_from, vocab = read_tokens(source)
    if vocab > 65536 or lengths.max() > 65535:
        raise SystemExit(f"{source} has numbers of more than 16 bits.")
    head = struct.pack("<8sIIQQ", PACKED, 1, vocab, len(lengths), len(ids))
    body = np.stack([lengths, loss_from], 1).astype("<u2").tobytes() + ids.astype("<u2").tobytes()
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 6, "dict_size": 64 << 20,
                "lc": 0, "lp": 1, "pb": 1}]
    Path(target).write_bytes(lzma.compress(head + body, filters=filters))


def read_model(path):
    """A one-file model or any safetensors file: (metadata, {name: tensor})."""
    data = Path(path).read_bytes()
    size = struct.unpack_from("<Q", data)[0]
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})
    kinds = {"F32": torch.float32, "BF16": torch.bfloat16, "U8": torch.uint8}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        if name.startswith("__padding__") or entry["dtype"] not in kinds:
            continue
        flat = torch.frombuffer(bytearray(data[8 + size + begin:8 + size + end]),
                                dtype=kinds[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return metadata, tensors


def write_model(path, config, tensors, tokenizer):
    """Writes a dense one-file model; `tokenizer` is the serialised sentencepiece model."""
    parts = {name: tensor.detach().to("cpu").contiguous() for name, tensor in tensors.items()}
    parts["tokenizer.model"] = torch.frombuffer(bytearray(tokenizer), dtype=torch.uint8)
    names = {torch.float32: "F32", torch.bfloat16: "BF16", torch.uint8: "U8"}
    header, offset = {"__metadata__": {"format": "sancho-model", "config": json.dumps(config)}}, 0
    for name, tensor in parts.items():
        end = offset + tensor.numel() * tensor.element_size()
        header[name] = {"dtype": names[tensor.dtype], "shape": list(tensor.shape),
                        "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    temporary = Path(f"{path}.new")
    with open(temporary, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in parts.values():
            file.write(tensor.view(torch.uint8).numpy().tobytes())
    temporary.rename(path)
