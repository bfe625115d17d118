/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What belongs to the calling vCPU: descriptor tables, ways in, stacks, debug registers. */
#include "matrix/matrix.h"

#define REGISTERS(title, nr_, done, ...) { .name = title, .nr = __HYPERVISOR_##nr_, .size = 8, .after = done, \
    .field = { __VA_ARGS__ } }
#define R IN_REGISTER
#define GATE(title, vector_, flags_, cs_, address_)                                                                  \
    {                                                                                                                \
        .name = "set_trap_table." title, .nr = __HYPERVISOR_set_trap_table, .size = 2 * sizeof(struct trap_info),     \
        .after = after_traps, .field = {                                                                             \
            R(0, "traps", STRUCT, 0), IN_STRUCT(struct trap_info, vector, ANY, vector_),                             \
            IN_STRUCT(struct trap_info, flags, ANY, flags_), IN_STRUCT(struct trap_info, cs, ANY, cs_),              \
            IN_STRUCT(struct trap_info, address, ADDRESS, address_)                                                  \
        }                                                                                                            \
    }
#define DEBUG_REGISTER(n) REGISTERS("set_debugreg." #n, set_debugreg, after_debug, R(0, "reg", FIXED, n), R(1, \
    "value", ADDRESS, 0))
#define DR7(title, v)     REGISTERS("set_debugreg.7." title, set_debugreg, after_debug, R(0, "reg", FIXED, 7), R(1, \
    "value", FIXED, v))
#define DESCRIPTOR(title, v) REGISTERS("update_descriptor." title, update_descriptor, NULL, R(0, "ma", FIXED, \
    T_MACHINE), R(1, "desc", FIXED, v))
#define CALLBACK(op_)                                                                                                \
    {                                                                                                                \
        .name = "callback_op." #op_, .nr = __HYPERVISOR_callback_op, .size = sizeof(struct callback_register),       \
        .after = after_traps, .field = {                                                                             \
            R(0, "cmd", SUB, CALLBACKOP_##op_), R(1, "arg", STRUCT, 0), IN_STRUCT(struct callback_register, type, ANY, \
                CALLBACKTYPE_syscall), \
            IN_STRUCT(struct callback_register, flags, BITS, 0), IN_STRUCT(struct callback_register, address, ADDRESS, \
                T_DATA) \
        }                                                                                                            \
    }
#define CALLBACK_TYPE(op_, type_)                                                                                    \
    {                                                                                                                \
        .name = "callback_op." #op_ "." #type_, .nr = __HYPERVISOR_callback_op, \
            .size = sizeof(struct callback_register), \
        .after = after_traps, .field = {                                                                             \
            R(0, "cmd", FIXED, CALLBACKOP_##op_), R(1, "arg", COPIED, 0), IN_STRUCT(struct callback_register, type, \
                FIXED, type_), \
            IN_STRUCT(struct callback_register, address, ADDRESS, T_DATA)                                            \
        }                                                                                                            \
    }

const struct op cpu_ops[] = {
    REGISTERS("set_gdt", set_gdt, after_gdt, R(0, "frames", DATA, T_MFN_LIST), R(1, "entries", COUNT, 512)),
    REGISTERS("set_gdt.ones", set_gdt, after_gdt, R(0, "frames", FIXED, T_ONES), R(1, "entries", COUNT, 1)),
    REGISTERS("set_gdt.zero frame", set_gdt, after_gdt, R(0, "frames", FIXED, T_DATA), R(1, "entries", COUNT, 7168)),
    REGISTERS("update_descriptor", update_descriptor, NULL, R(0, "ma", MACHINE, T_MACHINE), R(1, "desc", FIXED, 0)),
    DESCRIPTOR("code", 0x00cffb000000ffff), DESCRIPTOR("code 64", 0x00affb000000ffff), DESCRIPTOR("code dpl 0",
        0x00cf9b000000ffff),
    DESCRIPTOR("data", 0x00cff3000000ffff), DESCRIPTOR("absent", 0x00cf73000000ffff), DESCRIPTOR("call gate",
        0x0000ec000008abcd),
    DESCRIPTOR("call gate 64", 0x0000ec00e008abcd), DESCRIPTOR("interrupt gate", 0x0000ee00e008abcd), DESCRIPTOR("tss",
        0x00008900000000ff),
    DESCRIPTOR("ldt", 0x00008200000000ff), DESCRIPTOR("system 0", 0x00008000000000ff), DESCRIPTOR("conforming",
        0x00cf9f000000ffff),
    GATE("usual", 0xf0, 0, FLAT_KERNEL_CS, T_DATA), GATE("user", 0xf0, 3, FLAT_KERNEL_CS, T_DATA), GATE("zero cs", 0xf0,
        0, 0, T_DATA),
    REGISTERS("stack_switch", stack_switch, after_stack, R(0, "ss", ANY, FLAT_KERNEL_SS), R(1, "esp", ADDRESS, T_DATA)),
    REGISTERS("set_callbacks", set_callbacks, after_traps, R(0, "event", ADDRESS, T_DATA), R(1, "failsafe", ADDRESS,
        T_DATA),
              R(2, "syscall", ADDRESS, T_DATA)),
    CALLBACK(register), CALLBACK(unregister),
    CALLBACK_TYPE(register, 0), CALLBACK_TYPE(register, 1), CALLBACK_TYPE(register, 3), CALLBACK_TYPE(register, 4),
    CALLBACK_TYPE(register, 5), CALLBACK_TYPE(register, 6), CALLBACK_TYPE(register, 7), CALLBACK_TYPE(register, 8),
    CALLBACK_TYPE(unregister, 4), CALLBACK_TYPE(unregister, 5), CALLBACK_TYPE(unregister, 7), CALLBACK_TYPE(unregister,
        9),
    REGISTERS("nmi_op", nmi_op, after_traps, R(0, "cmd", SUB, 0), R(1, "arg", DATA, T_DATA)),
    REGISTERS("nmi_op.address", nmi_op, after_traps, R(0, "cmd", FIXED, 0), R(1, "arg", DATA, T_ONES)),
    REGISTERS("nmi_op.unregister", nmi_op, after_traps, R(0, "cmd", FIXED, 1), R(1, "arg", DATA, 0)),
    REGISTERS("get_debugreg.6 at first", get_debugreg, NULL, R(0, "reg", FIXED, 6)),
    REGISTERS("get_debugreg.7 at first", get_debugreg, NULL, R(0, "reg", FIXED, 7)),
    REGISTERS("set_debugreg", set_debugreg, after_debug, R(0, "reg", ANY, 0), R(1, "value", FIXED, 0)),
    REGISTERS("set_debugreg.4", set_debugreg, after_debug, R(0, "reg", FIXED, 4), R(1, "value", ANY, 0)),
    REGISTERS("set_debugreg.5", set_debugreg, after_debug, R(0, "reg", FIXED, 5), R(1, "value", ANY, 0)),
    REGISTERS("set_debugreg.6", set_debugreg, after_debug, R(0, "reg", FIXED, 6), R(1, "value", ANY, 0)),
    REGISTERS("set_debugreg.8", set_debugreg, after_debug, R(0, "reg", FIXED, 8), R(1, "value", ANY, 0)),
    DEBUG_REGISTER(0), DEBUG_REGISTER(3),
    DR7("ones", ~0ul), DR7("32 ones", 0xffffffff), DR7("general detect", 0x2000), DR7("local", 1), DR7("global", 2),
        DR7("write", 0x10001),
    DR7("io", 0x20001), DR7("len 8", 0x90001), DR7("execute len 2", 0x40001), DR7("rtm", 0x800), DR7("reserved",
        0x1000),
    REGISTERS("get_debugreg", get_debugreg, NULL, R(0, "reg", ANY, 0)),
    REGISTERS("get_debugreg.4", get_debugreg, NULL, R(0, "reg", FIXED, 4)), REGISTERS("get_debugreg.5", get_debugreg,
        NULL, R(0, "reg", FIXED, 5)),
    REGISTERS("get_debugreg.6", get_debugreg, NULL, R(0, "reg", FIXED, 6)), REGISTERS("get_debugreg.7", get_debugreg,
        NULL, R(0, "reg", FIXED, 7)),
    REGISTERS("fpu_taskswitch", fpu_taskswitch, after_fpu, R(0, "set", ANY, 0)),
    REGISTERS("set_segment_base.fs", set_segment_base, after_segments, R(0, "which", FIXED, SEGBASE_FS), R(1, "base",
        ADDRESS, 0)),
    REGISTERS("set_segment_base.gs user", set_segment_base, after_segments, R(0, "which", FIXED, SEGBASE_GS_USER), R(1,
        "base", ADDRESS, 0)),
    REGISTERS("set_segment_base.gs kernel", set_segment_base, after_segments, R(0, "which", FIXED, SEGBASE_GS_KERNEL),
        R(1, "base", ADDRESS, 0)),
    REGISTERS("set_segment_base.selector", set_segment_base, after_segments, R(0, "which", FIXED, SEGBASE_GS_USER_SEL),
        R(1, "base", ANY, 0)),
    REGISTERS("set_segment_base", set_segment_base, after_segments, R(0, "which", SUB, 4), R(1, "base", FIXED, 0)),
    REGISTERS("set_timer_op", set_timer_op, after_timer, R(0, "timeout", ANY, 0)),
    REGISTERS("vm_assist.enable", vm_assist, NULL, R(0, "cmd", SUB, VMASST_CMD_enable), R(1, "type", ANY,
        VMASST_TYPE_writable_pagetables)),
    REGISTERS("vm_assist.disable", vm_assist, NULL, R(0, "cmd", FIXED, VMASST_CMD_disable), R(1, "type", ANY,
        VMASST_TYPE_runstate_update_flag)),
    REGISTERS("vm_assist.4", vm_assist, NULL, R(0, "cmd", FIXED, VMASST_CMD_disable), R(1, "type", FIXED, 4)),
    REGISTERS("vm_assist.5", vm_assist, NULL, R(0, "cmd", FIXED, VMASST_CMD_enable), R(1, "type", FIXED, 5)),
    REGISTERS("vm_assist.6", vm_assist, NULL, R(0, "cmd", FIXED, VMASST_CMD_enable), R(1, "type", FIXED, 6)),
    REGISTERS("vm_assist.32", vm_assist, NULL, R(0, "cmd", FIXED, VMASST_CMD_disable), R(1, "type", FIXED, 32)),
    REGISTERS("vm_assist.64", vm_assist, NULL, R(0, "cmd", FIXED, VMASST_CMD_enable), R(1, "type", FIXED, 64)),
    {0}
};
