// llama.cpp, through node-llama-cpp, doing what sancho-cli does on the same GGUF file.
//   node peer.mjs info
//   node peer.mjs bench FILE THREADS [PREFILL DECODE]   → one JSON object: tokens per second
//   node peer.mjs agree FILE TOKENS.json                → one JSON object: how far both agree
import {readFileSync} from "node:fs";
import {getLlama, LlamaLogLevel} from "node-llama-cpp";

const [mode, file, ...rest] = process.argv.slice(2);

async function load(threads, contextSize, batchSize) {
  const llama = await getLlama(
      {gpu: false, build: "never", maxThreads: threads, logLevel: LlamaLogLevel.error});
  if (mode === "info") return {llama};
  const model = await llama.loadModel({modelPath: file});
  const context = await model.createContext(
      {contextSize, batchSize, sequences: 1, threads: {ideal: threads, min: threads}});
  context._ctx.setThreads(threads);
  return {llama, model, context: context._ctx};
}

/** Reads `tokens` from position `first` on; gives the batch indexes of the logits asked for. */
async function read(context, first, tokens, logits) {
  context.initBatch(tokens.length);
  const indexes =
      context.addToBatch(0, first, Uint32Array.from(tokens), Uint32Array.from(logits));
  await context.decodeBatch();
  return indexes;
}

const seconds = async (work) => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

async function bench(threads, prefill, decode) {
  const {model, context} = await load(threads, prefill + decode, prefill);
  const vocabulary = model.fileInsights.modelFileInfo?.vocabSize ?? 32000;
  const tokens = Array.from({length: prefill + decode}, (_, i) => (i * 7919 + 13) % vocabulary);
  await read(context, 0, tokens.slice(0, 16), [15]);
  await read(context, 16, [1], [0]);
  context.disposeSequence(0);
  const prompt = tokens.slice(0, prefill);
  const reading = [];
  for (let i = 0; i < 2; ++i) {
    context.disposeSequence(0);
    reading.push(await seconds(() => read(context, 0, prompt, [prefill - 1])));
  }
  const steps = [];
  for (let i = prefill; i < prefill + decode; ++i)
    steps.push(await seconds(() => read(context, i, [tokens[i]], [0])));
  return {
    prefill_tokens_per_second: prefill / Math.min(...reading),
    decode_tokens_per_second: 1 / median(steps),
    threads: context.getThreads(),
  };
}

async function agree(tokensFile) {
  const ours = JSON.parse(readFileSync(tokensFile, "utf8"));
  const length = Math.max(ours.ids.length, ours.prompt + ours.greedy.length);
  const {llama, model, context} = await load(2, length + 1, length);
  const sampler = new llama._bindings.AddonSampler(model._model);
  sampler.applyConfig({temperature: 0});
  const result = {positions: ours.ids.length};

  if (ours.text !== undefined) {
    const ids = Array.from(model.tokenize(ours.text, false));
    result.same_tokenization =
        JSON.stringify(ids) === JSON.stringify(ours.ids.slice(ours.ids.length - ours.text_tokens));
  }
  const all = ours.ids.map((_, i) => i);
  const indexes = await read(context, 0, ours.ids, all);
  let same = 0;
  result.differences = [];
  for (const i of all) {
    const top = await context.sampleToken(indexes[i], sampler);
    if (top === ours.top1[i]) ++same;
    else result.differences.push({position: i, ours: ours.top1[i], theirs: top,
                                  margin: ours.margin[i]});
  }
  result.top1_agreement = same / all.length;

  context.disposeSequence(0);
  const written = [];
  let indexes1 = await read(context, 0, ours.ids.slice(0, ours.prompt), [ours.prompt - 1]);
  while (written.length < ours.greedy.length) {
    const next = await context.sampleToken(indexes1[0], sampler);
    written.push(next);
    indexes1 = await read(context, ours.prompt + written.length - 1, [next], [0]);
  }
  result.greedy_same = written.findIndex((id, i) => id !== ours.greedy[i]);
  if (result.greedy_same < 0) result.greedy_same = written.length;
  result.greedy = written.length;
  return result;
}

if (mode === "info") {
  const {llama} = await load(2);
  console.log(`llama.cpp ${llama.llamaCppRelease.release}: ${llama.systemInfo}`);
} else if (mode === "bench") {
  const [threads, prefill = 512, decode = 64] = rest.map(Number);
  console.log(JSON.stringify(await bench(threads, prefill, decode)));
} else if (mode === "agree") {
  console.log(JSON.stringify(await agree(rest[0])));
} else {
  console.error("Usage: node peer.mjs info | bench FILE THREADS | agree FILE TOKENS.json");
  process.exitCode = 2;
}
process.exit();
