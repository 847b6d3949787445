// Why: one phone as somebody else would build it: RxDB with its own replication plugin, and nothing of ours but two
// handlers that call /api/v1/rxdb/{type}/pull and /push.
import { createRxDatabase, defaultConflictHandler } from 'rxdb/plugins/core';
import { replicateRxCollection } from 'rxdb/plugins/replication';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';
import { LOST, pause } from './faults.mjs';

const RETRY_MS = 20;
const text = { type: 'string' };
const maybe = { type: ['string', 'null'] };
const thing = { type: 'object', additionalProperties: true };
const maybeThing = { type: ['object', 'null'], additionalProperties: true };
const schema = properties => ({
    // Only the id is required: of a document that left its scope the server tells nothing else.
    version: 0, primaryKey: 'id', type: 'object', required: ['id'],
    properties: { id: { type: 'string', maxLength: 36 }, ...properties },
});

// RxDB refuses fields that these do not name: they say all that the server may send.
export const SCHEMAS = {
    site: schema({
        grid: text, type: text, name: text, address: text, contact: text, phone: text, uscc: maybe,
        licence_number: maybe, licence_until: maybe, registration_number: maybe, risk_grade: maybe, attributes: thing,
        photos: thing, place: maybeThing, active: { type: 'boolean' },
    }),
    visit: schema({
        site_id: text, checklist: text, document_type: text, at: text, replaces: maybe, status: text, answers: thing,
        place: maybeThing, end_place: maybeThing, ended_at: maybe, officers: { type: ['array', 'null'] },
        signature: maybeThing, operator_word: maybe, note: maybe, review: text, review_note: maybe,
    }),
};

const same = (one, other) => JSON.stringify(one ?? null) === JSON.stringify(other ?? null);

/** Start from `master`, and put over it what was changed since `assumed`: member by member inside objects. */
function overlay(master, assumed, mine) {
    const made = { ...master };
    for (const name of new Set([...Object.keys(assumed ?? {}), ...Object.keys(mine)])) {
        if (same(assumed?.[name], mine[name])) continue;
        const parts = [master[name], mine[name]];
        if (parts.every(part => part && typeof part === 'object' && !Array.isArray(part))) {
            made[name] = overlay(master[name], assumed?.[name] ?? {}, mine[name]);
        } else if (mine[name] === undefined) {
            delete made[name];
        } else {
            made[name] = mine[name];
        }
    }
    return made;
}

/** How a phone settles a conflict: as RxDB does when nobody says how, or so that what was changed here wins. */
export const HANDLERS = {
    default: defaultConflictHandler,
    merging: {
        isEqual: defaultConflictHandler.isEqual,
        resolve: ({ assumedMasterState, newDocumentState, realMasterState }) =>
            realMasterState._deleted ? realMasterState : overlay(realMasterState, assumedMasterState, newDocumentState),
    },
};

/**
 * One request at a time, and no pull while a push is unanswered. RxDB skips a pulled document that has unsent
 * changes and does not come back to it: what a pull told in that moment only the answer of the push can tell again.
 */
class Line {
    last = Promise.resolve();

    /** Wait for one's turn; what is returned ends it. */
    take() {
        let end;
        const before = this.last;
        this.last = new Promise(done => { end = done; });
        return before.then(() => end);
    }
}

/** The place in the line of one replication. */
class Turn {
    constructor(line) {
        Object.assign(this, { line, leave: null, busy: false, stopped: false });
    }

    async pull(work) {
        const leave = await this.line.take();
        try {
            return await work();
        } finally {
            leave();
        }
    }

    /** Kept when it fails, for RxDB sends the same push again. */
    async push(work) {
        this.leave ??= await this.line.take();
        this.busy = true;
        let answer;
        try {
            answer = await work();
        } finally {
            this.busy = false;
            if (answer || this.stopped) this.end();
        }
        return answer;
    }

    end() {
        this.leave?.();
        this.leave = null;
    }

    /** The replication was stopped: nobody sends a failed push again. */
    stop() {
        this.stopped = true;
        if (!this.busy) this.end();
    }
}

export class Device {
    constructor(name, network, login) {
        Object.assign(this, { name, network, login, replications: [], errors: [], conflicts: 0, pushes: 0 });
        this.lines = Object.fromEntries(Object.keys(SCHEMAS).map(type => [type, new Line()]));
    }

    async start(handler) {
        const login = { ...this.login, device_id: this.name };
        this.token = (await this.network.ask('POST', '/api/v1/sessions', null, login)).token;
        this.database = await createRxDatabase({
            name: this.name, multiInstance: false, eventReduce: true,
            storage: wrappedValidateAjvStorage({ storage: getRxStorageMemory() }),
        });
        await this.database.addCollections(Object.fromEntries(Object.entries(SCHEMAS).map(
            ([type, of]) => [type, { schema: of, conflictHandler: HANDLERS[handler] }])));
        this.replications = Object.keys(SCHEMAS).map(type => this.replicate(type));
    }

    /** Begin to replicate anew, with nothing known of the server but what is in the documents. */
    async restart() {
        await Promise.all(this.replications.map(replication => replication.cancel()));
        this.replications = Object.keys(SCHEMAS).map(type => this.replicate(type));
    }

    replicate(type) {
        const turn = new Turn(this.lines[type]);
        const replication = replicateRxCollection({
            replicationIdentifier: `${this.network.url}/${type}`, collection: this.database.collections[type],
            live: true, retryTime: RETRY_MS, waitForLeadership: false, deletedField: '_deleted',
            pull: { batchSize: 2, handler: (checkpoint, size) => turn.pull(() => this.pull(type, checkpoint, size)) },
            push: { batchSize: 10, handler: rows => turn.push(() => this.push(type, rows)) },
        });
        replication.canceled$.subscribe(stopped => { if (stopped) turn.stop(); });
        replication.error$.subscribe(error => {
            const told = JSON.stringify(error.parameters ?? error.message);
            if (!told.includes(LOST)) this.errors.push(told);
        });
        return replication;
    }

    pull(type, checkpoint, size) {
        const query = new URLSearchParams({ limit: size, ...(checkpoint?.cursor && { cursor: checkpoint.cursor }) });
        return this.network.ask('GET', `/api/v1/rxdb/${type}/pull?${query}`, this.token);
    }

    async push(type, rows) {
        this.pushes++;
        const conflicts = await this.network.ask('POST', `/api/v1/rxdb/${type}/push`, this.token, rows);
        this.conflicts += conflicts.length;
        return conflicts;
    }

    get site() {
        return this.database.collections.site;
    }

    get visit() {
        return this.database.collections.visit;
    }

    /** Ask for news now and then, as long as `going()`. */
    async listen(going, draw) {
        while (going()) {
            await pause(20 + draw() * 60);
            for (const replication of this.replications) replication.reSync();
        }
    }

    /** Everything sent and everything fetched, once. */
    async sync() {
        for (const replication of this.replications) replication.reSync();
        await Promise.all(this.replications.map(replication => replication.awaitInSync()));
    }

    /** The documents by type, as the phone holds them. */
    async documents() {
        const held = {};
        for (const type of Object.keys(SCHEMAS)) {
            const found = await this.database.collections[type].find().exec();
            held[type] = found.map(document => document.toMutableJSON());
        }
        return held;
    }

    close() {
        return this.database.close();
    }
}
