// The page in a browser: node tests/browser/run.mjs build/web/page [PART_OF_A_VISIT'S_NAME]
// Pictures of all lessons go to build/screenshots.
import { planCanvas } from './canvas.mjs';
import { Harness } from './harness.mjs';
import { planLessons } from './lessons.mjs';
import { planLooks } from './looks.mjs';
import { planOffline } from './offline.mjs';
import { planProgress } from './progress.mjs';

const [folder, only] = process.argv.slice(2);
if (folder === undefined) {
    console.error('usage: node tests/browser/run.mjs PAGE_FOLDER [PART_OF_A_NAME]');
    process.exit(2);
}
const harness = await Harness.start(folder, 'build/screenshots', only);
const began = performance.now();
try {
    for (const plan of [planLessons, planCanvas, planProgress, planOffline, planLooks]) plan(harness);
    await harness.run();
} finally {
    await harness.end();
}
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${harness.passed} passed, ${harness.failed} failed`);
process.exitCode = harness.failed > 0 || harness.passed === 0 ? 1 : 0;
