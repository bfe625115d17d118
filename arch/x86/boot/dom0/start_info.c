/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page that tells a PV kernel where everything is (xen.h, struct start_info), and how vCPU 0 begins. */
#include "base/cmdline.h"
#include "base/format.h"
#include "boot/dom0/dom0.h"
#include "hv/domain.h"
#include "hv/heap.h"
#include "hv/log.h"
#include "pv/hypercall_page.h"
#include "pv/mm/mm.h"

static __init void fill_vga(struct dom0_vga_console_info *vga)
{
    const struct boot_screen *s = &boot_info.screen;

    if (s->kind == BOOT_SCREEN_RGB) {
        vga->video_type = boot_info.efi.system_table ? XEN_VGATYPE_EFI_LFB : XEN_VGATYPE_VESA_LFB;
        vga->u.vesa_lfb.width = (uint16_t)s->width;
        vga->u.vesa_lfb.height = (uint16_t)s->height;
        vga->u.vesa_lfb.bytes_per_line = (uint16_t)s->pitch;
        vga->u.vesa_lfb.bits_per_pixel = s->bits_per_pixel;
        vga->u.vesa_lfb.lfb_base = (uint32_t)s->paddr;
        vga->u.vesa_lfb.ext_lfb_base = (uint32_t)(s->paddr >> 32);
        vga->u.vesa_lfb.lfb_size = (s->pitch * s->height + 0xffff) >> 16;
        vga->u.vesa_lfb.red_pos = s->red.position;
        vga->u.vesa_lfb.red_size = s->red.size;
        vga->u.vesa_lfb.green_pos = s->green.position;
        vga->u.vesa_lfb.green_size = s->green.size;
        vga->u.vesa_lfb.blue_pos = s->blue.position;
        vga->u.vesa_lfb.blue_size = s->blue.size;
        vga->u.vesa_lfb.rsvd_pos = s->reserved.position;
        vga->u.vesa_lfb.rsvd_size = s->reserved.size;
        vga->u.vesa_lfb.gbl_caps = boot_info.screen.vbe_capabilities;
        vga->u.vesa_lfb.mode_attrs = boot_info.screen.vbe_attributes;
        return;
    }
    vga->video_type = XEN_VGATYPE_TEXT_MODE_3;
    vga->u.text_mode_3.font_height = 16;
    vga->u.text_mode_3.rows = 25;
    vga->u.text_mode_3.columns = 80;
}

/* The kernel's own line, then what the hypervisor's line has behind a lone "--". @out is all zeroes. */
static __init void fill_cmdline(char *out, size_t size, const char *own, const char *more)
{
    int len = format(out, size, "%s%s%s", own, *own && *more ? " " : "", more);

    if (len < 0 || (size_t)len >= size)
        log_warning("dom0's command line is longer than the %lu characters that it may have, and cut",
                    (unsigned long)size - 1);
}

__init void dom0_start_info_fill(const struct dom0_builder *b)
{
    const struct dom0_layout *at = &b->at;
    uint8_t *page = dom0_page(b, (at->start_info - at->v_start) >> PAGE_SHIFT);
    struct start_info *si = (struct start_info *)page;
    struct dom0_vga_console_info *vga = (struct dom0_vga_console_info *)(si + 1);

    _Static_assert(sizeof(*si) + sizeof(*vga) <= PAGE_SIZE, "both share a page");
    memset(page, 0, PAGE_SIZE);
    memcpy(si->magic, b->verdict.pv.extended_cr3 ? "xen-3.0-x86_64p" : "xen-3.0-x86_64", sizeof("xen-3.0-x86_64"));
    if (b->verdict.pv.extended_cr3)
        memcpy(si->magic, "xen-3.0-x86_64p", sizeof("xen-3.0-x86_64p"));
    si->nr_pages = at->total_frames;
    si->shared_info = virt_to_paddr(b->d->shared_info);
    si->flags = SIF_PRIVILEGED | SIF_INITDOMAIN | (b->initrd && !at->initrd ? SIF_MOD_START_PFN : 0);
    si->pt_base = at->page_tables;
    si->nr_pt_frames = at->pt_frames;
    si->mfn_list = at->p2m ? at->p2m : b->verdict.pv.init_p2m;
    if (!at->p2m) {
        si->first_p2m_pfn = at->p2m_pfn;
        si->nr_p2m_frames = at->p2m_frames + at->p2m_table_frames;
    }
    if (b->initrd) {
        si->mod_start = at->initrd ? at->initrd : at->initrd_pfn;
        si->mod_len = b->initrd->at.end - b->initrd->at.start;
    }
    fill_cmdline((char *)si->cmd_line, sizeof(si->cmd_line), b->kernel->cmdline,
                 cmdline_after_dashes(boot_info.cmdline));
    if (boot_info.screen.kind != BOOT_SCREEN_NONE && boot_info.screen.kind != BOOT_SCREEN_OTHER) {
        fill_vga(vga);
        si->console.dom0.info_off = sizeof(*si);
        si->console.dom0.info_size = sizeof(*vga);
    }
}

__init void dom0_vcpu_start(const struct dom0_builder *b, mfn_t l4)
{
    struct vcpu *v = b->d->vcpu[0];
    struct vcpu_guest_context *ctx = hv_zalloc(sizeof(*ctx));

    if (!ctx)
        panic("no memory to start domain 0");
    if (b->verdict.pv.has_hypercall_page)
        pv_hypercall_page_fill(dom0_page(b, (b->verdict.pv.hypercall_page - b->at.v_start) >> PAGE_SHIFT));
    int rc = pv_mm_adopt_root(v, l4);
    if (rc)
        panic("dom0: its first page tables are refused (error %d); this is a defect of the hypervisor", rc);
    ctx->flags = VGCF_in_kernel | VGCF_online;
    ctx->user_regs.rip = b->verdict.pv.entry;
    ctx->user_regs.rsp = b->at.stack + PAGE_SIZE;
    ctx->user_regs.rsi = b->at.start_info;
    ctx->user_regs.cs = FLAT_KERNEL_CS;
    ctx->user_regs.ss = FLAT_KERNEL_SS;
    ctx->user_regs.rflags = 0x202;
    ctx->kernel_ss = FLAT_KERNEL_SS;
    ctx->kernel_sp = b->at.stack + PAGE_SIZE;
    ctx->ctrlreg[0] = 0x80050033;
    ctx->ctrlreg[3] = (uint64_t)xen_pfn_to_cr3(l4.nr);
    rc = arch_vcpu_set_context(v, ctx);
    if (rc)
        panic("dom0: the first vCPU's state is refused (error %d); this is a defect of the hypervisor", rc);
    hv_free(ctx);
    vcpu_set_initialised(v, true);
    vcpu_up(v);
}
