#include "lessons/kit/loss_history.h"

#include <cassert>

namespace whittle {

void LossHistory::clear() {
    entries_.clear();
    stride_ = 1;
}

void LossHistory::add(const Entry& entry) {
    assert(entries_.empty() || entry.epoch > entries_.back().epoch);
    if (!entries_.empty() && entries_.back().epoch % stride_ != 0) entries_.pop_back();
    entries_.push_back(entry);
    if (entries_.size() < kMost) return;
    stride_ *= 2;
    std::erase_if(entries_, [&](const Entry& old) {
        return old.epoch % stride_ != 0 && old.epoch != entry.epoch;
    });
}

}  // namespace whittle
