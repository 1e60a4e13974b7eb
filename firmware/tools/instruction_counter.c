/* A plugin for QEMU's system emulators that counts the instructions executed between two marks.
 *   -plugin
 * instruction_counter.so,begin=0xADDRESS,end=0xADDRESS,out=FILE[,limit=N][,mark=0xADDRESS...][,core=m0|rv32]
 * A region starts when the instruction at `begin` executes (it is the first one counted) and stops
 * when the one at `end` does (it is not counted). FILE gets a line "region INDEX INSTRUCTIONS" for
 * each. After `limit` regions the emulator ends with status 0: for programs that loop for ever.
 * With mark=0xADDRESS, up to 64 times: FILE also gets a line "mark ADDRESS INSTRUCTIONS CYCLES"
 * (ADDRESS decimal) each time that instruction executes in a region, with what the region counted
 * until then, and one with ADDRESS 0 at its end. Cycles are instructions by the tables of Arm's
 * reference manuals: see cycles_of(). */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The part of QEMU's plugin interface, version 1, that is used here. */
typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
enum qemu_plugin_op { QEMU_PLUGIN_INLINE_ADD_U64 };
typedef void (*qemu_plugin_vcpu_tb_trans_cb_t)(qemu_plugin_id_t, struct qemu_plugin_tb*);
typedef void (*qemu_plugin_vcpu_udata_cb_t)(unsigned int, void*);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, qemu_plugin_vcpu_tb_trans_cb_t);
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn*,
                                            qemu_plugin_vcpu_udata_cb_t,
                                            enum qemu_plugin_cb_flags,
                                            void*);
void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn*,
                                                enum qemu_plugin_op,
                                                void*,
                                                uint64_t);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb*);
struct qemu_plugin_insn* qemu_plugin_tb_get_insn(const struct qemu_plugin_tb*, size_t);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn*);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn*);
const void* qemu_plugin_insn_data(const struct qemu_plugin_insn*);

#define EXPORT __attribute__((visibility("default")))
EXPORT extern int qemu_plugin_version;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void* info, int argc, char** argv);
int qemu_plugin_version = 1;

enum { MARK_LIMIT = 64 };

static uint64_t begin_address, end_address, limit;
static uint64_t marks[MARK_LIMIT];
static size_t mark_count;
static int is_cortex_m0, is_rv32;
static uint64_t executed, executed_at_begin, regions;
static uint64_t cycles, cycles_at_begin;
static int in_region;
static FILE* out;

/* Callbacks run before their instruction, and before it is added to `executed`. */
static void on_begin(unsigned int cpu, void* unused) {
    (void)cpu, (void)unused;
    executed_at_begin = executed;
    cycles_at_begin = cycles;
    in_region = 1;
}

static void write_mark(unsigned long long address) {
    fprintf(out, "mark %llu %llu %llu\n", address,
            (unsigned long long)(executed - executed_at_begin),
            (unsigned long long)(cycles - cycles_at_begin));
}

static void on_end(unsigned int cpu, void* unused) {
    (void)cpu, (void)unused;
    if (!in_region) return;
    in_region = 0;
    if (mark_count != 0) write_mark(0);
    fprintf(out, "region %llu %llu\n", (unsigned long long)regions++,
            (unsigned long long)(executed - executed_at_begin));
    fflush(out);
    if (limit != 0 && regions == limit) _Exit(0);
}

static void on_mark(unsigned int cpu, void* address) {
    (void)cpu;
    if (in_region) write_mark((uintptr_t)address);
}

static unsigned int bits_set(unsigned int word) {
    unsigned int count = 0;
    for (; word != 0; word &= word - 1) ++count;
    return count;
}

/* Cycles of a 16-bit Thumb instruction without wait states: Cortex-M0 technical reference manual
 * (DDI 0432C) table 3-1, Cortex-M4 (DDI 0439B) table 3-1 with two cycles to refill the pipeline.
 * Branches count as taken, and loads as not overlapping. */
static uint64_t cycles_of_short(unsigned int code) {
    const uint64_t branch = 3;
    if ((code & 0xF000u) == 0xD000u) return branch;                      /* B<condition> */
    if ((code & 0xF800u) == 0xE000u) return branch;                      /* B */
    if ((code & 0xFF00u) == 0x4700u) return branch;                      /* BX, BLX */
    if ((code & 0xF500u) == 0xB100u) return branch;                      /* CBZ, CBNZ */
    if ((code & 0xFE00u) == 0xB400u) return 1 + bits_set(code & 0x1FFu); /* PUSH */
    if ((code & 0xFE00u) == 0xBC00u) {                                   /* POP */
        return 1 + bits_set(code & 0xFFu) + ((code & 0x100u) != 0 ? branch : 0);
    }
    if ((code & 0xF000u) == 0xC000u) return 1 + bits_set(code & 0xFFu); /* LDM, STM */
    if ((code & 0xF800u) == 0x4800u) return 2;       /* LDR from a literal pool */
    if (code >= 0x5000u && code < 0xA000u) return 2; /* loads and stores */
    return 1;
}

/* The same for the 32-bit instructions, by their first and second halfword. */
static uint64_t cycles_of_long(unsigned int first, unsigned int second) {
    if ((first & 0xF800u) == 0xF000u && (second & 0xD000u) == 0xD000u) {
        return is_cortex_m0 ? 4 : 3; /* BL */
    }
    if ((first & 0xF800u) == 0xF000u && (second & 0x8000u) != 0) return 3; /* B */
    if ((first & 0xFE40u) == 0xE800u) return 1 + bits_set(second);         /* LDM, STM */
    if ((first & 0xFE40u) == 0xE840u) return 3;                            /* LDRD, STRD, TBB */
    if ((first & 0xFE00u) == 0xF800u) return 2;                            /* loads and stores */
    if ((first & 0xFFD0u) == 0xFB90u) return 7;                            /* SDIV, UDIV: 2 to 12 */
    if ((first & 0xFFB0u) == 0xEE80u && (second & 0x0E50u) == 0x0A00u) return 14; /* VDIV */
    if ((first & 0xFFBFu) == 0xEEB1u && (second & 0x0ED0u) == 0x0AC0u) return 14; /* VSQRT */
    if ((first & 0xFE00u) == 0xEC00u) return 2; /* VLDR, VSTR and more */
    return 1;
}

/* Of RV32IMC: SiFive FE310-G000 manual, 3.3, the E31's latencies. Loads and products count as if
 * the next instruction waited for them, quotients by the middle of 2 to 33, branches as foreseen.
 */
static uint64_t cycles_of_riscv(unsigned int first, unsigned int second, int is_short) {
    const unsigned int kind = (first >> 12) & 7u;
    if (is_short) return (first & 0xE001u) == 0x4000u ? 2 : 1; /* C.LW, C.LWSP */
    if ((first & 0x7Fu) == 0x03u) return kind == 2 ? 2 : 3;    /* LW; LH, LHU, LB, LBU */
    if ((first & 0x7Fu) != 0x33u || (second >> 9) != 1) return 1;
    return kind < 4 ? 5 : 18; /* MUL, MULH...; DIV, REM... */
}

static uint64_t cycles_of(const struct qemu_plugin_insn* instruction) {
    uint16_t halves[2] = {0, 0};
    const size_t bytes = qemu_plugin_insn_size(instruction);
    memcpy(halves, qemu_plugin_insn_data(instruction), bytes < 4 ? bytes : 4);
    if (is_rv32) return cycles_of_riscv(halves[0], halves[1], bytes == 2);
    return bytes == 2 ? cycles_of_short(halves[0]) : cycles_of_long(halves[0], halves[1]);
}

static void watch_marks(struct qemu_plugin_insn* instruction, uint64_t address) {
    size_t i;
    for (i = 0; i < mark_count; ++i) {
        if (marks[i] != address) continue;
        qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_mark, QEMU_PLUGIN_CB_NO_REGS,
                                               (void*)(uintptr_t)address);
    }
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
    const size_t count = qemu_plugin_tb_n_insns(block);
    size_t i;
    (void)id;
    for (i = 0; i < count; ++i) {
        struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
        const uint64_t address = qemu_plugin_insn_vaddr(instruction);
        if (address == begin_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_begin, QEMU_PLUGIN_CB_NO_REGS,
                                                   NULL);
        }
        if (address == end_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(instruction, on_end, QEMU_PLUGIN_CB_NO_REGS,
                                                   NULL);
        }
        watch_marks(instruction, address);
        qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64,
                                                   &executed, 1);
        if (mark_count == 0) continue;
        qemu_plugin_register_vcpu_insn_exec_inline(instruction, QEMU_PLUGIN_INLINE_ADD_U64, &cycles,
                                                   cycles_of(instruction));
    }
}

static const char* value_of(const char* argument, const char* name) {
    const size_t length = strlen(name);
    if (strncmp(argument, name, length) != 0 || argument[length] != '=') return NULL;
    return argument + length + 1;
}

int qemu_plugin_install(qemu_plugin_id_t id, const void* info, int argc, char** argv) {
    int i;
    (void)info;
    for (i = 0; i < argc; ++i) {
        const char* value;
        if ((value = value_of(argv[i], "begin")) != NULL) begin_address = strtoull(value, NULL, 0);
        if ((value = value_of(argv[i], "end")) != NULL) end_address = strtoull(value, NULL, 0);
        if ((value = value_of(argv[i], "limit")) != NULL) limit = strtoull(value, NULL, 0);
        if ((value = value_of(argv[i], "mark")) != NULL && mark_count < MARK_LIMIT) {
            marks[mark_count++] = strtoull(value, NULL, 0);
        }
        if ((value = value_of(argv[i], "core")) != NULL) is_cortex_m0 = strcmp(value, "m0") == 0;
        if (value != NULL) is_rv32 = strcmp(value, "rv32") == 0;
        if ((value = value_of(argv[i], "out")) != NULL) out = fopen(value, "w");
    }
    if (out == NULL || begin_address == 0 || end_address == 0) {
        fprintf(stderr, "instruction_counter: wants begin=0xADDRESS,end=0xADDRESS,out=FILE\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    return 0;
}
