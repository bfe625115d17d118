/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notes are laid out at boot and filled in at the crash, when only stores to known places are safe. */
#include "kexec/notes.h"

static struct kexec_note_head head(const char *name, size_t size, uint32_t type)
{
    return (struct kexec_note_head){ (uint32_t)strlen(name) + 1, (uint32_t)size, type };
}

void kexec_cpu_notes_init(struct kexec_cpu_notes *n, unsigned int cpu)
{
    memset(n, 0, kexec_cpu_notes_size(cpu));
    n->status_head = head("CORE", sizeof(n->status), KEXEC_NOTE_PRSTATUS);
    memcpy(n->status_name, "CORE", 5);
    n->regs_head = head("Xen", sizeof(n->regs), KEXEC_NOTE_XEN_REGS);
    memcpy(n->regs_name, "Xen", 4);
    if (cpu)
        return;
    n->info_head = head("Xen", sizeof(n->info), KEXEC_NOTE_XEN_INFO);
    memcpy(n->info_name, "Xen", 4);
}

void kexec_cpu_notes_regs(struct kexec_cpu_notes *n, unsigned int cpu, const struct cpu_user_regs *r)
{
    struct kexec_prstatus s = {
        .pid = (int32_t)cpu,
        .r15 = r->r15, .r14 = r->r14, .r13 = r->r13, .r12 = r->r12, .rbp = r->rbp, .rbx = r->rbx, .r11 = r->r11,
        .r10 = r->r10, .r9 = r->r9, .r8 = r->r8, .rax = r->rax, .rcx = r->rcx, .rdx = r->rdx, .rsi = r->rsi,
        .rdi = r->rdi, .orig_rax = ~0ULL, .rip = r->rip, .cs = r->cs, .rflags = r->rflags, .rsp = r->rsp, .ss = r->ss,
        .ds = r->ds, .es = r->es, .fs = r->fs, .gs = r->gs,
    };

    memcpy(&n->status, &s, sizeof(s)); /* the run is aligned to 4 only */
}

static size_t padded(size_t n)
{
    return ROUND_UP(n, 4U);
}

size_t kexec_text_note(void *buf, size_t cap, const char *name, uint32_t type, const char *text)
{
    size_t name_size = strlen(name) + 1, size = strlen(text), body = sizeof(struct kexec_note_head) + padded(name_size);
    struct kexec_note_head h = head(name, size, type);
    char *out = buf;

    if (size > cap || body > cap - size || padded(body + size) > cap)
        return 0;
    memset(out, 0, padded(body + size));
    memcpy(out, &h, sizeof(h));
    memcpy(out + sizeof(h), name, name_size);
    memcpy(out + body, text, size);
    return padded(body + size);
}

size_t kexec_note_find(const void *buf, size_t size, const char *name)
{
    size_t name_size = strlen(name) + 1, body = sizeof(struct kexec_note_head) + padded(name_size);
    struct kexec_note_head h;

    if (size < body)
        return 0;
    memcpy(&h, buf, sizeof(h));
    if (h.name_size != name_size || memcmp((const char *)buf + sizeof(h), name, name_size) || h.size > size - body ||
        padded(h.size) > size - body)
        return 0;
    return body + padded(h.size);
}
