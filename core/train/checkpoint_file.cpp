#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "core/base/hash.h"
#include "core/train/checkpoint.h"

namespace whittle {
namespace {

constexpr std::string_view kMagic = "WHTLCKPT";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHashBytes = 8;

// Every target of ours stores numbers with the lowest byte first, as the file does.
class Writer {
public:
    template <class T>
    void number(const T& value) {
        static_assert(std::is_arithmetic_v<T>);
        const auto* from = reinterpret_cast<const std::uint8_t*>(&value);
        bytes.insert(bytes.end(), from, from + sizeof(T));
    }
    void arrays(const Checkpoint::Arrays& list) {
        number(static_cast<std::uint32_t>(list.size()));
        for (const auto& array : list) {
            number(static_cast<std::uint64_t>(array.size()));
            bytes.insert(bytes.end(), array.begin(), array.end());
        }
    }

    std::vector<std::uint8_t> bytes;
};

// Reads zeros once the bytes have run out.
class Reader {
public:
    explicit Reader(std::span<const std::uint8_t> bytes) : left_(bytes) {}

    template <class T>
    void number(T& value) {
        static_assert(std::is_arithmetic_v<T>);
        value = T{};
        if (!has(sizeof(T))) return;
        std::memcpy(&value, left_.data(), sizeof(T));
        left_ = left_.subspan(sizeof(T));
    }
    void arrays(Checkpoint::Arrays& list) {
        std::uint32_t count = 0;
        number(count);
        for (std::uint32_t i = 0; i < count && !ran_out_; ++i) {
            std::uint64_t size = 0;
            number(size);
            if (!has(size)) return;
            const auto bytes = left_.first(static_cast<std::size_t>(size));
            list.emplace_back(bytes.begin(), bytes.end());
            left_ = left_.subspan(bytes.size());
        }
    }
    // Whether exactly all bytes have been read.
    bool complete() const { return !ran_out_ && left_.empty(); }

private:
    bool has(std::uint64_t size) {
        ran_out_ = ran_out_ || size > left_.size();
        return !ran_out_;
    }

    std::span<const std::uint8_t> left_;
    bool ran_out_ = false;
};

// The order of the fields in the file, for both.
template <class Archive, class AnyCheckpoint>
void pass(Archive& archive, AnyCheckpoint& c) {
    archive.number(c.fingerprints.model);
    archive.number(c.fingerprints.data);
    archive.number(c.fingerprints.settings);
    archive.number(c.epoch);
    archive.number(c.stopped_early);
    archive.number(c.position);
    archive.number(c.loss_sum);
    archive.number(c.learning_rate);
    archive.number(c.l1);
    archive.number(c.l2);
    archive.number(c.beta1_power);
    archive.number(c.beta2_power);
    archive.number(c.best_epoch);
    archive.number(c.best_train_loss);
    archive.number(c.best_validation_loss);
    archive.number(c.epochs_since_best);
    archive.arrays(c.constants);
    archive.arrays(c.last_good);
    archive.arrays(c.best);
    archive.arrays(c.first);
    archive.arrays(c.second);
}

Error damaged(std::string place, std::string expected, std::string found) {
    return {.place = std::move(place),
            .expected = std::move(expected),
            .found = std::move(found),
            .hint = "use an older checkpoint, or train from the beginning"};
}

}  // namespace

std::vector<std::uint8_t> write_checkpoint(const Checkpoint& checkpoint) {
    Writer writer;
    writer.bytes.assign(kMagic.begin(), kMagic.end());
    writer.number(kVersion);
    pass(writer, checkpoint);
    writer.number(fnv1a(writer.bytes));
    return std::move(writer.bytes);
}

Result<Checkpoint> read_checkpoint(std::span<const std::uint8_t> bytes) {
    const std::size_t head = kMagic.size() + sizeof(kVersion);
    if (bytes.size() < kMagic.size() ||
        std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
        return Error{.place = "byte 0",
                     .expected = "a checkpoint, which begins with 'WHTLCKPT'",
                     .found = bytes.empty() ? "an empty file" : "another kind of file",
                     .hint = "whittle train ... --checkpoint FILE writes one"};
    }
    if (bytes.size() < head + kHashBytes) {
        return damaged("byte " + std::to_string(bytes.size()), "a version and its contents",
                       "the end of the file");
    }
    std::uint32_t version = 0;
    std::memcpy(&version, bytes.data() + kMagic.size(), sizeof(version));
    if (version != kVersion) {
        return Error{.place = "byte 8",
                     .expected = "version 1",
                     .found = "version " + std::to_string(version),
                     .hint = "another version of this program wrote it"};
    }
    const auto contents = bytes.first(bytes.size() - kHashBytes);
    std::uint64_t hash = 0;
    std::memcpy(&hash, contents.data() + contents.size(), kHashBytes);
    if (hash != fnv1a(contents)) {
        return damaged("the whole file", "contents of the hash " + to_hex(hash),
                       to_hex(fnv1a(contents)));
    }
    Checkpoint checkpoint;
    Reader reader(contents.subspan(head));
    pass(reader, checkpoint);
    if (!reader.complete()) {
        return damaged("the end of the file", "as many bytes as its lists say", "others");
    }
    return checkpoint;
}

}  // namespace whittle
