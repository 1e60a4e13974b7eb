#include "core/runtime/interpreter.h"

#include <stddef.h>

#include "core/ops/registry_programs.h"
#include "core/runtime/instruction_set.h"
#include "core/runtime/paired.h"

typedef struct {
    uint16_t op;
    WhittleCheckFunction check;
    WhittleRunFunction run;
} OperatorEntry;

#define WHITTLE_ENTRY(name, id) {id, whittle_##name##_check, whittle_##name##_run},
static const OperatorEntry operators[] = {WHITTLE_PROGRAM_OPERATORS(WHITTLE_ENTRY)};
#undef WHITTLE_ENTRY

#define WHITTLE_ENTRY(name, id) IS_##name = id,
enum { WHITTLE_PROGRAM_OPERATORS(WHITTLE_ENTRY) };
#undef WHITTLE_ENTRY

static const OperatorEntry* find_operator(uint32_t op) {
    size_t i;
    for (i = 0; i < sizeof operators / sizeof operators[0]; ++i) {
        if (operators[i].op == op) return &operators[i];
    }
    return NULL;
}

int whittle_operator_makes_rows(uint16_t op) {
    return op == IS_conv2d || op == IS_depthwise_conv2d;
}

int whittle_operator_takes_rows(uint16_t op) {
    return op == IS_conv2d || op == IS_depthwise_conv2d || op == IS_max_pool2d ||
           op == IS_average_pool2d;
}

/* Whether the record is one of two operators in turns. */
static int is_pair(uint16_t op, uint32_t variant) {
    return whittle_operator_makes_rows(op) && (variant & WHITTLE_PAIRED);
}

static WhittleProgramStatus check_pair(const WhittleProgramOp* op,
                                       const void* params,
                                       const WhittleOperandInfo* operands) {
    const WhittlePair* pair = (const WhittlePair*)params;
    const uint32_t params_bytes = 4u * op->params_words;
    if (!whittle_pair_fits(params, params_bytes, op->operand_count) || pair->second_op > 0xFFFFu ||
        !whittle_operator_takes_rows((uint16_t)pair->second_op) ||
        is_pair((uint16_t)pair->second_op, pair->second_variant)) {
        return WHITTLE_BAD_OPERATOR;
    }
    if (!whittle_set_runs_here(pair->second_variant)) return WHITTLE_OTHER_INSTRUCTION_SET;
    return whittle_pair_check(find_operator(op->op)->check, op->variant,
                              find_operator(pair->second_op)->check, params, params_bytes, operands,
                              op->operand_count)
               ? WHITTLE_OK
               : WHITTLE_BAD_OPERATOR;
}

WhittleProgramStatus whittle_operator_check(const WhittleProgramOp* op,
                                            const void* params,
                                            const WhittleOperandInfo* operands) {
    const OperatorEntry* entry = find_operator(op->op);
    if (entry == NULL) return WHITTLE_UNKNOWN_OPERATOR;
    if (!whittle_set_runs_here(op->variant)) return WHITTLE_OTHER_INSTRUCTION_SET;
    if (op->operand_count == 0 || op->operand_count > WHITTLE_MAX_OPERANDS) {
        return WHITTLE_BAD_OPERATOR;
    }
    /* The last operand is the output. */
    if (operands[op->operand_count - 1u].constant != NULL) return WHITTLE_BAD_OPERATOR;
    if (is_pair(op->op, op->variant)) return check_pair(op, params, operands);
    return entry->check(op->variant, params, 4u * op->params_words, operands, op->operand_count)
               ? WHITTLE_OK
               : WHITTLE_BAD_OPERATOR;
}

void whittle_operator_run(const WhittleProgramOp* op, const void* params, void* const* operands) {
    const WhittleRunFunction run = find_operator(op->op)->run;
    if (is_pair(op->op, op->variant)) {
        const WhittlePair* pair = (const WhittlePair*)params;
        whittle_pair_run(run, op->variant, find_operator(pair->second_op)->run, params,
                         op->params_words, operands, op->operand_count);
    } else {
        run(op->variant, params, operands);
    }
}

typedef struct {
    uint16_t op;
    WhittleClearanceFunction clearance;
} OverlapEntry;

#define WHITTLE_ENTRY(name, id) {id, whittle_##name##_clearance},
static const OverlapEntry overlaps[] = {WHITTLE_OVERLAP_OPERATORS(WHITTLE_ENTRY)};
#undef WHITTLE_ENTRY

int64_t whittle_operator_clearance(uint16_t op,
                                   uint32_t variant,
                                   const void* params,
                                   uint32_t operand) {
    size_t i;
    if (is_pair(op, variant)) return whittle_pair_clearance(variant, params, operand);
    for (i = 0; i < sizeof overlaps / sizeof overlaps[0]; ++i) {
        if (overlaps[i].op == op) return overlaps[i].clearance(variant, params, operand);
    }
    return WHITTLE_NEVER_OVERLAPS;
}

const char* whittle_program_status_text(WhittleProgramStatus status) {
    switch (status) {
        case WHITTLE_OK: return "ok";
        case WHITTLE_BAD_MAGIC: return "not a program image";
        case WHITTLE_BAD_VERSION: return "a program image of another version";
        case WHITTLE_TRUNCATED: return "shorter than its header says";
        case WHITTLE_BAD_CHECKSUM: return "damaged: the checksum does not match";
        case WHITTLE_BAD_TENSOR: return "a tensor lies outside the image or the arena";
        case WHITTLE_BAD_OPERATOR: return "an operator does not fit its operands";
        case WHITTLE_UNKNOWN_OPERATOR: return "an operator that this runtime does not have";
        case WHITTLE_MISALIGNED: return "image or arena not aligned";
        case WHITTLE_ARENA_TOO_SMALL: return "the arena is too small";
        case WHITTLE_BAD_OVERLAP:
            return "an operator's output lies over an input that is still to be read";
        case WHITTLE_OTHER_INSTRUCTION_SET:
            return "made for an instruction set that this runtime does not have";
    }
    return "unknown status";
}

/* CRC-32 of IEEE 802.3 (reflected polynomial 0xEDB88320), four bits at a time. */
static uint32_t crc32(const uint8_t* bytes, uint32_t count) {
    static const uint32_t table[16] = {0x00000000u, 0x1DB71064u, 0x3B6E20C8u, 0x26D930ACu,
                                       0x76DC4190u, 0x6B6B51F4u, 0x4DB26158u, 0x5005713Cu,
                                       0xEDB88320u, 0xF00F9344u, 0xD6D6A3E8u, 0xCB61B38Cu,
                                       0x9B64C2B0u, 0x86D3D2D4u, 0xA00AE278u, 0xBDBDF21Cu};
    uint32_t crc = 0xFFFFFFFFu;
    uint32_t i;
    for (i = 0; i < count; ++i) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ table[crc & 15u];
        crc = (crc >> 4) ^ table[crc & 15u];
    }
    return ~crc;
}

uint32_t whittle_program_checksum(const void* image, uint32_t image_bytes) {
    const uint32_t begin = (uint32_t)offsetof(WhittleProgramHeader, checksum) + 4u;
    return crc32((const uint8_t*)image + begin, image_bytes - begin);
}

static const WhittleProgramHeader* header_of(const void* image) {
    return (const WhittleProgramHeader*)image;
}

static const void* at(const void* image, uint32_t offset) { return (const uint8_t*)image + offset; }

static const WhittleProgramTensor* tensors_of(const void* image) {
    return (const WhittleProgramTensor*)at(image, header_of(image)->tensors_offset);
}

/* Whether `count` elements of `size` bytes at `offset` lie, aligned, within `limit` bytes. */
static int lies_within(uint32_t offset, uint32_t count, uint32_t size, uint32_t limit) {
    return offset % 4u == 0 && (uint64_t)offset + (uint64_t)count * size <= limit;
}

static WhittleProgramStatus check_header(const void* image, uint32_t image_bytes) {
    const WhittleProgramHeader* header = header_of(image);
    if (image_bytes < sizeof(WhittleProgramHeader)) return WHITTLE_TRUNCATED;
    if (header->magic != WHITTLE_PROGRAM_MAGIC) return WHITTLE_BAD_MAGIC;
    if (header->version != WHITTLE_PROGRAM_VERSION) return WHITTLE_BAD_VERSION;
    if (header->image_bytes < sizeof(WhittleProgramHeader) || header->image_bytes > image_bytes) {
        return WHITTLE_TRUNCATED;
    }
    if (whittle_program_checksum(image, header->image_bytes) != header->checksum) {
        return WHITTLE_BAD_CHECKSUM;
    }
    return WHITTLE_OK;
}

static WhittleProgramStatus check_tensors(const void* image) {
    const WhittleProgramHeader* header = header_of(image);
    const WhittleProgramTensor* tensors = tensors_of(image);
    uint32_t i;
    if (!lies_within(header->tensors_offset, header->tensor_count, sizeof(WhittleProgramTensor),
                     header->image_bytes)) {
        return WHITTLE_BAD_TENSOR;
    }
    for (i = 0; i < header->tensor_count; ++i) {
        const int in_image = (tensors[i].location & WHITTLE_IN_IMAGE) != 0;
        const uint32_t limit = in_image ? header->image_bytes : header->arena_bytes;
        if (!lies_within(tensors[i].location & ~WHITTLE_IN_IMAGE, tensors[i].bytes, 1, limit)) {
            return WHITTLE_BAD_TENSOR;
        }
    }
    return WHITTLE_OK;
}

/* A list of tensor indices at the program's edge; inputs are written, so they must be in the arena.
 */
static int check_edge(const void* image, uint32_t count, uint32_t offset, int is_input) {
    const WhittleProgramHeader* header = header_of(image);
    const uint32_t* indices = (const uint32_t*)at(image, offset);
    uint32_t i;
    if (!lies_within(offset, count, 4, header->image_bytes)) return 0;
    for (i = 0; i < count; ++i) {
        if (indices[i] >= header->tensor_count) return 0;
        if (is_input && (tensors_of(image)[indices[i]].location & WHITTLE_IN_IMAGE)) return 0;
    }
    return 1;
}

/* Bytes of the record: its fixed part, its operands and its parameters. */
static uint32_t record_bytes(const WhittleProgramOp* record) {
    return (uint32_t)sizeof(WhittleProgramOp) + 4u * record->operand_count +
           4u * record->params_words;
}

static const uint32_t* operands_of(const WhittleProgramOp* record) {
    return (const uint32_t*)(record + 1);
}

static int lie_apart(const WhittleProgramTensor* a, const WhittleProgramTensor* b) {
    return (a->location & WHITTLE_IN_IMAGE) || (b->location & WHITTLE_IN_IMAGE) || a->bytes == 0 ||
           b->bytes == 0 || a->location >= b->location + b->bytes ||
           b->location >= a->location + a->bytes;
}

/* Whether the kept rows of a pair, which its first kernel writes, lie beside what that kernel reads
 * and works in. */
static int check_kept_rows(const void* image, const WhittleProgramOp* record) {
    const WhittleProgramTensor* tensors = tensors_of(image);
    const uint32_t* operands = operands_of(record);
    const WhittlePair* pair = (const WhittlePair*)(operands + record->operand_count);
    uint32_t i;
    if (!is_pair(record->op, record->variant)) return 1;
    for (i = 0; i < pair->rows_operand; ++i) {
        if (!lie_apart(&tensors[operands[i]], &tensors[operands[pair->rows_operand]])) return 0;
    }
    return 1;
}

/* Whether the output lies over other operands only where the kernel allows it. */
static int check_overlaps(const void* image, const WhittleProgramOp* record) {
    const WhittleProgramTensor* tensors = tensors_of(image);
    const uint32_t* operands = operands_of(record);
    const uint32_t last = record->operand_count - 1u;
    const WhittleProgramTensor* output = &tensors[operands[last]];
    uint32_t i;
    for (i = 0; i < last; ++i) {
        const WhittleProgramTensor* input = &tensors[operands[i]];
        if (lie_apart(input, output)) continue;
        if ((int64_t)input->location - output->location <
            whittle_operator_clearance(record->op, record->variant, operands + last + 1u, i)) {
            return 0;
        }
    }
    return 1;
}

static WhittleProgramStatus check_record(const void* image, const WhittleProgramOp* record) {
    const WhittleProgramHeader* header = header_of(image);
    const uint32_t* operands = operands_of(record);
    WhittleOperandInfo infos[WHITTLE_MAX_OPERANDS];
    WhittleProgramStatus status;
    uint32_t i;
    for (i = 0; i < record->operand_count && i < WHITTLE_MAX_OPERANDS; ++i) {
        const WhittleProgramTensor* tensor;
        if (operands[i] >= header->tensor_count) return WHITTLE_BAD_OPERATOR;
        tensor = &tensors_of(image)[operands[i]];
        infos[i].bytes = tensor->bytes;
        infos[i].constant = (tensor->location & WHITTLE_IN_IMAGE)
                                ? at(image, tensor->location & ~WHITTLE_IN_IMAGE)
                                : NULL;
    }
    status = whittle_operator_check(record, operands + record->operand_count, infos);
    if (status != WHITTLE_OK) return status;
    return check_kept_rows(image, record) && check_overlaps(image, record) ? WHITTLE_OK
                                                                           : WHITTLE_BAD_OVERLAP;
}

static WhittleProgramStatus check_ops(const void* image) {
    const WhittleProgramHeader* header = header_of(image);
    uint32_t offset = header->ops_offset;
    uint32_t end;
    uint32_t i;
    if (!lies_within(header->ops_offset, header->ops_bytes, 1, header->image_bytes)) {
        return WHITTLE_BAD_OPERATOR;
    }
    end = header->ops_offset + header->ops_bytes;
    for (i = 0; i < header->op_count; ++i) {
        const WhittleProgramOp* record = (const WhittleProgramOp*)at(image, offset);
        WhittleProgramStatus status;
        if (end - offset < sizeof(WhittleProgramOp) || end - offset < record_bytes(record)) {
            return WHITTLE_BAD_OPERATOR;
        }
        status = check_record(image, record);
        if (status != WHITTLE_OK) return status;
        offset += record_bytes(record);
    }
    return WHITTLE_OK;
}

WhittleProgramStatus whittle_program_check(const void* image,
                                           uint32_t image_bytes,
                                           uint32_t arena_bytes) {
    const WhittleProgramHeader* header = header_of(image);
    WhittleProgramStatus status;
    if ((uintptr_t)image % 4u != 0) return WHITTLE_MISALIGNED;
    status = check_header(image, image_bytes);
    if (status != WHITTLE_OK) return status;
    if (header->arena_bytes > arena_bytes) return WHITTLE_ARENA_TOO_SMALL;
    status = check_tensors(image);
    if (status != WHITTLE_OK) return status;
    if (!check_edge(image, header->input_count, header->inputs_offset, 1) ||
        !check_edge(image, header->output_count, header->outputs_offset, 0)) {
        return WHITTLE_BAD_TENSOR;
    }
    return check_ops(image);
}

uint32_t whittle_program_arena_bytes(const void* image) { return header_of(image)->arena_bytes; }

uint32_t whittle_program_input_count(const void* image) { return header_of(image)->input_count; }

uint32_t whittle_program_output_count(const void* image) { return header_of(image)->output_count; }

const WhittleProgramTensor* whittle_program_input(const void* image, uint32_t index) {
    const uint32_t* indices = (const uint32_t*)at(image, header_of(image)->inputs_offset);
    return &tensors_of(image)[indices[index]];
}

const WhittleProgramTensor* whittle_program_output(const void* image, uint32_t index) {
    const uint32_t* indices = (const uint32_t*)at(image, header_of(image)->outputs_offset);
    return &tensors_of(image)[indices[index]];
}

void* whittle_program_data(const void* image, void* arena, const WhittleProgramTensor* tensor) {
    const uint32_t offset = tensor->location & ~WHITTLE_IN_IMAGE;
    if (tensor->location & WHITTLE_IN_IMAGE) return (uint8_t*)(uintptr_t)at(image, offset);
    return (uint8_t*)arena + offset;
}

uint32_t whittle_program_first_place(const void* image) { return header_of(image)->ops_offset; }

uint32_t whittle_program_operator_count(const void* image) { return header_of(image)->op_count; }

uint32_t whittle_program_run_part(const void* image, void* arena, uint32_t place, uint32_t count) {
    const WhittleProgramTensor* tensors = tensors_of(image);
    uint32_t i, k;
    for (i = 0; i < count; ++i) {
        const WhittleProgramOp* record = (const WhittleProgramOp*)at(image, place);
        const uint32_t* indices = operands_of(record);
        void* operands[WHITTLE_MAX_OPERANDS];
        for (k = 0; k < record->operand_count; ++k) {
            operands[k] = whittle_program_data(image, arena, &tensors[indices[k]]);
        }
        whittle_operator_run(record, indices + record->operand_count, operands);
        place += record_bytes(record);
    }
    return place;
}

void whittle_program_run(const void* image, void* arena) {
    whittle_program_run_part(image, arena, header_of(image)->ops_offset,
                             header_of(image)->op_count);
}
