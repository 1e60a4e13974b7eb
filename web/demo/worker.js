// Runs one command in its own thread. In: { arguments: [...] }. Out, in order:
// { line }, { line, error: true }, and at the end { exit: status } or { failure: text }.
import makeWhittle from './whittle.mjs';

onmessage = async ({ data }) => {
    try {
        let status = 0;
        const whittle = await makeWhittle({
            print: (line) => postMessage({ line }),
            printErr: (line) => postMessage({ line, error: true }),
            onExit: (code) => { status = code; },
        });
        const returned = whittle.callMain(data.arguments);
        postMessage({ exit: returned || status });
    } catch (error) {
        postMessage({ failure: String(error?.message ?? error) });
    }
};
