/* A plugin for QEMU's system emulators that counts the instructions executed between two marks.
 *   -plugin instruction_counter.so,begin=0xADDRESS,end=0xADDRESS,out=FILE[,limit=N]
 * A region starts when the instruction at `begin` executes (it is the first one counted) and stops
 * when the one at `end` does (it is not counted). FILE gets a line "region INDEX INSTRUCTIONS" for
 * each. After `limit` regions the emulator ends with status 0: for programs that loop for ever. */

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

#define EXPORT __attribute__((visibility("default")))
EXPORT extern int qemu_plugin_version;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const void* info, int argc, char** argv);
int qemu_plugin_version = 1;

static uint64_t begin_address, end_address, limit;
static uint64_t executed, executed_at_begin, regions;
static int in_region;
static FILE* out;

/* Callbacks run before their instruction, and before it is added to `executed`. */
static void on_begin(unsigned int cpu, void* unused) {
    (void)cpu, (void)unused;
    executed_at_begin = executed;
    in_region = 1;
}

static void on_end(unsigned int cpu, void* unused) {
    (void)cpu, (void)unused;
    if (!in_region) return;
    in_region = 0;
    fprintf(out,
            "region %llu %llu\n",
            (unsigned long long)regions++,
            (unsigned long long)(executed - executed_at_begin));
    fflush(out);
    if (limit != 0 && regions == limit) _Exit(0);
}

static void on_translate(qemu_plugin_id_t id, struct qemu_plugin_tb* block) {
    const size_t count = qemu_plugin_tb_n_insns(block);
    size_t i;
    (void)id;
    for (i = 0; i < count; ++i) {
        struct qemu_plugin_insn* instruction = qemu_plugin_tb_get_insn(block, i);
        const uint64_t address = qemu_plugin_insn_vaddr(instruction);
        if (address == begin_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(
                instruction, on_begin, QEMU_PLUGIN_CB_NO_REGS, NULL);
        }
        if (address == end_address) {
            qemu_plugin_register_vcpu_insn_exec_cb(
                instruction, on_end, QEMU_PLUGIN_CB_NO_REGS, NULL);
        }
        qemu_plugin_register_vcpu_insn_exec_inline(
            instruction, QEMU_PLUGIN_INLINE_ADD_U64, &executed, 1);
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
        if ((value = value_of(argv[i], "out")) != NULL) out = fopen(value, "w");
    }
    if (out == NULL || begin_address == 0 || end_address == 0) {
        fprintf(stderr, "instruction_counter: wants begin=0xADDRESS,end=0xADDRESS,out=FILE\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_translate);
    return 0;
}
