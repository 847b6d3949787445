// Why: some phones of one person, a hundred edits, a network that loses a quarter of everything; then quiet, and a
// report of what each phone and the server hold. Reads its task as JSON from standard input, prints one line of JSON.
import { text } from 'node:stream/consumers';
import { Device, SCHEMAS } from './device.mjs';
import { Edits } from './edits.mjs';
import { Network, pause, random } from './faults.mjs';

// {url, login, handler, seed, devices, edits, faults, sites, schools, checklist, seconds}
const task = JSON.parse(await text(process.stdin));
const draws = Array.from({ length: task.devices + 1 }, (_, n) => random(task.seed * 1000 + n));
const network = new Network(task.url, draws.pop());
const devices = draws.map((_, n) => new Device(`phone-${n}`, network, task.login));
const edits = new Edits(task);

/** Sync everybody until nobody has anything to send: what was merged on one phone is news for the others. */
async function settle() {
    for (let round = 1; round <= 30; round++) {
        const before = devices.map(device => device.pushes).join();
        for (const device of devices) await device.sync();
        if (round > 2 && before === devices.map(device => device.pushes).join()) return round;
    }
    throw new Error('the phones do not come to rest within 30 rounds');
}

/** Its share of the edits on one phone; the last phone begins its replication anew in the middle. */
async function work(device, n) {
    const mine = Math.ceil((task.edits - n) / devices.length);
    for (let left = mine; left > 0; left--) {
        await edits.make(device, draws[n]);
        await pause(draws[n]() * 90);
        if (n === devices.length - 1 && left === mine >> 1) await device.restart();
    }
}

/** The documents of the server, as a phone would pull them that never did before. */
async function served(device) {
    const held = {};
    for (const type of Object.keys(SCHEMAS)) {
        const found = new Map();
        for (let checkpoint, page; !page || page.documents.length >= 3; checkpoint = page.checkpoint) {
            page = await device.pull(type, checkpoint, 3);
            for (const document of page.documents) found.set(document.id, document);
        }
        held[type] = [...found.values()].filter(document => !document._deleted).map(({ _deleted, ...rest }) => rest);
    }
    return held;
}

/** A draft that every phone has is thrown away on one: who has it before, and who after. */
async function deletion() {
    const [id, of] = [await edits.draft(devices[0], 'short-lived', draws[0]), {}];
    const has = async device => !!(await device.visit.findOne(id).exec());
    await settle();
    of.before = await Promise.all(devices.map(has));
    await (await devices[1].visit.findOne(id).exec()).remove();
    await settle();
    of.after = await Promise.all(devices.map(has));
    return of;
}

async function run() {
    const started = Date.now();
    for (const device of devices) await device.start(task.handler);
    await settle();
    network.worsen(task.faults);
    let going = true;
    const listening = devices.map((device, n) => device.listen(() => going, draws[n]));
    await Promise.all(devices.map(work));
    going = false;
    await Promise.all(listening);
    network.heal();
    const quiet = Date.now();
    const rounds = await settle();
    const report = { ...edits.record, held: [], server: await served(devices[0]) };
    for (const device of devices) report.held.push(await device.documents());
    report.deletion = await deletion();
    report.measured = {
        ms: { edits: quiet - started, all: Date.now() - started }, rounds, sent: network.sent,
        lost: { requests: network.lostRequests, answers: network.lostAnswers },
        pushes: devices.map(device => device.pushes), conflicts: devices.map(device => device.conflicts),
    };
    report.refused = network.refused;
    report.errors = devices.flatMap(device => device.errors);
    return report;
}

const late = pause(task.seconds * 1000).then(() => {
    const refused = network.refused.slice(0, 3).join(' | ') || 'nothing';
    throw new Error(`not done after ${task.seconds} s; refused: ${refused}`);
});
const line = JSON.stringify(await Promise.race([run(), late]));
process.stdout.write(`${line}\n`, () => process.exit(0)); // the databases are in memory: nothing to close
