// Prints the medians of peer.sh's readings and their ratios to llama.cpp: peer_table.mjs FILE
import {readFileSync} from "node:fs";

const groups = new Map();  // "shape threads" → format → {prefill: [], decode: []}
for (const line of readFileSync(process.argv[2], "utf8").split("\n").filter(Boolean)) {
  const reading = JSON.parse(line);
  const [shape, threads, format] = reading.key.split(" ");
  const group = groups.get(`${shape} ${threads}`) ?? new Map();
  groups.set(`${shape} ${threads}`, group);
  const row = group.get(format) ?? {prefill: [], decode: [], bytes: 0};
  group.set(format, row);
  row.prefill.push(reading.prefill_tokens_per_second);
  row.decode.push(reading.decode_tokens_per_second);
  row.bytes = reading.bytes_per_token ?? 0;
}

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const text = (value, digits, width) =>
    (Number.isFinite(value) ? value.toFixed(digits) : "–").padStart(width);

for (const [name, group] of groups) {
  const [shape, threads] = name.split(" ");
  const of = (format, what) => group.has(format) ? median(group.get(format)[what]) : NaN;
  const peers = [...group.keys()].filter((format) => format.startsWith("llama.cpp"));
  const bestPrefill = Math.max(...peers.map((peer) => of(peer, "prefill")));
  console.log(`\n${shape}, ${threads} thread${threads === "1" ? "" : "s"}`);
  console.log("format            runs  prefill    decode   GB/s   decode against llama.cpp       " +
              "own f32   prefill against");
  console.log("                         tok/s     tok/s            F16     Q8_0     Q4_0          " +
              "          llama.cpp's best");
  for (const [format, row] of group) {
    const decode = median(row.decode), prefill = median(row.prefill);
    const ratio = (other) => text(decode / of(other, "decode"), 2, 9);
    console.log(format.padEnd(17) + String(row.decode.length).padStart(5) + text(prefill, 1, 9) +
                text(decode, 2, 10) + text(row.bytes ? row.bytes * decode / 1e9 : NaN, 1, 7) +
                ratio("llama.cpp-f16") + ratio("llama.cpp-q8_0") + ratio("llama.cpp-q4_0") +
                "   " + ratio("f32") + text(prefill / bestPrefill, 2, 12));
  }
}
