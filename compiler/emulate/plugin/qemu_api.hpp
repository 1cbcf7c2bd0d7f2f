#pragma once

/// The part of QEMU's TCG plugin interface that is used here (docs/devel/tcg-plugins in QEMU), declared by hand because
/// distributions package no header for it.

#include <cstddef>
#include <cstdint>

#define MOTE_EXPORT __attribute__((visibility("default")))

extern "C" {

using qemu_plugin_id_t = std::uint64_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;

/// The beginning of the structure; what follows is not used.
struct qemu_info_t {
  const char* target_name;
  struct {
    int min, cur;
  } version;
};

using qemu_tb_callback = void (*)(qemu_plugin_id_t, qemu_plugin_tb*);
using qemu_vcpu_callback = void (*)(unsigned vcpu, void* user_data);
using qemu_exit_callback = void (*)(qemu_plugin_id_t, void* user_data);

constexpr int kQemuCallbackNoRegisters = 0;

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id, qemu_tb_callback callback);
void qemu_plugin_register_vcpu_tb_exec_cb(qemu_plugin_tb* block, qemu_vcpu_callback callback, int flags, void* user_data);
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t id, qemu_exit_callback callback, void* user_data);
std::size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb* block);
std::uint64_t qemu_plugin_tb_vaddr(const qemu_plugin_tb* block);
qemu_plugin_insn* qemu_plugin_tb_get_insn(const qemu_plugin_tb* block, std::size_t index);

/// Interface 1 and 2 return a pointer to the bytes and know only the first parameter, whose call is the same; from 3 on the
/// bytes are copied and their number is returned.
std::uintptr_t qemu_plugin_insn_data(const qemu_plugin_insn* instruction, void* to, std::size_t length);

}  // extern "C"
