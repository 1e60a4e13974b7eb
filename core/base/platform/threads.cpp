#if !defined(__EMSCRIPTEN__)

#include "core/base/platform/threads.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace whittle {
namespace {

// How often a thread looks for work, or for the end of it, before it sleeps. A step of training has
// a dozen short jobs a few microseconds apart, and waking a thread takes longer than that.
constexpr int kLooks = 2000;

void pause_a_moment() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

struct Job {
    void (*call)(const void* work, int piece) = nullptr;
    const void* work = nullptr;
    int pieces = 0;
};

class Pool {
public:
    ~Pool() { end_threads(); }

    int count() const { return static_cast<int>(threads_.size()) + 1; }

    void set_count(int count) {
        if (count == this->count()) return;
        end_threads();
        looks_ = count <= processor_count() ? kLooks : 0;
        for (int i = 1; i < count; ++i) threads_.emplace_back([this] { serve(); });
    }

    void run(const Job& job) {
        if (threads_.empty() || job.pieces < 2 || busy_.exchange(true, std::memory_order_acquire)) {
            for (int piece = 0; piece < job.pieces; ++piece) job.call(job.work, piece);
            return;
        }
        job_ = job;
        next_piece_.store(0, std::memory_order_relaxed);
        working_.store(static_cast<int>(threads_.size()), std::memory_order_relaxed);
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            generation_.fetch_add(1, std::memory_order_release);
        }
        wake_.notify_all();
        take_pieces();
        wait_for([this] { return working_.load(std::memory_order_acquire) == 0; }, done_);
        busy_.store(false, std::memory_order_release);
    }

private:
    // Looks a while, then sleeps until `condition` is told that something changed.
    template <class Predicate>
    void wait_for(const Predicate& ready, std::condition_variable& condition) {
        for (int look = 0; look < looks_; ++look) {
            if (ready()) return;
            pause_a_moment();
        }
        std::unique_lock<std::mutex> lock(mutex_);
        condition.wait(lock, ready);
    }

    void take_pieces() {
        const Job job = job_;
        for (;;) {
            const int piece = next_piece_.fetch_add(1, std::memory_order_relaxed);
            if (piece >= job.pieces) return;
            job.call(job.work, piece);
        }
    }

    void serve() {
        std::uint32_t seen = first_generation_;
        for (;;) {
            wait_for([&] { return generation_.load(std::memory_order_acquire) != seen; }, wake_);
            ++seen;
            if (ending_) return;
            take_pieces();
            if (working_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
                const std::lock_guard<std::mutex> lock(mutex_);
                done_.notify_one();
            }
        }
    }

    void end_threads() {
        ending_ = true;
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            generation_.fetch_add(1, std::memory_order_release);
        }
        wake_.notify_all();
        for (std::thread& thread : threads_) thread.join();
        threads_.clear();
        ending_ = false;
        first_generation_ = generation_.load(std::memory_order_relaxed);
    }

    std::vector<std::thread> threads_;
    int looks_ = kLooks;
    std::atomic<bool> busy_{false};  // while a job runs
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    // A new generation is a new job, or the end. Written under mutex_.
    std::atomic<std::uint32_t> generation_{0};
    std::uint32_t first_generation_ = 0;
    bool ending_ = false;
    Job job_;
    std::atomic<int> next_piece_{0};
    std::atomic<int> working_{0};  // threads that are not through with the job
};

Pool& pool() {
    static Pool the_pool;
    return the_pool;
}

}  // namespace

int processor_count() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

void set_thread_count(int count) {
    assert(count >= 1);
    pool().set_count(count);
}

int thread_count() { return pool().count(); }

void run_pieces(int pieces, void (*call)(const void* work, int piece), const void* work) {
    pool().run({call, work, pieces});
}

}  // namespace whittle

#endif
