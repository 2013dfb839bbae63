// Calls every method as stdin says, and prints what each answered: {"<method>": {"required": …, "all": …}}.
const { readFileSync } = require("node:fs");
const { Letta } = require("@letta-ai/letta-client");

const letta = new Letta({ baseURL: process.argv[2], apiKey: "any", maxRetries: 0, timeout: 20_000 });

async function answer(name, parameters) {
  const names = name.split(".");
  const method = names.pop();
  const owner = names.reduce((resource, next) => resource[next], letta);
  const value = await owner[method](...parameters);
  if (value?.[Symbol.asyncIterator] === undefined) return value ?? null;
  const items = [];
  for await (const item of value) items.push(item);
  return items;
}

function offered(resource) {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(resource)).filter((name) => name !== "constructor");
}

async function main() {
  const answers = {};
  for (const [name, { path, required, all }] of Object.entries(JSON.parse(readFileSync(0, "utf8")))) {
    const takes = Object.keys(all).length > 0;
    answers[name] = {
      required: await answer(name, takes ? [...path, required] : path),
      all: await answer(name, takes ? [...path, all] : path),
    };
  }
  const methods = [
    ...offered(letta.conversations).map((name) => `conversations.${name}`),
    ...offered(letta.conversations.messages).map((name) => `conversations.messages.${name}`),
  ];
  console.log(JSON.stringify({ methods, answers }));
}

main();
