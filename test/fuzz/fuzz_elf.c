/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The law of images: whatever the bytes are, judging them ends, and of an image that is found usable in some way
 *   - every planned segment has its bytes in the file, wraps nowhere, overlaps no other, and the plan is as long as
 *     allowed,
 *   - the entry point of that way lies in the image, and a PV image shows where no hypervisor lives,
 *   - all text that the verdict refers to lies in the file,
 * every refusal has a sentence, every usable way has none, and both fit to be printed. The first input byte chooses
 * what is asked; the rest is the image, and is also read as a bzImage.
 */
#include "elf/bzimage.h"
#include "elf/image_words.h"
#include "law.h"

#define MAX_SPAN (1ULL << 24)

static void law_plan(const struct elf_plan *plan, size_t size)
{
    uint64_t last = 0;

    require(plan->nr && plan->nr <= ELF_PLAN_MAX && plan->start < plan->end && plan->end - plan->start <= MAX_SPAN);
    for (unsigned int i = 0; i < plan->nr; i++) {
        const struct elf_plan_segment *segment = &plan->segment[i];

        require(segment->offset <= size && segment->filesz <= size - segment->offset);
        require(segment->filesz <= segment->memsz && segment->memsz);
        require(segment->paddr + segment->memsz > segment->paddr);
        require(!i || segment->paddr >= last);
        last = segment->paddr + segment->memsz;
    }
    require(plan->start == plan->segment[0].paddr && plan->end == last);
}

static void law_span(struct span span, const uint8_t *data, size_t size)
{
    const char *start = (const char *)data;

    require(!span.len ||
        (span.text >= start && span.text <= start + size && span.len <= (size_t)(start + size - span.text)));
}

static void law_notes(const struct xen_notes *notes, const uint8_t *data, size_t size)
{
    for (unsigned int i = 0; i < XEN_NOTE_TYPES; i++)
        law_span(notes->text[i], data, size);
    for (unsigned int i = 0; i < notes->nr_findings; i++)
        law_span(notes->finding[i].name, data, size);
    law_span(notes->fault_name, data, size);
}

static void law_way(const struct image_verdict *verdict, enum image_guest guest)
{
    const struct image_pv *pv = &verdict->pv;

    if (guest == IMAGE_PVH) {
        require(verdict->plan.end <= 1ULL << 32);
        require(verdict->pvh_entry >= verdict->plan.start && verdict->pvh_entry < verdict->plan.end);
        return;
    }
    require(verdict->is64 == (guest == IMAGE_PV64) && pv->start < pv->end && pv->start >= pv->virt_base);
    require(pv->entry >= pv->start && pv->entry < pv->end);
    require(!pv->has_hypercall_page || (pv->hypercall_page >= pv->start && pv->hypercall_page < pv->end));
    require(pv->load_end >= pv->end && pv->load_end - pv->start <= MAX_SPAN + 12);
    require(!pv->has_init_p2m || pv->init_p2m < pv->start || pv->init_p2m >= pv->load_end);
    if (guest == IMAGE_PV64)
        require(pv->load_end <= 0x800000000000 || pv->start >= 0xffff880000000000);
    else
        require(pv->load_end <= 0xf5800000);
}

/* The block is as long as it says, its tables lie in the file and in the block, one behind the other. */
static void law_symbols(const struct elf_symbols *s, const uint8_t *data, size_t size)
{
    uint8_t head[ELF_SYMBOLS_HEAD_MAX];
    size_t len = elf_symbols_head(s, data, head);

    require(len <= sizeof(head) && len <= s->len);
    uint32_t said = head[0] | (uint32_t)head[1] << 8 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 24;
    require(said == s->len - ELF_SYMBOLS_SIZE_BYTES);
    if (s->state)
        return;
    require(s->symtab.offset + s->symtab.len <= size && s->strtab.offset + s->strtab.len <= size);
    require(ELF_SYMBOLS_SIZE_BYTES + s->symtab.at == len && s->symtab.at + s->symtab.len <= s->strtab.at);
    require(ELF_SYMBOLS_SIZE_BYTES + s->strtab.at + s->strtab.len <= s->len);
}

static void law_words(const char *line, bool expected)
{
    require(!line[0] == !expected);
    for (; *line; line++)
        require(*line >= ' ' && *line <= '~');
}

static void law_image(const uint8_t *data, size_t size, const struct image_ask *ask)
{
    static struct image_verdict verdict;
    char line[512];
    int result = image_judge(data, size, ask, &verdict);

    require(result == (verdict.best == IMAGE_GUESTS ? -ENOEXEC : 0));
    law_notes(&verdict.notes, data, size);
    law_words(image_words_summary(&verdict, ask, line, sizeof(line)), true);
    for (enum image_guest guest = 0; guest < IMAGE_GUESTS; guest++) {
        const struct image_way *way = &verdict.way[guest];

        require(!way->usable || (way->supported && (ask->can_run & IMAGE_BIT(guest))));
        law_words(image_words_refusal(&verdict, guest, line, sizeof(line)), !way->usable);
        if (!way->supported)
            continue;
        law_plan(&verdict.plan, size);
        law_way(&verdict, guest);
        if (guest != IMAGE_PVH && verdict.pv.symtab)
            law_symbols(&verdict.pv.symbols, data, size);
    }
    for (unsigned int i = 0; i < verdict.notes.nr_findings; i++)
        law_words(image_words_finding(&verdict, i, line, sizeof(line)), true);
}

static void law_bzimage(const uint8_t *data, size_t size)
{
    struct bzimage bz;
    char line[320];
    enum bzimage_error error = bzimage_parse(data, size, &bz);

    law_words(bzimage_words(error, &bz, size, line, sizeof(line)), true);
    if (error)
        return;
    require(bz.payload_offset <= size && bz.payload_len <= size - bz.payload_offset && bz.payload_len > 4);
    require(bz.kind == pack_kind_of(data + bz.payload_offset, bz.payload_len) && bz.kind != PACK_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_ask ask = { .max_span = MAX_SPAN };

    if (!size)
        return 0;
    ask.can_run = data[0] & 7;
    ask.dom0 = data[0] & 8;
    ask.ignore_required = data[0] & 16;
    law_image(data + 1, size - 1, &ask);
    law_bzimage(data + 1, size - 1);
    return 0;
}
