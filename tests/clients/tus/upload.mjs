// Why: photos go up as somebody else's app would send them, with tus-js-client and nothing of ours, and what it did is
// told. Reads its task as JSON from standard input, prints one line of JSON: a report for each file.
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { FileUrlStorage, Upload } from 'tus-js-client';

// {url, login, files: [{path, metadata}], options, parallel, store, stopAfter, seconds}
// `options` go to tus-js-client as they are. `store` is a file that keeps the addresses of uploads from one run to the
// next. `stopAfter` is a number of bytes after which the app is closed.
const task = JSON.parse(await text(process.stdin));

/** The session's token. */
async function login() {
    const answer = await fetch(`${task.url}/api/v1/sessions`, {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(task.login),
    });
    if (!answer.ok) throw new Error(`login: ${answer.status} ${await answer.text()}`);
    return (await answer.json()).token;
}

/** What was asked, one entry a request: how, from which offset, bytes handed to the network, and what came of it. */
class Record {
    requests = [];

    begins(request) {
        this.requests.push({
            method: request.getHeader('X-HTTP-Method-Override') ?? request.getMethod(),
            sentAs: request.getMethod(), offset: Number(request.getHeader('Upload-Offset') ?? 0), bytes: 0, status: null,
        });
    }

    progresses(position) {
        const last = this.requests.at(-1);
        if (last && last.method !== 'HEAD') last.bytes = Math.max(last.bytes, position - last.offset);
    }

    ends(response) {
        this.requests.at(-1).status = response.getStatus();
    }
}

/** Upload one file. The report: state (done, failed, stopped), the last status and problem, address and requests. */
async function upload({ path, metadata }, token) {
    const record = new Record();
    const report = ended => {
        const { requests } = record;
        return { path, url: running.url, requests, bytes: requests.reduce((sum, one) => sum + one.bytes, 0), ...ended };
    };
    let running;
    const ended = new Promise(settle => {
        const failed = error => settle({
            state: 'failed', error: error.message, status: error.originalResponse?.getStatus() ?? null,
            problem: problem(error.originalResponse?.getBody()),
        });
        const stop = () => running.abort().then(() => settle({ state: 'stopped' }));
        running = new Upload(task.content[path], {
            endpoint: `${task.url}/api/v1/files`, headers: { Authorization: `Bearer ${token}` }, metadata,
            ...(task.store && { urlStorage: new FileUrlStorage(task.store) }), ...task.options,
            onBeforeRequest: request => record.begins(request),
            onAfterResponse: (request, response) => record.ends(response),
            onProgress: position => record.progresses(position),
            onChunkComplete: (size, accepted) => task.stopAfter && accepted >= task.stopAfter && stop(),
            onSuccess: () => settle({ state: 'done' }), onError: failed,
        });
    });
    const [earlier] = task.store ? await running.findPreviousUploads() : [];
    if (earlier) running.resumeFromPreviousUpload(earlier);
    running.start();
    return report(await ended);
}

/** The document of an answer, when it is one. */
function problem(body) {
    try {
        return JSON.parse(body);
    } catch {
        return null;
    }
}

/** All files, so many at a time. */
async function all() {
    const token = await login();
    task.content = {};
    for (const { path } of task.files) task.content[path] = await readFile(path);
    const waiting = task.files.map((file, n) => ({ file, n }));
    const reports = [];
    const lane = async () => {
        for (let next; (next = waiting.shift());) reports[next.n] = await upload(next.file, token);
    };
    await Promise.all(Array.from({ length: task.parallel ?? 1 }, lane));
    return reports;
}

const late = new Promise((_, fail) => {
    setTimeout(() => fail(new Error(`not done after ${task.seconds} s`)), task.seconds * 1000);
});
const line = JSON.stringify(await Promise.race([all(), late]));
process.stdout.write(`${line}\n`, () => process.exit(0));
