#include "tests/board/kernel_cases.h"

#include "tests/board/case_data.h"
#include "tests/board/case_family.h"

static const KernelFamily* const families[] = {
    &dense_family,    &activation_family, &pair_family,   &arithmetic_family, &window_family,
    &movement_family, &recurrent_family,  &signal_family, &filter_family};

static char* append_text(char* to, const char* text) {
    while (*text != 0) *to++ = *text++;
    *to = 0;
    return to;
}

static char* append_number(char* to, int32_t value) {
    char digits[12];
    char* first = digits + sizeof digits - 1;
    uint32_t rest = value < 0 ? 0u - (uint32_t)value : (uint32_t)value;
    *first = 0;
    do {
        *--first = (char)('0' + rest % 10u);
        rest /= 10u;
    } while (rest != 0);
    if (value < 0) *--first = '-';
    return append_text(to, first);
}

static char* append_hash(char* to, uint32_t hash) {
    int digit;
    for (digit = 7; digit >= 0; --digit) *to++ = "0123456789abcdef"[hash >> (4 * digit) & 15u];
    *to = 0;
    return to;
}

uint32_t kernel_case_count(void) {
    uint32_t count = 0;
    uint32_t f;
    for (f = 0; f < sizeof families / sizeof families[0]; ++f) count += families[f]->count;
    return count;
}

static const KernelCase* case_at(uint32_t index) {
    uint32_t f = 0;
    while (index >= families[f]->count) index -= families[f++]->count;
    return &families[f]->cases[index];
}

/* A case's data depend on its own name and shape alone. */
static uint32_t seed_of(const char* line) {
    uint32_t hash = 2166136261u;
    while (*line != 0) hash = (hash ^ (uint8_t)*line++) * 16777619u;
    return hash;
}

int kernel_case_run(uint32_t index, char line[KERNEL_CASE_LINE_BYTES]) {
    const KernelCase* c = case_at(index);
    char* end = append_text(line, c->kernel);
    end = append_number(append_text(end, " "), c->shape[0]);
    end = append_number(append_text(end, "x"), c->shape[1]);
    end = append_number(append_text(end, "x"), c->shape[2]);
    case_start(seed_of(line));
    c->run(c->shape);
    end = append_hash(append_text(end, " "), case_output_hash());
    if (case_guards_intact()) return 1;
    append_text(end, " wrote outside its output");
    return 0;
}
