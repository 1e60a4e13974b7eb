#!/usr/bin/python3
"""Times the standard training tasks here and in PyTorch, by turns, on one thread each:

    tests/bench/train_peers.py [--whittle build/native/bin/whittle] [--rounds 5] [--json]

PyTorch is Debian's python3-torch (apt-get install --no-install-recommends python3-torch). Its matrix
products are those of the BLAS that is installed: every one of libblas3, libopenblas0-serial and
libopenblas0-pthread that is there has its turn, and the fastest counts. A round is one process for
each of them, which trains each task once to warm up and then twice; the median over all rounds is
shown, in seconds of the clock and of the processor. The latter hardly depend on what else the
machine does.

Exit status: 0 when every task reaches the ratio that is wanted, 1 when one does not, 2 without
PyTorch."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = pathlib.Path("/usr/lib/x86_64-linux-gnu")
BLAS_FOLDERS = {"reference BLAS": "blas", "OpenBLAS serial": "openblas-serial",
                "OpenBLAS pthread": "openblas-pthread"}
TASKS = {"sine": 10.0, "mlp": 1.0, "cnn": 1.0}  # how many times as fast as PyTorch at least
RUNS = 2  # timed, in each process
BATCH = 32


# --- In a process of its own ----------------------------------------------------------------------


def torch_task(torch, name):
    """The net, its loss, its data and epochs, as `whittle bench train` has them."""
    nn = torch.nn
    if name == "sine":
        x = 6.2831853 * torch.rand(1000, 1)
        y = torch.sin(x) + 0.1 * torch.randn(1000, 1)
        net = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(),
                            nn.Linear(16, 1))
        return net, nn.MSELoss(), 0.01, x, y, 100
    samples = 10000 if name == "mlp" else 2000
    images = torch.randint(0, 256, (samples, 784)).float() / 255.0
    labels = torch.randint(0, 10, (samples,))
    if name == "mlp":
        net = nn.Sequential(nn.Linear(784, 20), nn.ReLU(), nn.Linear(20, 10))
        return net, nn.CrossEntropyLoss(), 0.001, images, labels, 1
    net = nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3),
                        nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(400, 10))
    return net, nn.CrossEntropyLoss(), 0.001, images.reshape(-1, 1, 28, 28), labels, 1


def train_in_torch(torch, name):
    net, loss, rate, x, y, epochs = torch_task(torch, name)
    optimizer = torch.optim.Adam(net.parameters(), lr=rate)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for start in range(0, len(x), BATCH):
            batch = order[start:start + BATCH]
            optimizer.zero_grad()
            loss(net(x[batch]), y[batch]).backward()
            optimizer.step()


def run_torch():
    """Prints {task: [[seconds, processor seconds], ...]} as JSON."""
    import torch
    torch.set_num_threads(1)
    torch.manual_seed(1)
    times = {}
    for name in TASKS:
        train_in_torch(torch, name)
        times[name] = []
        for _ in range(RUNS):
            clock, processor = time.perf_counter(), time.process_time()
            train_in_torch(torch, name)
            times[name].append([time.perf_counter() - clock, time.process_time() - processor])
    print(json.dumps({"version": torch.__version__, "times": times}))


# --------------------------------------------------------------------------------------------------


def torch_times(folder):
    environment = dict(os.environ, LD_LIBRARY_PATH=str(folder), OMP_NUM_THREADS="1",
                       OPENBLAS_NUM_THREADS="1")
    result = subprocess.run([sys.executable, __file__, "--torch"], env=environment, check=True,
                            capture_output=True, text=True)
    return json.loads(result.stdout)


def whittle_times(program):
    """The same from `whittle bench train`, which warms up by itself."""
    result = subprocess.run([program, "bench", "train", "--threads", "1", "--runs", str(RUNS),
                             "--json"], check=True, capture_output=True, text=True)
    answer = json.loads(result.stdout)
    times = {task["task"]: [list(pair) for pair in zip(task["seconds_of_each_run"],
                                                      task["processor_seconds_of_each_run"])]
             for task in answer["tasks"]}
    return {"version": answer["simd"], "times": times}


def measure(program, rounds):
    """{name: {task: [[seconds, processor seconds], ...]}} over all rounds."""
    runners = {"Whittle": lambda: whittle_times(program)}
    for name, folder in BLAS_FOLDERS.items():
        if (LIBRARIES / folder / "libblas.so.3").exists():
            runners[f"PyTorch, {name}"] = lambda path=LIBRARIES / folder: torch_times(path)
    if len(runners) == 1:
        runners["PyTorch"] = lambda: torch_times("")
    results = {name: {task: [] for task in TASKS} for name in runners}
    versions = {}
    for _ in range(rounds):
        for name, run in runners.items():
            answer = run()
            versions[name] = answer["version"]
            for task in TASKS:
                results[name][task] += answer["times"][task]
    return results, versions


def summarize(results):
    """The medians, and for each task PyTorch's best by Whittle's."""
    medians = {name: {task: [statistics.median(column) for column in zip(*runs)]
                      for task, runs in tasks.items()} for name, tasks in results.items()}
    peers = [name for name in medians if name != "Whittle"]
    ratios = {task: [min(medians[peer][task][kind] for peer in peers)
                     / medians["Whittle"][task][kind] for kind in (0, 1)] for task in TASKS}
    return medians, ratios


def report(medians, ratios, versions):
    print(f"Medians in milliseconds: by the clock, and of the processor. PyTorch "
          f"{next(v for name, v in versions.items() if name != 'Whittle')}, Whittle with "
          f"{versions['Whittle']}; one thread each.")
    print(f"  {'':26}" + "".join(f"{task:>20}" for task in TASKS))
    for name, tasks in medians.items():
        cells = (f"{1e3 * wall:.1f}  {1e3 * processor:.1f}" for wall, processor in tasks.values())
        print(f"  {name:26}" + "".join(f"{cell:>20}" for cell in cells))
    for task, (wall, processor) in ratios.items():
        verdict = "kept" if wall >= TASKS[task] else "MISSED"
        print(f"  {task}: {wall:.1f} times as fast as PyTorch at its best, {processor:.1f} times by "
              f"the processor's time; at least {TASKS[task]:.0f}: {verdict}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--whittle", default=str(ROOT / "build/native/bin/whittle"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--torch", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.torch:
        return run_torch()
    if subprocess.run([sys.executable, "-c", "import torch"], capture_output=True,
                      check=False).returncode != 0:
        print("PyTorch is not there. First: apt-get install --no-install-recommends python3-torch",
              file=sys.stderr)
        return 2
    results, versions = measure(arguments.whittle, arguments.rounds)
    medians, ratios = summarize(results)
    if arguments.json:
        print(json.dumps({"versions": versions, "medians": medians, "ratios": ratios}, indent=2))
    else:
        report(medians, ratios, versions)
    return 0 if all(wall >= TASKS[task] for task, (wall, _) in ratios.items()) else 1


if __name__ == "__main__":
    sys.exit(main())
