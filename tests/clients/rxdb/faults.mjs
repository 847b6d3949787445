// Why: a bad network that can be repeated. A request is lost before it leaves, or its answer is lost after the server
// has worked; which ones is drawn from a seed, so that a failure can be looked at again with the same numbers.

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed) {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

/** How the errors of this network begin. */
export const LOST = 'lost on the way:';

export const pause = ms => new Promise(wake => setTimeout(wake, ms));

/** `fetch` for JSON over a network that is slow, and loses things until `heal()`. Counts what it lost. */
export class Network {
    constructor(url, draw) {
        Object.assign(this, { url, draw, rate: 0, sent: 0, lostRequests: 0, lostAnswers: 0, refused: [] });
    }

    /** From now on each request, and each answer, is lost at this rate. */
    worsen(rate) {
        this.rate = rate;
    }

    heal() {
        this.rate = 0;
    }

    /** Whether this one is lost: not at once, so that others may pass it on the way. */
    async lost() {
        if (this.rate) await pause(this.draw() * 10);
        return this.draw() < this.rate;
    }

    async ask(method, path, token, body) {
        if (await this.lost()) {
            this.lostRequests++;
            throw new Error(`${LOST} request ${path}`);
        }
        this.sent++;
        const answer = await fetch(this.url + path, {
            method,
            headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
            body: body && JSON.stringify(body),
        });
        const content = await answer.text();
        if (await this.lost()) {
            this.lostAnswers++;
            throw new Error(`${LOST} answer ${path}`);
        }
        if (!answer.ok) {
            this.refused.push(`${answer.status} ${method} ${path}: ${content.slice(0, 300)}`);
            throw new Error(this.refused.at(-1));
        }
        return JSON.parse(content);
    }
}
