#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/status.h"

namespace whittle::conformance {

struct Array {
    std::string type;  // "int8_t", "int32_t", ...
    std::vector<std::int64_t> values;
    // Why no kernel takes it: another type, or a value outside it. "" for the others.
    std::string problem{};
};

// One case: the names of its configuration with their values, and its arrays.
struct Case {
    std::string name;
    std::map<std::string, std::int64_t> numbers;
    std::map<std::string, std::string> words;
    std::map<std::string, Array> arrays;

    bool has(const std::string& key) const { return numbers.count(key) > 0; }
    // The number of the first of these names that there is; else remembers the first as missing.
    std::int32_t number(std::initializer_list<const char*> names) const;
    std::int32_t number(const char* key) const { return number({key}); }
    std::int32_t number_or(const char* key, std::int32_t otherwise) const;
    // -number(key), of offsets that kernels add and ours subtract.
    std::int32_t negated(const char* key) const;
    std::int32_t negated_or_zero(const char* key) const { return has(key) ? negated(key) : 0; }
    // The first of these arrays that there is, or nullptr. One that no kernel takes is remembered
    // as missing.
    const Array* find(std::initializer_list<const char*> names) const;
    // The same; remembers the first name as missing.
    const Array& array(std::initializer_list<const char*> names) const;

    // Element `index` of that array, or of words the one of that key; else remembers what is
    // missing.
    std::int32_t element(const char* key, std::size_t index) const;
    std::string word(const char* key) const;

    // What a family asked for and the case does not have; "" when nothing.
    mutable std::string missing;
};

// Reads a case file: {"case": name, "config": {...}, "arrays": {name: {"type", "data"}}}.
Result<Case> read_case(const std::string& path);

enum class Verdict { passed, failed, unsupported };

struct Outcome {
    Verdict verdict = Verdict::passed;
    std::string reason;  // why not passed; for a passed case, what had to be inferred
};

// Runs a case with the kernels of the operator that its names point to.
Outcome run_case(const Case& c);

}  // namespace whittle::conformance
