// Graphile Worker with its local queue, the fastest of the peers. Speaks the lines of side.py.
import { createInterface } from "node:readline";
import { writeFileSync } from "node:fs";
import { Logger, makeWorkerUtils, run, runMigrations } from "graphile-worker";

const [role, url, ...rest] = process.argv.slice(2);
const now = () => Number(process.hrtime.bigint()) / 1e9;
const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function add(how, first, count) {
  const utils = await makeWorkerUtils({ connectionString: url });
  const addOne = (number) => utils.addJob("nothing", { number });
  await addOne(first - 1);
  const committed = {};
  const began = now();
  if (how === "bulk") {
    await utils.addJobs(Array.from({ length: count }, (_, index) => ({ identifier: "nothing", payload: { number: first + index } })));
  } else if (how === "callers") {
    let number = first;
    const caller = async () => {
      while (number < first + count) await addOne(number++);
    };
    await Promise.all(Array.from({ length: 20 }, caller));
  } else {
    for (let number = first; number < first + count; number++) {
      if (how === "now_and_then") await pause(0.02 + Math.random() * 0.04);
      await addOne(number);
      committed[number] = now();
    }
  }
  console.log(JSON.stringify({ seconds: now() - began, committed }));
  await utils.release();
}

async function work(path) {
  const ran = [];
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  console.log("ready");
  await lines.next();
  const runner = await run({
    connectionString: url,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    taskList: { nothing: async ({ number }) => void ran.push([number, now()]) },
    preset: { worker: { concurrentJobs: 50, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  const quiet = setInterval(() => {
    if (ran.length && now() - ran.at(-1)[1] > 2) {
      clearInterval(quiet);
      console.log("quiet");
    }
  }, 50);
  await lines.next();
  clearInterval(quiet);
  await runner.stop();
  writeFileSync(path, JSON.stringify(ran));
  console.log("stopped");
  process.exit(0);
}

if (role === "prepare") await runMigrations({ connectionString: url });
else if (role === "add") await add(rest[0], Number(rest[1]), Number(rest[2]));
else await work(rest[0]);
