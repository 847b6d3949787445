// Why: what the people of the test do on their phones. Few documents and few fields, so that they meet; values that
// nobody else gives, so that each can be looked for afterwards; and some that go to and fro between two, to trap what
// compares values.
import { randomUUID } from 'node:crypto';

const ITEMS = ['kitchen.bright', 'kitchen.internet', 'waste.ledger'];

const one = (list, draw) => list[Math.floor(draw() * list.length)];

/** Edits on devices, and a record of each value as it was written and of the drafts that were made and thrown away. */
export class Edits {
    constructor(world) {
        Object.assign(this, { world, record: { writes: [], created: [], deleted: [] }, n: 0 });
    }

    note(device, type, id, values) {
        for (const [field, value] of Object.entries(values)) {
            this.record.writes.push({ device: device.name, type, id, field, value: value ?? null });
        }
    }

    /** One random edit on a device. */
    async make(device, draw) {
        const mark = `${device.name}-${++this.n}`;
        const dice = draw();
        if (dice < 0.6) return this.site(device, mark, draw);
        const drafts = await device.visit.find().exec();
        if (dice < 0.72 || !drafts.length) return this.record.created.push(await this.draft(device, mark, draw));
        const draft = one(drafts, draw);
        return dice < 0.96 ? this.answer(device, draft, mark, draw) : this.remove(device, draft);
    }

    /** A shared site: a field or two. */
    async site(device, mark, draw) {
        const values = one([
            () => ({ name: `店名 ${mark}` }),
            () => ({ contact: mark }),
            () => ({ address: mark, phone: one(['0356-1', '0356-2', ''], draw) }),
            () => ({ address: mark, risk_grade: one(['A', 'B', null], draw) }),
            () => ({ 'attributes.filing_number': mark }),
            () => ({ 'attributes.filing_number': mark, 'attributes.online': one([true, false, undefined], draw) }),
        ], draw)();
        const id = one(this.world.sites, draw);
        const document = await device.site.findOne(id).exec();
        await document.incrementalModify(data => put(data, values));
        this.note(device, 'site', id, values);
    }

    /** A new draft of a visit, whose note says who made it. Its id. */
    async draft(device, mark, draw) {
        const id = randomUUID();
        const answers = { 'kitchen.bright': { mark: 'pass', note: mark } };
        await device.visit.insert({
            id, site_id: one(this.world.schools, draw), checklist: this.world.checklist, document_type: 'patrol',
            at: '2021-05-01T09:30:00+08:00', status: 'draft', answers, note: `made ${mark}`,
        });
        this.note(device, 'visit', id, { note: `made ${mark}`, 'answers.kitchen.bright': answers['kitchen.bright'] });
        return id;
    }

    /** A change of a draft that is on this phone, whoever made it. */
    async answer(device, draft, mark, draw) {
        const item = one(ITEMS, draw);
        const values = one([
            () => ({ note: mark }),
            () => ({ operator_word: mark }),
            () => ({ [`answers.${item}`]: { mark: one(['pass', 'fail'], draw), note: mark } }),
            () => ({ note: mark, [`answers.${item}`]: undefined }),
        ], draw)();
        const done = await this.unlessDeleted(draft, data => put(data, values));
        if (done) this.note(device, 'visit', draft.id, values);
    }

    async remove(device, draft) {
        if (await this.unlessDeleted(draft, data => ({ ...data, _deleted: true }))) {
            this.record.deleted.push({ device: device.name, id: draft.id });
        }
    }

    /** Modify a document that the network may delete meanwhile; whether it was done. */
    async unlessDeleted(document, change) {
        const gone = new Error('deleted meanwhile');
        try {
            await document.incrementalModify(data => {
                if (data._deleted) throw gone;
                return change(data);
            });
            return true;
        } catch (error) {
            if (error !== gone) throw error;
            return false;
        }
    }
}

/** A document with these flat fields; undefined takes one away. */
function put(data, values) {
    const made = structuredClone(data);
    for (const [field, value] of Object.entries(values)) {
        const [, outer, inner] = /^(answers|attributes)\.(.*)$/.exec(field) ?? [null, null, field];
        const holder = outer ? (made[outer] ??= {}) : made;
        if (value === undefined) delete holder[inner];
        else holder[inner] = value;
    }
    return made;
}
