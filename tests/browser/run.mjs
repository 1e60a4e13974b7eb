// The page in a browser: node tests/browser/run.mjs build/web/page [PART_OF_A_CHECK'S_NAME]
// Pictures of all lessons go to build/screenshots.
import { checkCanvas } from './canvas.mjs';
import { Harness } from './harness.mjs';
import { checkLessons, goals } from './lessons.mjs';
import { checkLooks } from './looks.mjs';
import { checkOffline } from './offline.mjs';
import { checkProgress } from './progress.mjs';

const [folder, only] = process.argv.slice(2);
if (folder === undefined) {
    console.error('usage: node tests/browser/run.mjs PAGE_FOLDER [PART_OF_A_NAME]');
    process.exit(2);
}
const harness = await Harness.start(folder, 'build/screenshots', only);
try {
    await checkLessons(harness);
    await checkCanvas(harness);
    await checkProgress(harness);
    await checkOffline(harness, Object.keys(goals));
    await checkLooks(harness, Object.keys(goals));
} finally {
    await harness.end();
}
console.log(`${harness.passed} passed, ${harness.failed} failed`);
process.exitCode = harness.failed > 0 || harness.passed === 0 ? 1 : 0;
