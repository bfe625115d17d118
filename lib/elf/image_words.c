/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Each refusal and finding of image_verdict.c as a sentence that names the note, the value seen and what would do. */
#include "image_words.h"
#include "xen_features.h"
#include "../base/format.h"
#include "public.h"

#define QUOTE_MAX 64

typedef unsigned long long ull;

/* A piece of the image fit to be printed. */
struct quote {
    char text[QUOTE_MAX + 4];
};

char *image_words_quote(struct span span, char *buf, size_t size)
{
    size_t room = size > 4 ? size - 4 : 0, len = MIN(span.len, room);

    for (size_t i = 0; i < len; i++)
        buf[i] = span.text[i] >= ' ' && span.text[i] < 0x7f && span.text[i] != '"' ? span.text[i] : '?';
    if (room)
        memcpy(buf + len, len < span.len ? "..." : "", len < span.len ? 4 : 1);
    else if (size)
        buf[0] = 0;
    return buf;
}

static struct quote quote_span(struct span span)
{
    struct quote quote;

    image_words_quote(span, quote.text, sizeof(quote.text));
    return quote;
}

static const char *note_name(uint32_t type)
{
    const char *name = xen_note_name(type);

    return name ? name : "(unknown)";
}

const char *image_guest_name(enum image_guest guest)
{
    static const char *const names[] = {[IMAGE_PV64] = "64-bit PV", [IMAGE_PVH] = "PVH", [IMAGE_PV32] = "32-bit PV" };

    return guest < IMAGE_GUESTS ? names[guest] : "none";
}

static const char *elf_reason(enum elf_error error)
{
    static const char *const reasons[] = {
        [ELF_NOT_ELF] = "it does not begin with ELF's magic number",
        [ELF_TRUNCATED] = "its headers reach past the end of the file: it is truncated",
        [ELF_BAD_CLASS] = "its class is neither 32 nor 64 bit",
        [ELF_BAD_ENDIAN] = "it is not little-endian",
        [ELF_BAD_VERSION] = "it has a version other than 1",
        [ELF_BAD_MACHINE] = "its machine is neither x86-64 (62) nor i386 (3)",
        [ELF_BAD_TYPE] = "it is neither executable nor shared: an object file or a core dump",
        [ELF_BAD_ENTSIZE] = "its header tables have entries of an unknown size",
    };

    return error < ARRAY_SIZE(reasons) && reasons[error] ? reasons[error] : "of an unknown fault";
}

static const char *plan_reason(enum elf_plan_error error)
{
    static const char *const reasons[] = {
        [ELF_PLAN_EMPTY] = "it has nothing to load",
        [ELF_PLAN_TOO_MANY] = "it has more than 32 segments to load",
        [ELF_PLAN_SHRINKS] = "a segment has more bytes in the file than in memory",
        [ELF_PLAN_TRUNCATED] = "a segment reaches past the end of the file: it is truncated",
        [ELF_PLAN_WRAPS] = "a segment's addresses wrap around",
        [ELF_PLAN_OVERLAPS] = "a segment overlaps another",
        [ELF_PLAN_TOO_LARGE] = "it takes more address space than is allowed",
    };

    return error < ARRAY_SIZE(reasons) && reasons[error] ? reasons[error] : "of an unknown fault";
}

static void words_note_fault(const struct xen_notes *notes, char *buf, size_t size)
{
    struct quote name = quote_span(notes->fault_name);
    const char *note = note_name(notes->fault_note);
    ull value = notes->fault_value;

    switch (notes->fault) {
    case XEN_NOTE_OK:
        break;
    case XEN_NOTE_TRUNCATED:
        format(buf, size, "the note at file offset %#llx reaches past the end of its table or of the file", value);
        break;
    case XEN_NOTES_TOO_MANY:
        format(buf, size, "it has more than %llu notes", value);
        break;
    case XEN_NOTE_BAD_SIZE:
        format(buf, size, "its note %s has a size of %llu bytes, which is not a number's", note, value);
        break;
    case XEN_NOTE_BAD_NUMBER:
        format(buf, size, "in its __xen_guest section, %s is \"%s\", which is not a usable number", note, name.text);
        break;
    case XEN_NOTE_TEXT_TOO_LONG:
        format(buf, size, "its note %s has more than %u characters, which are the limit", note, XEN_NOTE_TEXT_MAX);
        break;
    case XEN_NOTES_TEXT_TOO_LONG:
        format(buf, size, "the strings in its notes have more than %u characters together", XEN_NOTES_TEXT_MAX);
        break;
    case XEN_NOTE_FEATURE_UNKNOWN:
        format(buf, size, "the kernel requires feature \"%s\" (note FEATURES), which this hypervisor does not provide; "
               "dom0=ignore-required tries it all the same", name.text);
        break;
    case XEN_NOTE_FEATURE_MALFORMED:
        format(buf, size, "its note FEATURES has the malformed entry \"%s\"; an entry is a name, or ! and a name",
               name.text);
        break;
    }
}

/* The rules of which an address is at fault, and where another one would be accepted. */
static const char *const address_rules[] = {
    [IMAGE_RULE_RANGE] = "the image",
    [IMAGE_RULE_ENTRY] = "the entry point",
    [IMAGE_RULE_HYPERCALL_PAGE] = "the hypercall page",
    [IMAGE_RULE_P2M] = "the p2m table",
    [IMAGE_RULE_HV_START] = "the lowest address that the kernel leaves to a hypervisor",
};

static void words_range(const struct image_refusal *why, char *buf, size_t size)
{
    const char *what = address_rules[why->rule];

    format(buf, size, "%s is at %#llx", what, (ull)why->value);
    if (why->note)
        format_append(buf, size, " (note %s)", note_name(why->note));
    if (why->high == UINT64_MAX)
        format_append(buf, size, "; %#llx or higher would be accepted", (ull)why->low);
    else
        format_append(buf, size, "; %#llx to %#llx would be accepted", (ull)why->low, (ull)why->high - 1);
}

static void words_text(const struct image_verdict *verdict, const struct image_refusal *why, const char *accepted,
                       char *buf, size_t size)
{
    if (xen_notes_has(&verdict->notes, why->note))
        format(buf, size, "its note %s is \"%s\"; %s would be accepted", note_name(why->note),
               quote_span(why->text).text, accepted);
    else
        format(buf, size, "it has no note %s; %s would be accepted", note_name(why->note), accepted);
}

static void words_machine(const struct image_refusal *why, enum image_guest guest, char *buf, size_t size)
{
    format(buf, size, "it is a %u-bit image for %s; %s needs %s", (unsigned int)why->other,
           why->value == ELF_EM_X86_64 ? "x86-64" : "i386", image_guest_name(guest),
           guest == IMAGE_PV64 ? "64 bits and x86-64" : "32 bits and i386");
}

static void words_feature(const struct image_refusal *why, char *buf, size_t size)
{
    const char *name = xen_feature_name(why->value);

    format(buf, size, "the kernel requires feature \"%s\" (note FEATURES), which this mode cannot have",
           name ? name : "?");
}

static void words_not_dom0(const struct image_refusal *why, char *buf, size_t size)
{
    char features[160];

    format(buf, size, "its note SUPPORTED_FEATURES is %#llx (%s), without dom0 (bit %u): it was built as a guest only",
           (ull)why->value, image_words_features((uint32_t)why->value, features, sizeof(features)), XENFEAT_dom0);
}

char *image_words_refusal(const struct image_verdict *verdict, enum image_guest guest, char *buf, size_t size)
{
    const struct image_refusal *why = &verdict->way[guest].why;

    if (size)
        buf[0] = 0;
    switch (why->rule) {
    case IMAGE_OK: break;
    case IMAGE_RULE_ELF:
        format(buf, size, "not an ELF image that can be loaded: %s", elf_reason(why->value));
        break;
    case IMAGE_RULE_PLAN:
        format(buf, size, "it cannot be loaded: %s (program header %u)", plan_reason(why->value),
               (unsigned int)why->other);
        break;
    case IMAGE_RULE_NOTE: words_note_fault(&verdict->notes, buf, size); break;
    case IMAGE_RULE_NO_NOTES:
        format(buf, size, "it has no Xen notes and no __xen_guest section: the kernel was built without Xen support");
        break;
    case IMAGE_RULE_MACHINE: words_machine(why, guest, buf, size); break;
    case IMAGE_RULE_LOADER:
        words_text(verdict, why, "LOADER beginning with \"generic\" or GUEST_OS beginning with \"linux\"", buf, size);
        break;
    case IMAGE_RULE_VERSION: words_text(verdict, why, "what begins with \"xen-3.0\"", buf, size); break;
    case IMAGE_RULE_NO_ENTRY:
        format(buf, size, "it has no note %s: the kernel was built without %s", note_name(why->note),
               guest == IMAGE_PVH ? "PVH support" : "PV support");
        break;
    case IMAGE_RULE_NO_BASE:
        format(buf, size, "it has a note PADDR_OFFSET (%#llx) without VIRT_BASE; both or neither would be accepted",
               (ull)why->value);
        break;
    case IMAGE_RULE_PAE: words_text(verdict, why, "\"yes\" or \"bimodal\"", buf, size); break;
    case IMAGE_RULE_RANGE:
    case IMAGE_RULE_ENTRY:
    case IMAGE_RULE_HYPERCALL_PAGE:
    case IMAGE_RULE_P2M:
    case IMAGE_RULE_HV_START: words_range(why, buf, size); break;
    case IMAGE_RULE_UNALIGNED:
        format(buf, size, "its note %s is %#llx, which does not begin a page; %#llx would be accepted",
               note_name(why->note), (ull)why->value, (ull)why->other);
        break;
    case IMAGE_RULE_FEATURE: words_feature(why, buf, size); break;
    case IMAGE_RULE_NOT_DOM0: words_not_dom0(why, buf, size); break;
    case IMAGE_RULE_CANNOT_RUN:
        format(buf, size, "the image supports %s, which this hypervisor cannot run here", image_guest_name(guest));
        break;
    }
    return buf;
}

/* The type whose refusal says most: one that the image supports, else the one of its own width. */
static enum image_guest summary_subject(const struct image_verdict *verdict)
{
    for (enum image_guest guest = 0; guest < IMAGE_GUESTS; guest++)
        if (verdict->way[guest].supported)
            return guest;
    if (verdict->way[IMAGE_PVH].why.rule != IMAGE_RULE_NO_ENTRY)
        return IMAGE_PVH;
    return verdict->is64 ? IMAGE_PV64 : IMAGE_PV32;
}

static void summary_yes(const struct image_verdict *verdict, const struct image_ask *ask, char *buf, size_t size)
{
    char features[160];

    format_append(buf, size, ": yes, as %s (entry %#llx, ", image_guest_name(verdict->best),
                  (ull)(verdict->best == IMAGE_PVH ? verdict->pvh_entry : verdict->pv.entry));
    if (verdict->best != IMAGE_PVH)
        format_append(buf, size, "%#llx to %#llx, ", (ull)verdict->pv.start, (ull)verdict->pv.end);
    format_append(buf, size, "features %s)",
                  image_words_features(verdict->notes.features_supported, features, sizeof(features)));
    if (ask->dom0 && !(verdict->notes.features_supported >> XENFEAT_dom0 & 1))
        format_append(buf, size, ", though it does not say itself that it can be dom0");
}

char *image_words_summary(const struct image_verdict *verdict, const struct image_ask *ask, char *buf, size_t size)
{
    const char *use = ask->dom0 ? "be dom0" : "be a guest";
    enum image_guest subject = summary_subject(verdict);
    char reason[320];

    if (verdict->best != IMAGE_GUESTS) {
        format(buf, size, "can %s", use);
        summary_yes(verdict, ask, buf, size);
        return buf;
    }
    format(buf, size, "cannot %s: %s", use, image_words_refusal(verdict, subject, reason, sizeof(reason)));
    for (enum image_guest guest = 0; guest < IMAGE_GUESTS; guest++)
        if (guest != subject && (ask->can_run & IMAGE_BIT(guest)) && !verdict->way[guest].supported &&
            verdict->way[subject].supported)
            format_append(buf, size, "; not as %s either: %s", image_guest_name(guest),
                          image_words_refusal(verdict, guest, reason, sizeof(reason)));
    return buf;
}

char *image_words_finding(const struct image_verdict *verdict, unsigned int i, char *buf, size_t size)
{
    const struct xen_finding *finding = &verdict->notes.finding[i];
    struct quote name = quote_span(finding->name);

    switch (finding->kind) {
    case XEN_FINDING_FEATURE_UNKNOWN:
        format(buf, size, "kernel also lists feature \"%s\" (not known here, optional: ignored)", name.text);
        break;
    case XEN_FINDING_FEATURE_REQUIRED:
        format(buf, size, "kernel requires feature \"%s\", which is not known here: ignored as you asked", name.text);
        break;
    case XEN_FINDING_NOTE_UNKNOWN:
        format(buf, size, "note of unknown type %#x: ignored", finding->note);
        break;
    case XEN_FINDING_NOTE_REPEATED:
        format(buf, size, "note %s is there more than once: the last one counts", note_name(finding->note));
        break;
    case XEN_FINDING_NOTE_CUT:
        format(buf, size, "note %s claims to be longer than its table: cut there", note_name(finding->note));
        break;
    case XEN_FINDING_NOTE_ODD:
        format(buf, size, "note %s has a size that makes no sense: ignored", note_name(finding->note));
        break;
    case XEN_FINDING_KEY_UNKNOWN:
        format(buf, size, "__xen_guest has the unknown key \"%s\": ignored", name.text);
        break;
    }
    return buf;
}

char *image_words_symbols(const struct image_pv *pv, char *buf, size_t size)
{
    static const char *const reasons[] = {
        [ELF_SYMBOLS_NONE] = "the image has no symbol table",
        [ELF_SYMBOLS_MISSHAPEN] = "the table's entries have an unexpected size",
        [ELF_SYMBOLS_UNLINKED] = "the table does not name its string table",
        [ELF_SYMBOLS_TRUNCATED] = "a table reaches past the end of the file",
        [ELF_SYMBOLS_OPEN_END] = "the string table does not end with a 0",
        [ELF_SYMBOLS_TOO_LARGE] = "they take more address space than is allowed",
    };

    if (!pv->symtab)
        format(buf, size, "%s", "");
    else if (pv->symbols.state)
        format(buf, size, "symbols (note BSD_SYMTAB) are left out: %s", reasons[pv->symbols.state]);
    else
        format(buf, size, "symbols (note BSD_SYMTAB) go to %#llx, %llu bytes",
               (ull)pv->symbols_at, (ull)pv->symbols.len);
    return buf;
}

char *image_words_features(uint32_t bitmap, char *buf, size_t size)
{
    const char *separator = "";

    format(buf, size, "%s", bitmap ? "" : "none");
    for (unsigned int i = 0; i < 32; i++) {
        if (!(bitmap >> i & 1))
            continue;
        if (xen_feature_name(i))
            format_append(buf, size, "%s%s", separator, xen_feature_name(i));
        else
            format_append(buf, size, "%sbit %u", separator, i);
        separator = "|";
    }
    return buf;
}
