// A very small test harness for scripts: test() runs a case at once, finish() prints the counts and
// sets the exit status. A case that returns a text is done, but says what it skipped.

let passed = 0;
let failed = 0;

export function check(condition, what) {
    if (!condition) throw new Error(`failed: ${what}`);
}

export function equal(actual, expected, what = '') {
    if (actual !== expected) {
        throw new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(actual)} ${what}`);
    }
}

export function matches(text, pattern) {
    if (!pattern.test(text)) throw new Error(`expected ${pattern}, found:\n${text}`);
}

export async function test(name, body) {
    try {
        const skipped = await body();
        passed += 1;
        console.log(`ok      ${name}`);
        if (typeof skipped === 'string') console.log(`skipped: ${name}: ${skipped}`);
    } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}\n${error.stack}`);
    }
}

export function finish(clean = () => {}) {
    clean();
    console.log(`${passed} passed, ${failed} failed`);
    process.exitCode = failed === 0 ? 0 : 1;
}
