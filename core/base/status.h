#pragma once

#include <string>
#include <utility>
#include <variant>

namespace whittle {

// What went wrong with something that came from outside, in the words a newcomer can act on.
// Fields that do not apply stay empty.
struct Error {
    std::string file{};      // the file, link or option that was read
    std::string place{};     // "byte 24", "line 3", "operator 4 (SOFTMAX)", "tensor 7"
    std::string expected{};  // "4 dimensions", "a number"
    std::string found{};     // "2 dimensions", "'abc'"
    std::string hint{};      // what to do about it

    // "FILE: PLACE: expected E, found F\n  hint: H", leaving out what is empty.
    std::string message() const;
};

// Success, or an Error. Never ignored: the class is [[nodiscard]].
class [[nodiscard]] Status {
public:
    Status() = default;
    Status(Error error) : error_(std::move(error)), ok_(false) {}

    bool ok() const { return ok_; }
    // Empty when ok().
    const Error& error() const { return error_; }
    // Names the file if the error does not name one yet.
    Status in_file(const std::string& file) const;

private:
    Error error_;
    bool ok_ = true;
};

// A value, or an Error. value() of a failed result is a programmer's error.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : content_(std::move(value)) {}
    Result(Error error) : content_(std::move(error)) {}
    // A failed Status becomes a failed Result; passing a successful one is a programmer's error.
    Result(const Status& failure) : content_(failure.error()) {}

    bool ok() const { return content_.index() == 0; }
    T& value() & { return std::get<0>(content_); }
    const T& value() const& { return std::get<0>(content_); }
    T&& value() && { return std::get<0>(std::move(content_)); }
    const Error& error() const { return std::get<1>(content_); }
    Status status() const { return ok() ? Status() : Status(error()); }

    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }

private:
    std::variant<T, Error> content_;
};

}  // namespace whittle
