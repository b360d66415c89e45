#!/usr/bin/env python3
"""join.py RESULTS RUN: parts of a GPU run → RUN/dense.safetensors in f32 and RUN/dense.json, from
where `sancho-cli model pretrain --out RUN` compresses, recovers and measures."""

import json
import shutil
import sys
from pathlib import Path

from files import read_model, write_model

results, run = Path(sys.argv[1]), Path(sys.argv[2])
joined = run / "joined.safetensors"
joined.write_bytes(b"".join(part.read_bytes() for part in sorted(results.glob("dense.part*"))))
metadata, tensors = read_model(joined)
tokenizer = bytes(tensors.pop("tokenizer.model").numpy())
write_model(run / "dense.safetensors", json.loads(metadata["config"]),
            {name: tensor.float() for name, tensor in tensors.items()}, tokenizer)
joined.unlink()
shutil.copy(results / "dense.json", run / "dense.json")
