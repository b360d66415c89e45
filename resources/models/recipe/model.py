"""The decoder of Sancho in PyTorch: engine/model and engine/train/network as one module."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class RMSNorm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        wide = x.float()
        return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps)
                * self.weight).to(x.dtype)


def rotate(x, cos, sin):
    """Rotary position embedding, the two halves of a head paired."""
    a, b = x.float().chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1).to(x.dtype)


def attend(q, k, v):
    """Causal attention, [batch, heads, length, head_dim]."""
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)
    length = q.shape[2]
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    later = torch.ones(length, length, dtype=torch.bool, device=q.device).triu(1)
    return scores.masked_fill(later, float("-inf")).softmax(-1) @ v


class Block(nn.Module):
    def __init__(self, c):
        super().__init__()
        hidden, heads, kv, dim = (c["hidden_size"], c["num_attention_heads"],
                                  c["num_key_value_heads"], c["head_dim"])
        self.heads, self.kv, self.dim, self.dropout = heads, kv, dim, c.get("dropout", 0.0)
        self.input_layernorm = RMSNorm(hidden, c["rms_norm_eps"])
        self.post_attention_layernorm = RMSNorm(hidden, c["rms_norm_eps"])
        self.self_attn = nn.ModuleDict({
            "q_proj": nn.Linear(hidden, heads * dim, bias=False),
            "k_proj": nn.Linear(hidden, kv * dim, bias=False),
            "v_proj": nn.Linear(hidden, kv * dim, bias=False),
            "o_proj": nn.Linear(heads * dim, hidden, bias=False)})
        self.mlp = nn.ModuleDict({
            "gate_proj": nn.Linear(hidden, c["intermediate_size"], bias=False),
            "up_proj": nn.Linear(hidden, c["intermediate_size"], bias=False),
            "down_proj": nn.Linear(c["intermediate_size"], hidden, bias=False)})

    def forward(self, x, cos, sin):
        batch, length, _ = x.shape
        normed, attn = self.input_layernorm(x), self.self_attn

        def split(y, heads):
            return y.view(batch, length, heads, self.dim).transpose(1, 2)

        q = rotate(split(attn["q_proj"](normed), self.heads), cos, sin)
        k = rotate(split(attn["k_proj"](normed), self.kv), cos, sin)
        v = split(attn["v_proj"](normed), self.kv)
        k, v = (t.repeat_interleave(self.heads // self.kv, 1) for t in (k, v))
        mixed = attend(q, k, v).transpose(1, 2).reshape(batch, length, -1)
        x = x + F.dropout(attn["o_proj"](mixed), self.dropout, self.training)
        normed, mlp = self.post_attention_layernorm(x), self.mlp
        fed = mlp["down_proj"](F.silu(mlp["gate_proj"](normed)) * mlp["up_proj"](normed))
        return x + F.dropout(fed, self.dropout, self.training)


class Decoder(nn.Module):
    """Parameters carry their names of the model file, without the leading "model."."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config["vocab_size"], config["hidden_size"])
        self.layers = nn.ModuleList(Block(config) for _ in range(config["num_hidden_layers"]))
        self.norm = RMSNorm(config["hidden_size"], config["rms_norm_eps"])
        deviation = 0.02
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                residual = name.endswith(("o_proj.weight", "down_proj.weight"))
                layers = 2 * config["num_hidden_layers"] if residual else 1
                nn.init.normal_(weight, std=deviation / math.sqrt(layers))

    def forward(self, ids, rows, targets):
        """Sum of -log p of `targets` at the flat positions `rows` of ids [batch, length]."""
        c = self.config
        half = torch.arange(c["head_dim"] // 2, device=ids.device, dtype=torch.float64)
        angle = torch.outer(torch.arange(ids.shape[1], device=ids.device, dtype=torch.float64),
                            c["rope_theta"] ** (-2 * half / c["head_dim"]))
        cos, sin = angle.cos().float(), angle.sin().float()
        x = self.embed_tokens(ids)
        if torch.is_autocast_enabled():
            x = x.to(torch.bfloat16)
        for block in self.layers:
            x = block(x, cos, sin)
        picked = self.norm(x).flatten(0, 1)[rows]
        logits = F.linear(picked, self.embed_tokens.weight)
        return F.cross_entropy(logits.float(), targets, reduction="sum")

    def file_tensors(self):
        return {f"model.{name}": weight for name, weight in self.named_parameters()}

    def load(self, tensors):
        with torch.no_grad():
            for name, weight in self.file_tensors().items():
                weight.copy_(tensors[name].float())
