// The life of a conversation, from its creation to the 404 after its end.
const assert = require("node:assert/strict");
const { Letta, BadRequestError, ConflictError, NotFoundError } = require("@letta-ai/letta-client");

const letta = new Letta({ baseURL: process.argv[2], apiKey: "any", maxRetries: 0, timeout: 20_000 });
const agent_id = "agent-123e4567-e89b-42d3-8456-426614174000";
const { conversations } = letta;
const { messages } = conversations;

async function all(iterable) {
  const items = [];
  for await (const item of await iterable) items.push(item);
  return items;
}

async function main() {
  const { id } = await conversations.create({ agent_id, summary: "A whole life" });
  assert.equal((await conversations.retrieve(id)).summary, "A whole life");

  for (let number = 0; number < 4; number++) {
    const events = await all(messages.create(id, { input: `Hello ${number}`, include_pings: false }));
    const types = events.map((event) => event.message_type);
    assert.deepEqual(types, ["assistant_message", "stop_reason", "usage_statistics"]);
  }
  const tokens = await all(messages.create(id, { input: "STUB:SLOW 5 0", stream_tokens: true }));
  const said = tokens.filter((event) => event.message_type === "assistant_message").map((event) => event.content);
  assert.deepEqual(said.map((word) => word.trim()), ["w0", "w1", "w2", "w3", "w4"]);
  const whole = await messages.create(id, { input: "And now?", streaming: false }).asResponse();
  assert.equal((await whole.json()).stop_reason.stop_reason, "end_turn");

  const rows = await all(messages.list(id, { limit: 3, order: "asc" }));
  assert.equal(rows.length, 13);
  assert.equal(new Set(rows.map((row) => row.id)).size, 13);
  assert.deepEqual((await all(messages.list(id, { limit: 3 }))).reverse(), rows);

  const fork = await conversations.fork(id);
  assert.notEqual(fork.id, id);
  assert.equal((await all(messages.list(fork.id))).length, 13);

  const compacted = await messages.compact(id, { compaction_settings: { mode: "all" } });
  assert.ok(compacted.num_messages_after < compacted.num_messages_before);
  await assert.rejects(messages.compact(id), BadRequestError);
  const prompt = await conversations.recompile(id, { dry_run: true });
  assert.equal(await conversations.recompile(id), prompt);

  await assert.rejects(conversations.cancel(id), ConflictError);
  const live = await all(messages.create(id, { input: "Once more", background: true }));
  assert.deepEqual(await all(messages.stream(id)), live);

  const slow = await messages.create(id, { input: "STUB:SLOW 100 0.05", stream_tokens: true });
  const ends = [];
  for await (const event of slow) {
    if (event.message_type === "stop_reason") ends.push(event.stop_reason);
    else if (ends.length === 0 && event.content?.trim() === "w0") {
      assert.deepEqual(Object.values(await conversations.cancel(id)), ["cancelled"]);
    }
  }
  assert.deepEqual(ends, ["cancelled"]);

  const archived = await conversations.update(id, { archived: true, summary: "Over" });
  assert.equal(archived.archived, true);
  const ids = async (query) => (await conversations.list({ agent_id, ...query })).map((one) => one.id);
  assert.ok(!(await ids({})).includes(id));
  assert.ok((await ids({ archive_status: "archived" })).includes(id));

  await conversations.delete(id);
  await assert.rejects(conversations.retrieve(id), NotFoundError);
  await conversations.delete(fork.id);
}

main();
