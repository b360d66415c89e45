#!/usr/bin/python3
"""One training step of a Llama-like model in plain PyTorch: the yardstick of train_vs_pytorch.sh.

Random weights, random tokens, full fine-tuning with AdamW in float32. Prints one JSON object with
the keys of bench_train. Needs python3-torch."""

import argparse
import json
import resource
import time

import torch
from torch import nn
from torch.nn import functional

SHAPES = {  # vocabulary, width, FFN, layers, heads
    "llama-110m": (32000, 768, 2048, 12, 12),
}


class RMSNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-5) * self.weight


def rotate(x, cos, sin):
    a, b = x.chunk(2, -1)
    return x * cos + torch.cat((-b, a), -1) * sin


class Block(nn.Module):
    def __init__(self, width, ffn, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = RMSNorm(width), RMSNorm(width)
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * ffn, bias=False)
        self.down = nn.Linear(ffn, width, bias=False)

    def forward(self, x, cos, sin, mask):
        batch, length, width = x.shape
        qkv = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, width // self.heads)
        q, k, v = (part.transpose(1, 2) for part in qkv.unbind(2))
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, width)
        x = x + self.out(mixed)
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(functional.silu(gate) * up)


class Llama(nn.Module):
    def __init__(self, vocabulary, width, ffn, layers, heads, length):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        nn.init.normal_(self.embed.weight, std=0.02)
        self.blocks = nn.ModuleList(Block(width, ffn, heads) for _ in range(layers))
        self.norm = RMSNorm(width)
        half = width // heads // 2
        angles = torch.outer(torch.arange(length), 10000 ** (-torch.arange(half) / half))
        self.register_buffer("cos", angles.cos().repeat(1, 2))
        self.register_buffer("sin", angles.sin().repeat(1, 2))
        self.register_buffer("mask", torch.full((length, length), float("-inf")).triu(1))

    def forward(self, tokens):
        x = self.embed(tokens)
        for block in self.blocks:
            x = block(x, self.cos, self.sin, self.mask)
        return self.norm(x) @ self.embed.weight.T


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--shape", default="llama-110m", choices=SHAPES)
    options.add_argument("--sequence", type=int, default=512)
    options.add_argument("--batch", type=int, default=2)
    options.add_argument("--steps", type=int, default=2)
    options.add_argument("--threads", type=int, default=2)
    args = options.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)

    model = Llama(*SHAPES[args.shape], args.sequence)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0)
    vocabulary = SHAPES[args.shape][0]
    tokens = torch.randint(vocabulary, (args.batch, args.sequence + 1))
    for step in range(args.steps + 1):
        if step == 1:  # the first one warms up
            start = time.monotonic()
        logits = model(tokens[:, :-1])
        loss = functional.cross_entropy(logits.reshape(-1, vocabulary), tokens[:, 1:].reshape(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
    seconds = (time.monotonic() - start) / args.steps
    print(json.dumps({
        "shape": args.shape,
        "threads": args.threads,
        "sequence": args.sequence,
        "batch": args.batch,
        "loss": round(loss.item(), 4),
        "seconds_per_step": round(seconds, 3),
        "tokens_per_second": round(args.batch * args.sequence / seconds, 1),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }))


main()
