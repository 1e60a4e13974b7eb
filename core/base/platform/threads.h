#pragma once

namespace whittle {

// A pool of threads that share the pieces of one job at a time. Where there are none, as in the
// page, everything runs on the caller's.

// How many threads a job may use, the caller's included; 1 at first. At least 1; more than there
// are processors gain nothing. Not while a job runs.
void set_thread_count(int count);
int thread_count();
// Processors of this machine, at least 1.
int processor_count();

// The part of run_in_pieces that does not depend on the type of the work.
void run_pieces(int pieces, void (*call)(const void* work, int piece), const void* work);

// Calls work(piece) for each of 0 ... pieces - 1 once, on any thread and in any order, and returns
// when all are done. Pieces must not depend on each other, and what they compute must not depend on
// the number of threads. A job begun inside a piece, or while another is running, runs on its own
// thread alone. Takes no memory.
template <class Work>
void run_in_pieces(int pieces, const Work& work) {
    run_pieces(
        pieces, [](const void* given, int piece) { (*static_cast<const Work*>(given))(piece); },
        &work);
}

}  // namespace whittle
