#include <zlib.h>

#include <algorithm>

#include "core/data/readers.h"

namespace whittle {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 20;
constexpr int kGzipWindow = 15 + 16;  // the largest window, gzip's header expected

Error gzip_error(std::size_t offset, std::string expected, std::string found, std::string hint) {
    return {"", "byte " + std::to_string(offset), std::move(expected), std::move(found),
            std::move(hint)};
}

// zlib's stream with its memory, fed from `input` in pieces that fit its counters.
class Inflater {
public:
    explicit Inflater(std::span<const std::uint8_t> input) : input_(input) {
        ready_ = inflateInit2(&stream_, kGzipWindow) == Z_OK;
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
    ~Inflater() {
        if (ready_) inflateEnd(&stream_);
    }

    bool ready() const { return ready_; }
    std::size_t consumed() const { return handed_over_ - stream_.avail_in; }
    std::span<const std::uint8_t> rest() const { return input_.subspan(consumed()); }
    const char* message() const { return stream_.msg; }
    bool restart() { return inflateReset(&stream_) == Z_OK; }

    // Fills `out` as far as possible; `written` is how far. zlib's return code.
    int step(std::span<std::uint8_t> out, std::size_t& written) {
        if (stream_.avail_in == 0) {
            const std::size_t piece = std::min(input_.size() - handed_over_, kChunkBytes);
            stream_.next_in = const_cast<Bytef*>(input_.data() + handed_over_);
            stream_.avail_in = static_cast<uInt>(piece);
            handed_over_ += piece;
        }
        stream_.next_out = out.data();
        stream_.avail_out = static_cast<uInt>(out.size());
        const int code = ::inflate(&stream_, Z_NO_FLUSH);
        written = out.size() - stream_.avail_out;
        return code;
    }

private:
    std::span<const std::uint8_t> input_;
    std::size_t handed_over_ = 0;
    z_stream stream_ = {};
    bool ready_ = false;
};

bool starts_as_gzip(std::span<const std::uint8_t> bytes) {
    return bytes.size() >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

// What follows a member: another one, padding with zeros, or something that should not be there.
Result<bool> another_member(Inflater& inflater) {
    const std::span<const std::uint8_t> rest = inflater.rest();
    if (starts_as_gzip(rest) && inflater.restart()) return true;
    const auto odd =
        std::find_if(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte != 0; });
    if (odd == rest.end()) return false;
    const auto offset = inflater.consumed() + static_cast<std::size_t>(odd - rest.begin());
    return gzip_error(offset, "the end of the gzip file",
                      std::to_string(rest.size()) + " more bytes",
                      "the file may be two files joined together; fetch it again");
}

// Why inflating stopped before the end.
Error stopped(int code, const Inflater& inflater, std::size_t input_bytes) {
    if (code == Z_BUF_ERROR) {
        return gzip_error(input_bytes, "more compressed data", "the end of the file",
                          "the file was cut short; fetch it again");
    }
    const char* reason = inflater.message();
    return gzip_error(inflater.consumed(), "valid gzip data",
                      reason != nullptr ? reason : "something else",
                      "the file is damaged; fetch it again");
}

}  // namespace

Result<std::vector<std::uint8_t>> inflate_if_gzip(std::span<const std::uint8_t> bytes,
                                                  std::size_t limit_bytes) {
    if (!starts_as_gzip(bytes)) return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
    Inflater inflater(bytes);
    if (!inflater.ready()) {
        return gzip_error(0, "memory to inflate the file", "none", "close other programs");
    }
    std::vector<std::uint8_t> out;
    std::size_t used = 0;
    while (true) {
        // One byte beyond the limit is enough to see that the limit does not hold.
        const std::size_t room = std::min(kChunkBytes, limit_bytes - used) + 1;
        if (out.size() < used + room) out.resize(used + std::max(room, used / 2));
        std::size_t written = 0;
        const int code = inflater.step(std::span(out).subspan(used, room), written);
        used += written;
        if (used > limit_bytes) {
            return gzip_error(inflater.consumed(),
                              "at most " + std::to_string(limit_bytes) + " bytes when inflated",
                              "more", "the file is not what it seems, or too large for this use");
        }
        if (code == Z_OK) continue;
        if (code != Z_STREAM_END) return stopped(code, inflater, bytes.size());
        const Result<bool> more = another_member(inflater);
        if (!more.ok()) return more.error();
        if (!more.value()) break;
    }
    out.resize(used);
    return out;
}

}  // namespace whittle
