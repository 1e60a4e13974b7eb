#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <type_traits>

namespace whittle {

// The settings of one node: any small plain struct that the operator declares in its folder.
// Reading it as another type than it was made from is a programmer's error.
class Attributes {
public:
    Attributes() = default;

    template <class T>
    static Attributes of(const T& value) {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kCapacity);
        Attributes attributes;
        attributes.tag_ = &tag<T>;
        std::memcpy(attributes.storage_.data(), &value, sizeof(T));
        return attributes;
    }

    template <class T>
    T as() const {
        static_assert(std::is_trivially_copyable_v<T> && sizeof(T) <= kCapacity);
        assert(tag_ == &tag<T>);
        T value;
        std::memcpy(&value, storage_.data(), sizeof(T));
        return value;
    }

    template <class T>
    bool holds() const {
        return tag_ == &tag<T>;
    }

private:
    static constexpr std::size_t kCapacity = 64;
    template <class T>
    static inline const char tag = 0;

    const char* tag_ = nullptr;
    alignas(8) std::array<std::byte, kCapacity> storage_{};
};

}  // namespace whittle
