#include "tests/board/case_data.h"

#include <string.h>

#include "core/base/exact_math.h"

/* What one case works on: up to MAX_BUFFERS buffers in one workspace, a guard before and after
 * each. All but the last one and scratch memory are inputs and must stay as they were. */
enum { WORKSPACE_BYTES = 6 * 1024, GUARD_BYTES = 16, MAX_BUFFERS = 8, GUARD = 0xC9 };

typedef struct {
    uint8_t* data;
    uint32_t bytes;
    int changes; /* 1: memory to work in */
} Buffer;

static uint8_t workspace[WORKSPACE_BYTES] __attribute__((aligned(8)));
static uint32_t workspace_used;
static Buffer buffers[MAX_BUFFERS];
static uint32_t buffer_count;
static uint32_t inputs_hash;
static uint32_t random_state;

/* Xorshift (Marsaglia, "Xorshift RNGs", 2003), 32 bits. */
uint32_t case_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static uint32_t fnv1a(const uint8_t* bytes, uint32_t count, uint32_t hash) {
    uint32_t i;
    for (i = 0; i < count; ++i) hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

/* `skew` moves the buffer that many bytes off an 8-byte boundary. A workspace that is too small
 * stops the test: nothing it could compute afterwards would be true. */
static void* new_buffer(uint32_t bytes, uint32_t skew) {
    const uint32_t start = ((workspace_used + 7u) & ~7u) + GUARD_BYTES + skew;
    Buffer* buffer = &buffers[buffer_count];
    if (buffer_count == MAX_BUFFERS || start + bytes + GUARD_BYTES > WORKSPACE_BYTES) {
        __builtin_trap();
    }
    buffer->data = workspace + start;
    buffer->bytes = bytes;
    buffer->changes = 0;
    ++buffer_count;
    workspace_used = start + bytes + GUARD_BYTES;
    return buffer->data;
}

int8_t* case_int8(int32_t count) {
    int8_t* data = (int8_t*)new_buffer((uint32_t)count, buffer_count & 3u);
    int32_t i;
    for (i = 0; i < count; ++i) data[i] = (int8_t)((int32_t)(case_random() >> 24) - 128);
    return data;
}

int16_t* case_int16(int32_t count) {
    int16_t* data = (int16_t*)new_buffer((uint32_t)count * 2u, (buffer_count & 3u) * 2u);
    int32_t i;
    for (i = 0; i < count; ++i) data[i] = (int16_t)((int32_t)(case_random() >> 16) - 32768);
    return data;
}

/* low <= value < high. */
int32_t* case_int32(int32_t count, int32_t low, int32_t high) {
    int32_t* data = (int32_t*)new_buffer((uint32_t)count * 4u, 0);
    int32_t i;
    for (i = 0; i < count; ++i) {
        data[i] = low + (int32_t)(case_random() % (uint32_t)(high - low));
    }
    return data;
}

/* Shifts of low … high as the int8 kernels take them. */
int8_t* case_shifts(int32_t count, int32_t low, int32_t high) {
    int8_t* data = (int8_t*)new_buffer((uint32_t)count, 1);
    int32_t i;
    for (i = 0; i < count; ++i) {
        data[i] = (int8_t)(low + (int32_t)(case_random() % (uint32_t)(high - low + 1)));
    }
    return data;
}

/* Multiples of 2^-20 over -scale … scale. */
float* case_floats(int32_t count, float scale) {
    float* data = (float*)new_buffer((uint32_t)count * 4u, 0);
    int32_t i;
    for (i = 0; i < count; ++i) {
        data[i] = scale * ((float)((int32_t)(case_random() >> 11) - 1048576) / 1048576.0f);
    }
    return data;
}

/* Any bit patterns: denormals, infinities and NaN among them. */
float* case_any_floats(int32_t count) {
    uint32_t* data = (uint32_t*)new_buffer((uint32_t)count * 4u, 0);
    static const uint32_t special[] = {0u,          0x80000000u, 1u,          0x80000001u,
                                       0x7F800000u, 0xFF800000u, 0x7FC00000u, 0x7F7FFFFFu};
    int32_t i;
    for (i = 0; i < count; ++i) data[i] = i % 3 == 2 ? special[i / 3 % 8] : case_random();
    return (float*)(void*)data;
}

static uint32_t hash_of_inputs(void) {
    uint32_t i, hash = 2166136261u;
    for (i = 0; i + 1 < buffer_count; ++i) {
        if (!buffers[i].changes) hash = fnv1a(buffers[i].data, buffers[i].bytes, hash);
    }
    return hash;
}

/* Memory to work in: may be written, and what it holds in the end is not looked at. */
void* case_scratch(int32_t count, uint32_t element_bytes) {
    void* data = new_buffer((uint32_t)count * element_bytes, 0);
    memset(data, 0xA7, (uint32_t)count * element_bytes);
    buffers[buffer_count - 1].changes = 1;
    return data;
}

/* The last buffer: `inputs_hash` covers those before it. */
void* case_output(int32_t count, uint32_t element_bytes) {
    void* data = new_buffer((uint32_t)count * element_bytes, element_bytes == 1 ? 3u : 0u);
    memset(data, 0x5A, (uint32_t)count * element_bytes);
    inputs_hash = hash_of_inputs();
    return data;
}

void case_canonicalize_nan(float* values, int32_t count) {
    int32_t i;
    for (i = 0; i < count; ++i) {
        if (values[i] != values[i]) values[i] = whittle_nan();
    }
}

void case_start(uint32_t seed) {
    memset(workspace, GUARD, sizeof workspace);
    workspace_used = 0;
    buffer_count = 0;
    random_state = seed == 0 ? 0x9E3779B9u : seed; /* 0 would stay 0 */
}

/* Every byte of the workspace outside the buffers still holds the guard, and the inputs their
 * values. */
int case_guards_intact(void) {
    uint32_t i, position = 0;
    for (i = 0; i <= buffer_count; ++i) {
        const uint8_t* end = i < buffer_count ? buffers[i].data : workspace + WORKSPACE_BYTES;
        while (workspace + position < end) {
            if (workspace[position++] != GUARD) return 0;
        }
        if (i < buffer_count) position += buffers[i].bytes;
    }
    return hash_of_inputs() == inputs_hash;
}

uint32_t case_output_hash(void) {
    const Buffer* output = &buffers[buffer_count - 1];
    return fnv1a(output->data, output->bytes, 2166136261u);
}
