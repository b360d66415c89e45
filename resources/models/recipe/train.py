#!/usr/bin/env python3
"""Trains Sancho's built-in model with PyTorch: the twin of `sancho-cli model pretrain`.

The same token files, batches, schedule, optimizer and architecture; bf16 on a GPU, f32 on a CPU.
Writes OUT/dense.safetensors, which `sancho-cli model pretrain --out OUT` goes on from. It stops
before its time is over, and the same command goes on where it stopped."""

import argparse
import contextlib
import json
import math
import time
from pathlib import Path

import numpy as np
import torch

from files import read_model, read_tokens, write_model
from model import Decoder

MASK = (1 << 64) - 1


def shuffled(count, seed):
    """The order of engine/train/plan.cpp: SplitMix64 and Fisher-Yates."""
    order, state = list(range(count)), seed & MASK
    for i in range(count, 1, -1):
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        j = (z ^ (z >> 31)) % i
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


class Batches:
    """Whole samples up to `batch_tokens` each, shuffled anew in every epoch."""

    def __init__(self, lengths, batch_tokens, seed):
        self.lengths, self.batch_tokens, self.seed = lengths, batch_tokens, seed
        self.epoch, self.first, self.cuts = -1, 0, []

    def _shuffle(self, epoch):
        self.epoch = epoch
        self.order = np.array(
            shuffled(len(self.lengths), (self.seed * 0x9E3779B97F4A7C15 + epoch) & MASK))
        self.cuts, tokens = [0], 0
        for i, length in enumerate(self.lengths[self.order].tolist()):
            if tokens > 0 and tokens + length > self.batch_tokens:
                self.cuts.append(i)
                tokens = 0
            tokens += length
        self.cuts.append(len(self.order))

    def batch(self, step):
        if self.epoch < 0:
            self._shuffle(0)
        while step - self.first >= len(self.cuts) - 1:
            self.first += len(self.cuts) - 1
            self._shuffle(self.epoch + 1)
        i = step - self.first
        return self.order[self.cuts[i]:self.cuts[i + 1]]


class Data:
    def __init__(self, path, max_sample):
        self.ids, lengths, self.loss_from, self.vocab = read_tokens(path)
        self.starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self.lengths = np.minimum(lengths, max_sample)

    def pieces(self, samples, piece_tokens, device):
        """Padded batches of samples of like length: (ids [n, length], rows, targets). A sample
        attends only within itself, and what pads it stands after it."""
        samples = samples[np.argsort(-self.lengths[samples], kind="stable")]
        begin = 0
        while begin < len(samples):
            width = -(-(int(self.lengths[samples[begin]]) - 1) // 8) * 8
            chosen = samples[begin:begin + max(1, piece_tokens // max(width, 1))]
            begin += len(chosen)
            ids = np.zeros((len(chosen), width), np.int64)
            rows, targets = [], []
            for r, s in enumerate(chosen):
                start, length = self.starts[s], self.lengths[s]
                tokens = self.ids[start:start + length]
                ids[r, :length - 1] = tokens[:-1]
                first = max(int(self.loss_from[s]), 1)
                rows.append(np.arange(first - 1, length - 1) + r * width)
                targets.append(tokens[first:])
            rows, targets = np.concatenate(rows), np.concatenate(targets).astype(np.int64)
            if len(rows):
                yield tuple(torch.from_numpy(a).to(device, non_blocking=True)
                            for a in (ids, rows, targets))

    def counted(self, samples):
        return int(np.maximum(
            0, self.lengths[samples] - np.maximum(self.loss_from[samples], 1)).sum())


def learning_rate(o, step, share):
    shape = 0.5 * (1 - math.cos(math.pi * (1 - min(max(share, 0.0), 1.0))))
    warm = min(1.0, (step + 1) / o.warmup) if o.warmup > 0 else 1.0
    return o.learning_rate * warm * (0.05 + 0.95 * shape)


def evaluate(model, data, o):
    model.eval()
    total = 0.0
    with torch.no_grad():
        for piece in data.pieces(np.arange(len(data.lengths)), o.piece_tokens, o.device):
            with o.autocast():
                total += model(*piece).item()
    model.train()
    return total / data.counted(np.arange(len(data.lengths)))


def shape_of(o, vocab):
    return {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": vocab,
            "hidden_size": o.hidden, "intermediate_size": o.ffn, "num_hidden_layers": o.layers,
            "num_attention_heads": o.heads, "num_key_value_heads": o.kv_heads,
            "head_dim": o.hidden // o.heads, "max_position_embeddings": o.positions,
            "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "hidden_act": "silu",
            "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True,
            "bos_token_id": 1, "eos_token_id": 2}


class Run:
    def __init__(self, o):
        self.o, self.out = o, Path(o.out)
        self.out.mkdir(parents=True, exist_ok=True)
        self.train, self.heldout = Data(o.train, o.max_sample), Data(o.heldout, o.max_sample)
        start = read_model(o.start) if o.start else None
        self.config = json.loads(start[0]["config"]) if start else shape_of(o, self.train.vocab)
        self.tokenizer = (bytes(start[1]["tokenizer.model"].numpy()) if start
                          else Path(o.tokenizer).read_bytes())
        torch.manual_seed(o.seed)
        self.model = Decoder({**self.config, "dropout": o.dropout}).to(o.device)
        if start:
            self.model.load(start[1])
        self.step_model = torch.compile(self.model, dynamic=True) if o.compile else self.model
        decayed = [w for w in self.model.parameters() if w.dim() == 2]
        others = [w for w in self.model.parameters() if w.dim() != 2]
        self.optimizer = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": o.weight_decay},
             {"params": others, "weight_decay": 0.0}],
            lr=o.learning_rate, betas=(0.9, 0.95), eps=1e-8)
        self.average = [w.detach().clone() for w in self.model.parameters()]
        self.numbers = {"steps": 0, "tokens": 0, "seconds": 0.0, "best": None, "turned": 0}
        self.curve = []
        self.batches = Batches(self.train.lengths, o.batch_tokens, o.seed)

    # One training step of the batch plan; the loss is the mean over the counted tokens.
    def step(self, share):
        o, n = self.o, self.numbers
        rate = learning_rate(o, n["steps"], share)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        samples = self.batches.batch(n["steps"])
        counted = max(self.train.counted(samples), 1)
        loss = torch.zeros((), device=o.device)
        for piece in self.train.pieces(samples, o.piece_tokens, o.device):
            with o.autocast():
                part = self.step_model(*piece) / counted
            part.backward()
            loss += part.detach()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        n["steps"] += 1
        n["tokens"] += int(self.train.lengths[samples].sum())
        if o.average > 0:
            keep = min(o.average, (1 + n["steps"]) / (10 + n["steps"]))
            with torch.no_grad():
                torch._foreach_mul_(self.average, keep)
                torch._foreach_add_(self.average, list(self.model.parameters()), alpha=1 - keep)
        return loss

    def averaged(self):
        """Exchanges the weights and their running average; a second call undoes it."""
        if self.o.average > 0:
            with torch.no_grad():
                for weight, mean in zip(self.model.parameters(), self.average):
                    kept = weight.clone()
                    weight.copy_(mean)
                    mean.copy_(kept)

    def measure(self):
        """Held-out loss of the averaged weights, which are kept while they are the best."""
        n = self.numbers
        self.averaged()
        loss = evaluate(self.model, self.heldout, self.o)
        if n["best"] is None or loss < n["best"]:
            n["best"], n["turned"] = loss, 0
            self.save()
        else:
            n["turned"] += 1
        self.averaged()
        return loss

    def save(self):
        write_model(self.out / "dense.safetensors", self.config, self.model.file_tensors(),
                    self.tokenizer)

    def checkpoint(self):
        state = {"model": self.model.state_dict(), "optimizer": self.optimizer.state_dict(),
                 "average": self.average, "numbers": self.numbers, "curve": self.curve}
        torch.save(state, self.out / "state.new")
        (self.out / "state.new").rename(self.out / "state.pt")

    def resume(self):
        if not (self.out / "state.pt").exists():
            return
        state = torch.load(self.out / "state.pt", map_location=self.o.device)
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average = [mean.to(self.o.device) for mean in state["average"]]
        self.numbers, self.curve = state["numbers"], state["curve"]

    def report(self, finished):
        n = self.numbers
        report = {"finished": finished, "steps": n["steps"], "tokens": n["tokens"],
                  "seconds": n["seconds"], "heldout_loss": n["best"],
                  "parameters": sum(w.numel() for w in self.model.parameters()),
                  "options": {k: v for k, v in vars(self.o).items()
                              if isinstance(v, (int, float, str, bool))},
                  "curve": self.curve}
        name = "dense.json" if finished else "so-far.json"
        (self.out / name).write_text(json.dumps(report, indent=2))

    def go(self):
        o, n = self.o, self.numbers
        began, before = time.time(), n["seconds"]
        measured = saved = began
        window, window_tokens, window_began = [], n["tokens"], began

        def share():
            if o.steps:
                return n["steps"] / o.steps
            return n["seconds"] / (60 * o.minutes)

        while share() < 1 and n["turned"] < o.patience:
            if o.stop_after and time.time() - began > 60 * o.stop_after:
                break
            window.append(self.step(share()))
            n["seconds"] = before + time.time() - began
            now = time.time()
            due = now - measured >= o.measure_every
            if o.verbose or due or len(window) >= 50:
                point = {"step": n["steps"], "seconds": round(n["seconds"], 1),
                         "epoch": self.batches.epoch,
                         "loss": torch.stack(window).mean().item(),
                         "tokens_per_second": (n["tokens"] - window_tokens) /
                                              (time.time() - window_began)}
                if due:
                    point["heldout_loss"] = self.measure()
                    measured = time.time()
                window, window_tokens, window_began = [], n["tokens"], time.time()
                n["seconds"] = before + time.time() - began
                self.curve.append(point)
                print(json.dumps(point), flush=True)
            if now - saved >= o.checkpoint_every:
                self.checkpoint()
                saved = time.time()
        finished = share() >= 1 or n["turned"] >= o.patience
        if finished:
            self.curve.append({"step": n["steps"], "heldout_loss": self.measure()})
        self.checkpoint()
        self.report(finished)
        print(json.dumps({"finished": finished, "best_heldout_loss": n["best"], **n}), flush=True)


def options():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--train", required=True, help="train.tok, or packed: train.tok.xz")
    p.add_argument("--heldout", required=True)
    p.add_argument("--tokenizer", help="tokenizer.model, where no --start is given")
    p.add_argument("--start", help="a model file whose weights and tokenizer to start from")
    p.add_argument("--out", required=True)
    p.add_argument("--minutes", type=float, default=25, help="of training, over all calls")
    p.add_argument("--stop-after", type=float, default=0, help="minutes of this call; 0: no limit")
    p.add_argument("--steps", type=int, default=0, help="instead of minutes")
    p.add_argument("--hidden", type=int, default=512)
    p.add_argument("--ffn", type=int, default=1408)
    p.add_argument("--layers", type=int, default=8)
    p.add_argument("--heads", type=int, default=8)
    p.add_argument("--kv-heads", type=int, default=4)
    p.add_argument("--positions", type=int, default=2048)
    p.add_argument("--dropout", type=float, default=0.0)
    p.add_argument("--learning-rate", type=float, default=1.5e-3)
    p.add_argument("--weight-decay", type=float, default=0.05)
    p.add_argument("--warmup", type=int, default=100, help="steps")
    p.add_argument("--batch-tokens", type=int, default=4096)
    p.add_argument("--piece-tokens", type=int, default=32768, help="tokens on the device at once")
    p.add_argument("--max-sample", type=int, default=512)
    p.add_argument("--average", type=float, default=0.0, help="decay of the weight average; 0: none")
    p.add_argument("--patience", type=int, default=4, help="worse measurements before it ends")
    p.add_argument("--measure-every", type=float, default=60, help="seconds")
    p.add_argument("--checkpoint-every", type=float, default=60, help="seconds")
    p.add_argument("--compile", action="store_true")
    p.add_argument("--verbose", action="store_true", help="a line for every step")
    p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    if not (o.start or o.tokenizer):
        p.error("name --tokenizer or --start")
    o.device = "cuda" if torch.cuda.is_available() else "cpu"
    o.autocast = (lambda: torch.autocast("cuda", torch.bfloat16)) if o.device == "cuda" \
        else contextlib.nullcontext
    return o


if __name__ == "__main__":
    run = Run(options())
    run.resume()
    run.go()
