#pragma once

#include <span>
#include <vector>

namespace whittle {

// Losses over the epochs, for a plot. However long training goes on, the number of entries stays
// below kMost: when there are too many, every second one goes and later ones come half as often.
class LossHistory {
public:
    struct Entry {
        int epoch;
        float train;
        float held_out;  // on validation or test data; NaN without
    };
    static constexpr std::size_t kMost = 2000;

    void clear();
    // Epochs grow. The latest one always has an entry.
    void add(const Entry& entry);
    std::span<const Entry> entries() const { return entries_; }

private:
    std::vector<Entry> entries_;
    int stride_ = 1;
};

}  // namespace whittle
