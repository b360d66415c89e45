#!/usr/bin/env python3
"""split.py WORK RESULTS: the best weights so far in bf16, as parts of at most 15 MiB, and the report."""

import json
import shutil
import sys
from pathlib import Path

import torch

from files import read_model, write_model

PART = 15 << 20

work, results = Path(sys.argv[1]), Path(sys.argv[2])
for report in ("dense.json", "so-far.json"):
    if (work / report).exists():
        shutil.copy(work / report, results / "dense.json")
        break
if (work / "dense.safetensors").exists():
    metadata, tensors = read_model(work / "dense.safetensors")
    tokenizer = bytes(tensors.pop("tokenizer.model").numpy())
    short = {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
    write_model(work / "short.safetensors", json.loads(metadata["config"]), short, tokenizer)
    data = (work / "short.safetensors").read_bytes()
    for old in results.glob("dense.part*"):
        old.unlink()
    for i in range(0, len(data), PART):
        (results / f"dense.part{i // PART:02d}").write_bytes(data[i:i + PART])
